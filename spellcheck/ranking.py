"""Which candidate was meant: what a slip costs, against how common the word is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache

# Costs of one edit, found by hand on learners' errors (research in bench/spelling.py's terms);
# an arbitrary change of one letter into another costs 1.
DOUBLED = 0.35
VOWEL = 0.65
SWAPPED = 0.6
DIACRITIC = 0.35
ALIKE = 0.7
NEIGHBOUR = 0.8
OTHER = 1.0
FIRST_LETTER = 0.5
# Worth of one level of frequency (30 levels are a factor of ten).
PER_LEVEL = 0.39 / 30

_VOWELS = frozenset("aeiouyåäöéèáàâêëïîôûüæø")
_DIACRITICS = frozenset(
    frozenset(pair)
    for pair in ("aå", "aä", "oö", "oå", "eé", "eè", "eê", "eë", "aà", "aá", "aâ", "uü", "iï", "oô",
                 "äæ", "öø", "åö", "äö", "äe", "cç", "nñ")
)  # fmt: skip
_ALIKE = frozenset(
    frozenset(pair)
    for pair in ("ck", "sz", "fv", "vw", "cs", "gj", "ij", "bp", "dt", "gk", "kq", "mn", "jy", "lr")
)
_ROWS = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm")


@cache
def _neighbours() -> frozenset[frozenset[str]]:
    pairs = set()
    for row in _ROWS:
        pairs |= {frozenset(pair) for pair in itertools.pairwise(row)}
    for upper, lower in itertools.pairwise(_ROWS):
        for at, letter in enumerate(lower):
            pairs |= {frozenset((letter, other)) for other in upper[at : at + 2]}
    return frozenset(pairs)


@cache
def change_cost(wrong: str, right: str) -> float:
    """What it costs to have written one letter for another."""
    if wrong == right:
        return 0.0
    pair = frozenset((wrong, right))
    if pair in _DIACRITICS:
        return DIACRITIC
    if wrong in _VOWELS and right in _VOWELS:
        return VOWEL
    if pair in _ALIKE:
        return ALIKE
    if pair in _neighbours():
        return NEIGHBOUR
    return OTHER


def edit_cost(wrong: str, right: str) -> float:
    """The cheapest way from the word meant to the word written; 0 when they are the same.

    Both in lower case. Common beginnings and endings are free and are not computed.
    """
    shorter = min(len(wrong), len(right))
    begin = 0
    while begin < shorter and wrong[begin] == right[begin]:
        begin += 1
    end = 0
    while end < shorter - begin and wrong[-1 - end] == right[-1 - end]:
        end += 1
    begin = max(0, begin - 1)
    first = FIRST_LETTER if wrong[0] != right[0] else 0.0
    return first + _table(wrong[begin : len(wrong) - end], right[begin : len(right) - end])


def _table(wrong: str, right: str) -> float:
    """Optimal string alignment with the costs above."""
    before: list[float] = []
    row = [0.0]
    for j, letter in enumerate(right):
        row.append(row[j] + _gap_cost(right, j, letter))
    for i, letter in enumerate(wrong):
        current = [row[0] + _gap_cost(wrong, i, letter)]
        for j, other in enumerate(right):
            best = min(
                row[j] + change_cost(letter, other),
                row[j + 1] + _gap_cost(wrong, i, letter),
                current[j] + _gap_cost(right, j, other),
            )
            if i and j and letter != other and letter == right[j - 1] and wrong[i - 1] == other:
                best = min(best, before[j - 1] + SWAPPED)
            current.append(best)
        before, row = row, current
    return row[-1]


def _gap_cost(word: str, at: int, letter: str) -> float:
    """What it costs to have left out, or put in, the letter at this place of the word."""
    if (at and word[at - 1] == letter) or (at + 1 < len(word) and word[at + 1] == letter):
        return DOUBLED
    return VOWEL + 0.1 if letter in _VOWELS else OTHER - 0.1


def ranked(word: str, options: list[str], level: Callable[[str], int]) -> list[tuple[float, str]]:
    """(cost, option), the likeliest first; equal costs in alphabetical order."""
    return sorted(
        (edit_cost(word, option) - PER_LEVEL * level(option), option) for option in options
    )
