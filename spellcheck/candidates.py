"""Words that a misspelling may stand for: every near one, and common ones further off."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from spellcheck.dictionaries import Lexicon, lexicon

LETTERS = {"en": "abcdefghijklmnopqrstuvwxyz'é", "sv": "abcdefghijklmnopqrstuvwxyzåäöé"}
# Words at least this common (level = 30 x Zipf) are looked for at distance 2 and 3.
COMMON_LEVEL = 60
MAX_LENGTH = 30
# Letters that learners take for one another at the start of a word.
_CLASSES = ("aeiouyåäöé", "ckqsxzg", "vwf", "bp", "dt", "jg", "mn", "rl", "h", "'")
_CLASS_OF = {letter: group[0] for group in reversed(_CLASSES) for letter in group}

Buckets = dict[tuple[str, int], list[str]]


def candidates(word: str, language: str) -> list[str]:
    """Dictionary words in lower case that the given word, in lower case, may stand for.

    Everything at distance 1, and common words up to distance 3 that begin alike. Sorted.
    """
    if len(word) > MAX_LENGTH:
        return []
    lex = lexicon(language)
    found = near(word, lex, LETTERS[language])
    far = 1 if len(word) <= 3 else 2 if len(word) <= 6 else 3
    for length in range(max(1, len(word) - 2), len(word) + 3):
        bucket = _buckets(language).get((_first_class(word), length))
        if bucket:
            found.update(
                hit[0]
                for hit in extract(word, bucket, scorer=OSA.distance, score_cutoff=far, limit=None)
            )
    found.discard(word)
    return sorted(found)


def prepare(language: str) -> None:
    """Load what the language needs."""
    _buckets(language)


def near(word: str, lex: Lexicon, letters: str) -> set[str]:
    """All dictionary words that one insertion, deletion, change or swap makes of the word."""
    made: set[str] = set()
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        rest = tail[1:]
        if tail:
            made.add(head + rest)
        if rest:
            made.add(head + rest[0] + tail[0] + rest[1:])
        for letter in letters:
            made.add(head + letter + tail)
            if tail:
                made.add(head + letter + rest)
    return {one for one in made if one in lex.frequency or one in lex.names}


def _first_class(word: str) -> str:
    return _CLASS_OF.get(word[0], word[0])


@cache
def _buckets(language: str) -> Buckets:
    """Common words by class of first letter and length."""
    lex = lexicon(language)
    buckets: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for table in (lex.frequency, lex.name_levels):
        for word, level in table.items():
            if level >= COMMON_LEVEL:
                buckets[_first_class(word), len(word)].append(word)
    return dict(buckets)
