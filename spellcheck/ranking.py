"""Which candidate was meant: what the slips cost, against how common the word is.

A slip is one edit on the way from the word meant to the word written. Its kind (a doubled letter
left single, a vowel for a vowel ...) has a cost; the kinds are few, so that they say something
about how people misspell and not about single words. Costs are natural logarithms of odds:
spellcheck.costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate, pairwise

from rapidfuzz.distance import Postfix, Prefix

from spellcheck.costs import (
    BEGINNING,
    COSTS,
    EXCHANGED,
    NAME,
    PER_LEVEL,
    PER_RARE_LEVEL,
    PER_SHARE,
    RARE_LEVEL,
    RESPELT,
    SOUND,
)
from spellcheck.dictionaries import Lexicon
from spellcheck.respellings import Respelling, respellings

# Of the candidates, roughly sorted, these are weighed in full: others never came out on top.
MIN_WEIGHED, MAX_WEIGHED = 8, 20
# What slips cost roughly, fitted to what they cost: each of them, less for a letter left out.
_ROUGH_COST, _ROUGH_OMITTED, _ROUGH_ALIKE = 2.6, 1.35, 1.1
_ROUGH_MARGIN = 4.5

_MOST_KEPT = 20_000  # costs of letters and of threes: a text may hold any of them

_VOWELS = frozenset("aeiouyåäöéèáàâêëïîôûüæø")
_DIACRITICS = frozenset(
    frozenset(pair)
    for pair in ("aå", "aä", "oö", "oå", "eé", "eè", "éè", "eê", "eë", "aà", "aá", "aâ", "uü", "iï",
                 "oô", "äæ", "öø", "åö", "äå", "cç", "nñ")
)  # fmt: skip
_ALIKE = frozenset(
    frozenset(pair)
    for pair in ("ck", "sz", "fv", "vw", "cs", "gj", "ij", "bp", "dt", "gk", "kq", "mn", "jy", "lr",
                 "xs", "zc", "tc", "ks", "uw")
)  # fmt: skip
_ROWS = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm")


def rank(
    word: str, options: dict[str, int], alike: set[str], lex: Lexicon
) -> list[tuple[float, str]]:
    """(cost, option), the likeliest first; equal costs in alphabetical order.

    options: candidate -> distance; alike: those that sound as the word does. All in lower case.
    """
    levels = lex.levels
    rough = []
    for option, distance in options.items():
        level = levels[option]
        cost = whole_cost(word, option, distance) - PER_LEVEL * level
        if level < RARE_LEVEL:
            cost += PER_RARE_LEVEL * (RARE_LEVEL - level)
        if option in lex.names:
            cost += NAME
        guess = _ROUGH_COST * distance
        n_omitted = len(option) - len(word)
        if n_omitted > 0:
            guess -= _ROUGH_OMITTED * n_omitted
        if option[0] != word[0]:
            guess += COSTS["first"]
        if option in alike:
            cost -= SOUND
            guess -= _ROUGH_ALIKE
        rough.append((cost + guess, cost, option))
    rough.sort()
    hopeless = rough[0][0] + _ROUGH_MARGIN if rough else 0.0
    respelt = respellings(word, lex.language)
    return sorted(
        (cost + slip_cost(word, option, respelt), option)
        for place, (guess, cost, option) in enumerate(rough[:MAX_WEIGHED])
        if place < MIN_WEIGHED or guess < hopeless
    )


def whole_cost(word: str, option: str, distance: int) -> float:
    """What the words cost as wholes: how much of them is wrong, and whether they begin alike."""
    cost = PER_SHARE * distance / len(word)
    return cost if word[:2] == option[:2] else cost + BEGINNING


def slip_cost(wrong: str, right: str, respelt: Sequence[Respelling]) -> float:
    """The cheapest way, by single letters or with one sound written otherwise."""
    cost = edit_cost(wrong, right)
    for other, at, meant in respelt if cost > RESPELT else ():
        if meant in right and right.find(meant, max(0, at - 2), at + len(meant) + 2) >= 0:
            cost = min(cost, RESPELT + (edit_cost(other, right) if other != right else 0.0))
    return cost


def _are_exchanged(wrong: str, right: str, begin: int, end: int) -> bool:
    """Whether two letters stand in each other's place, with others between: "obversation"."""
    if len(wrong) != len(right):
        return False
    last = len(wrong) - end - 1
    return (
        wrong[begin] == right[last]
        and wrong[last] == right[begin]
        and wrong[begin + 1 : last] == right[begin + 1 : last]
    )


def edit_cost(wrong: str, right: str) -> float:
    """The cheapest way from the word meant to the word written.

    Both in lower case and not empty. Common beginnings and endings are free and not computed.
    """
    begin, end = common_ends(wrong, right)
    cost = _of_one_slip(wrong, right, begin, end)
    if cost is None:
        cost = alignment(wrong, right, begin, end)
        if _are_exchanged(wrong, right, begin, end):
            cost = min(cost, EXCHANGED)
    if wrong[0] != right[0] and wrong[:2] != right[1::-1]:
        cost += COSTS["first"]
    if wrong[-1] != right[-1] and wrong[-2:] != right[:-3:-1]:
        cost += COSTS["last"]
    return cost


def _of_one_slip(wrong: str, right: str, begin: int, end: int) -> float | None:
    """What alignment() says, sooner, where at most one letter stands for at most one."""
    n_wrong, n_right = len(wrong) - begin - end, len(right) - begin - end
    if n_wrong > 1 or n_right > 1:
        return None
    omit = _OMIT[_framed(right)[begin : begin + 3]] if n_right else 0.0
    extra = _EXTRA[_framed(wrong)[begin : begin + 3]] if n_wrong else 0.0
    if n_wrong and n_right:
        return min(_CHANGES[wrong[begin]][right[begin]], omit + extra)
    return omit + extra


def common_ends(wrong: str, right: str) -> tuple[int, int]:
    """How many letters the words share at the beginning and at the end."""
    begin = Prefix.similarity(wrong, right)
    return begin, min(Postfix.similarity(wrong, right), min(len(wrong), len(right)) - begin)


def alignment(wrong: str, right: str, begin: int, end: int) -> float:
    """The least cost by optimal string alignment of what lies between the common beginning and
    ending.
    """
    meant = right[begin : len(right) - end]
    around = _framed(right)
    omit = [_OMIT[around[j : j + 3]] for j in range(begin, len(right) - end)]
    row = list(accumulate(omit, initial=0.0))
    above = row
    previous = ""
    around = _framed(wrong)
    for i in range(begin, len(wrong) - end):
        letter = wrong[i]
        extra = _EXTRA[around[i : i + 3]]
        changes = _CHANGES[letter]
        diagonal = row[0]
        left = diagonal + extra
        current = [left]
        for k, other in enumerate(meant):
            best = diagonal if letter == other else diagonal + changes[other]
            diagonal = row[k + 1]
            if diagonal + extra < best:
                best = diagonal + extra
            if left + omit[k] < best:
                best = left + omit[k]
            if previous == other and k and letter == meant[k - 1]:
                best = min(best, above[k - 1] + swap_cost(letter, other))
            current.append(best)
            left = best
        above, row = row, current
        previous = letter
    return row[-1]


def _framed(word: str) -> str:
    """With a mark at both ends, so that every letter has one on either side."""
    return f"{_END}{word}{_END}"


class _ChangesOf(dict[str, float]):
    """Letter meant -> what it costs to have written this one letter for it; fills itself."""

    def __init__(self, wrong: str) -> None:
        self.wrong = wrong

    def __missing__(self, right: str) -> float:
        self[right] = cost = COSTS[change_kind(self.wrong, right)]
        return cost


class _Changes(dict[str, _ChangesOf]):
    """Letter written -> what it costs in place of others; fills itself."""

    def __missing__(self, wrong: str) -> _ChangesOf:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[wrong] = changes = _ChangesOf(wrong)
        return changes


class _Gaps(dict[str, float]):
    """Three letters -> what it costs that the middle one is left out or put in; fills itself."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __missing__(self, window: str) -> float:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[window] = cost = self.cost(window)
        return cost

    def cost(self, window: str) -> float:
        before, letter, after = (window[at].strip(_END) for at in range(3))
        return COSTS[gap_kind(self.what, before, letter, after)]


def prepare(words: Iterable[str]) -> None:
    """Weigh what may be left out of these words or put in, once for all forked processes."""
    for word in words:
        around = _framed(word)
        for at in range(len(word)):
            window = around[at : at + 3]
            for gaps in (_OMIT, _EXTRA):
                if window not in gaps:
                    gaps[window] = gaps.cost(window)


_END = "\0"
_CHANGES = _Changes()
_OMIT, _EXTRA = _Gaps("omit"), _Gaps("extra")


@cache
def swap_cost(first: str, second: str) -> float:
    return 0.0 if first == second else COSTS[swap_kind(first, second)]


def change_kind(wrong: str, right: str) -> str:
    """The kind of one letter written for another."""
    pair = frozenset((wrong, right))
    if pair in _DIACRITICS:
        return "change:diacritic"
    if wrong in _VOWELS and right in _VOWELS:
        both = "change:" + "".join(sorted(pair))
        return both if both in COSTS else "change:vowel"
    if pair in _ALIKE:
        return "change:alike"
    if (wrong in _VOWELS) != (right in _VOWELS):
        return "change:mixed"
    return "change:neighbour" if pair in _neighbours() else "change:other"


def gap_kind(what: str, before: str, letter: str, after: str) -> str:
    """The kind of a letter left out ("omit") or put in ("extra") between two others."""
    if letter in (before, after):
        return f"{what}:double"
    if letter in "'-":
        return f"{what}:mark"
    if not after:
        return f"{what}:final_{letter}" if letter in "es" else f"{what}:final"
    if letter in _VOWELS:
        return f"{what}:e" if letter == "e" else f"{what}:vowel"
    if letter in "hck" and before and before in "cgtwksrp":
        return f"{what}:silent"
    return f"{what}:consonant"


def swap_kind(first: str, second: str) -> str:
    """The kind of two neighbouring letters in each other's place."""
    return "swap:vowels" if first in _VOWELS and second in _VOWELS else "swap:other"


@cache
def _neighbours() -> frozenset[frozenset[str]]:
    """Pairs of letters that lie side by side on a Swedish keyboard."""
    pairs = {frozenset(pair) for row in _ROWS for pair in pairwise(row)}
    for upper, lower in pairwise(_ROWS):
        for at, letter in enumerate(lower):
            pairs |= {frozenset((letter, other)) for other in upper[at : at + 2]}
    return frozenset(pairs)
