"""Swedish compounds: two words written as one, more of them than any dictionary lists.

A first part ("skol", "arbets") and a last part ("fönster") are attested: the dictionary holds
several compounds that begin or end so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from spellcheck.candidates import near, near_among
from spellcheck.dictionaries import MAX_WORD_LENGTH, Lexicon, read

MIN_FIRST = 3
MIN_LAST = 4
MIN_LONG_LAST = 6
MIN_PARTICIPLE = 8
# A word this common that is one slip away says that the compound is a misspelling.
NEAR_LEVEL = 60
MIN_ADJECTIVE = 3
INTENSIFIERS = frozenset({"as", "jätte", "mega", "skit", "super"})


@cache
def parts(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Attested first parts and last parts; empty for languages that write compounds apart."""
    if language != "sv":
        return frozenset(), frozenset()
    first, last = read(f"{language}_compounds.json.gz")
    return frozenset(first.split()), frozenset(last.split())


def is_compound(word: str, lex: Lexicon) -> bool:
    """Whether a word in lower case, unknown to Hunspell, is two attested parts and no slip.

    The last part may also be any word of some length and currency.
    """
    first, last = parts(lex.language)
    if not first or len(word) > MAX_WORD_LENGTH:
        return False
    if not any(
        head in first and (tail in last or _is_long_word(tail, lex)) for head, tail in _cuts(word)
    ):
        return False
    return all(lex.levels[other] < NEAR_LEVEL for other in near(word, lex))


def _is_long_word(tail: str, lex: Lexicon) -> bool:
    is_common = lex.levels.get(tail, 0) >= NEAR_LEVEL
    return len(tail) >= MIN_LONG_LAST and is_common and tail not in lex.names


def is_derived(word: str, lex: Lexicon) -> bool:
    """Whether a word in lower case is made as any writer may: "vårdandet", "generationsvis"."""
    if lex.language != "sv":
        return False
    if word.endswith("vis"):
        return word.removesuffix("vis") in parts(lex.language)[0]
    stem, _, ending = word.rpartition("nde")
    stem += "nde"
    if ending not in ("t", "s", "ts") or len(stem) < MIN_PARTICIPLE or stem[-4] not in "ae":
        return False
    return lex.accepts(stem) or is_compound(stem, lex)


def begins_compound(word: str, lex: Lexicon) -> bool:
    """Whether the word in lower case can stand before a hyphen: "skol- och fritidsverksamhet"."""
    return word in parts(lex.language)[0]


def joined(first: str, second: str, lex: Lexicon) -> str:
    """The compound that two words in lower case were meant to be, or "" when they were not.

    An intensifier before an adjective ("jätte bra"), or a first part that is no word by itself
    before an attested last part ("skol gård").
    """
    if lex.language != "sv":
        return ""
    compound = first + second
    level = lex.levels.get(compound, 0)
    if len(second) < MIN_ADJECTIVE or compound in lex.names:
        return ""
    if first in INTENSIFIERS:
        return compound if level else ""
    firsts, lasts = parts(lex.language)
    if first not in firsts or len(second) < MIN_LAST or lex.accepts(first):
        return ""
    return compound if level or (second in lasts and lex.accepts(compound)) else ""


def repaired(word: str, lex: Lexicon) -> dict[str, int]:
    """Compounds of two parts, of which the word in lower case gets one wrong -> level of the last.

    Only for words that nothing else explains: looks up hundreds of spellings a part.
    """
    found: dict[str, int] = {}
    if lex.language != "sv" or len(word) > MAX_WORD_LENGTH:
        return found
    known = lex.vocabulary
    for head, tail in _cuts(word):
        if known.may_begin(head):
            for other in near_among(known.parts, tail, lex.language):
                if known.may_end(other):
                    found[head + other] = lex.levels.get(other, 0)
        if known.may_end(tail):
            for other in near_among(known.parts, head, lex.language):
                if known.may_begin(other):
                    found[other + tail] = lex.levels.get(tail, 0)
    return {compound: level for compound, level in found.items() if known.accepts(compound)}


def _cuts(word: str) -> Iterator[tuple[str, str]]:
    for at in range(MIN_FIRST, len(word) - MIN_LAST + 1):
        yield word[:at], word[at:]
