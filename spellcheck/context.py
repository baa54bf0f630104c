"""What the words around a misspelling say about what was meant. English only.

Association: ten times the natural logarithm of how much more often one word follows another than
chance would have it (pointwise mutual information), as spoken English and the web have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import log

from marisa_trie import RecordTrie

from spellcheck.dictionaries import DATA, lexicon

LANGUAGES = frozenset({"en"})
# Where a sentence begins or ends; stands for a word there.
STOP = "."
# Of a pair: association, and what is added for a third word that was never seen behind it; of one
# word alone: 0, and what is added for a second that was never seen behind it. Of a triple: what
# its first word adds to the association of the others.
PAIR, TRIPLE = "<bb", "<b"
# The rarest pair of the web's list occurs 6.4 million times in 1.02e12 words: together its words
# have this level (30 x Zipf frequency, 3.8), and the 270 that a product of frequencies has more.
_RAREST_LEVELS = 114 + 270
_PER_LEVEL = log(10) / 30
OF_WEB = 1 / 3


class Pairs:
    """One language's pairs and triples of words, mapped from files: processes share them."""

    def __init__(self, pairs: RecordTrie, triples: RecordTrie, levels: Mapping[str, int]) -> None:
        self._pairs = pairs
        self._triples = triples
        self._levels = levels

    def association(self, first: str, second: str) -> int | None:
        """How strongly second follows first, both in lower case; None when it never does."""
        found = self._pairs.get(f"{first} {second}")
        return int(found[0][0]) if found else None

    def said_beside(self, nearest: str, options: Sequence[str], following: str) -> list[int]:
        """As said(), sooner: by one word on either side; an option is one word."""
        pairs = self._pairs
        supports = []
        for option in options:
            left, right = pairs.get(f"{nearest} {option}"), pairs.get(f"{option} {following}")
            support = left[0][0] if left else self._unseen(nearest, option)
            supports.append(support + (right[0][0] if right else self._unseen(option, following)))
        return supports

    def said(
        self, before: tuple[str, str], options: Sequence[str], after: tuple[str, str]
    ) -> list[int]:
        """What two words on either side say for each option, which may itself be of two words.

        before: the nearest last; after: the nearest first; in lower case, STOP where the sentence
        begins or ends, and "" beyond. The association of all that stands side by side.
        """
        (further, nearest), (following, beyond) = before, after
        leading = self._pairs.get(f"{further} {nearest}") if further else None
        said = []
        for option in options:
            begin, _, rest = option.partition(" ")
            end = rest or begin
            left = self._pairs.get(f"{nearest} {begin}")
            right = self._pairs.get(f"{end} {following}")
            support = left[0][0] if left else self._unseen(nearest, begin)
            support += right[0][0] if right else self._unseen(end, following)
            if leading:
                support += self._added(leading, f"{further} {nearest} {begin}" if left else "")
            if left and not rest:
                support += self._added(left, f"{nearest} {option} {following}" if right else "")
            if right and beyond:
                support += self._added(right, f"{end} {following} {beyond}")
            said.append(support)
        return said

    def _added(self, pair: list[tuple[int, int]], triple: str) -> int:
        """What the first word of a triple adds; triple: "" for one that is not in the list."""
        found = self._triples.get(triple) if triple else None
        return int(found[0][0]) if found else pair[0][1]

    def _unseen(self, first: str, second: str) -> int:
        """The association of two words that the list does not have side by side."""
        levels = self._levels
        if (first not in levels and first != STOP) or (second not in levels and second != STOP):
            return 0
        alone = self._pairs.get(first)
        web = OF_WEB * surprise(levels.get(first, 0) + levels.get(second, 0))
        return (alone[0][1] if alone else 0) + round(10 * web)


@cache
def pairs(language: str) -> Pairs | None:
    """The language's pairs, or None where there is no list."""
    if language not in LANGUAGES:
        return None
    return Pairs(
        RecordTrie(PAIR).mmap(str(DATA / f"{language}_pairs.trie")),
        RecordTrie(TRIPLE).mmap(str(DATA / f"{language}_triples.trie")),
        lexicon(language).levels,
    )


def sides(before: Sequence[str], after: Sequence[str]) -> tuple[tuple[str, str], tuple[str, str]]:
    """What Pairs.said takes, of up to two words before and after in a sentence."""
    *_, further, nearest = "", STOP, *before
    following, beyond, *_ = *after, STOP, ""
    return (further, nearest), (following, beyond)


def surprise(levels: int) -> float:
    """What it says, in nats, that the web's list lacks a pair; levels: of both words together."""
    return min(0.0, _PER_LEVEL * (_RAREST_LEVELS - levels))
