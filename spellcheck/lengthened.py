"""Words drawn out as they are spoken: "sooooo", "VERYYYY", "hiiit"."""

from __future__ import annotations

import re
from itertools import product

from spellcheck.dictionaries import Lexicon

_RUN = re.compile(r"((.)\2{2,})")
_VOWEL = re.compile("[aeiouyåäö]")
MAX_RUNS = 4


def meant(word: str, lex: Lexicon) -> list[str]:
    """What the word in lower case is without its long runs of a letter, the commonest first.

    Empty for a word that has no letter three times in a row, for a mere sound ("hmmm"), and where
    no word is left of it.
    """
    runs = _RUN.findall(word)
    if not 0 < len(runs) <= MAX_RUNS or not _VOWEL.search(word):
        return []
    pattern = _RUN.sub("{}", word)
    found = {
        pattern.format(*letters)
        for letters in product(*((letter, 2 * letter) for _, letter in runs))
    }
    known = [one for one in found if one in lex.levels and one not in lex.names]
    return sorted(known, key=lambda one: (-lex.levels[one], one))
