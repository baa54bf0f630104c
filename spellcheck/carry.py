"""Where a place of one text stands in another version of it. Knows no database.

A place is found again when its word and the words on both sides of it stand unchanged. Where the
same words stand several times, those before the first and those after the last difference of the
two texts keep their places, and the others follow in their order.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"\w+(?:['’]\w+)*")

Context = tuple[str, ...]  # the word before, the words within, the word after; "" at the ends


class _Words:
    """The words of a text, by number."""

    def __init__(self, body: str) -> None:
        found = list(_WORD.finditer(body))
        self.words = [match.group() for match in found]
        self.starts = [match.start() for match in found]
        self.ends = [match.end() for match in found]

    def touched(self, start: int, length: int) -> tuple[int, int]:
        """The numbers of the first word that a span touches, and of the one after the last."""
        return bisect_right(self.ends, start), bisect_left(self.starts, start + length)

    def context(self, first: int, after: int) -> Context:
        before = self.words[first - 1] if first else ""
        behind = self.words[after] if after < len(self.words) else ""
        return (before, *self.words[first:after], behind)

    def where(self, contexts: set[Context]) -> dict[Context, list[int]]:
        """The numbers of the words with which each of these contexts begins."""
        found: dict[Context, list[int]] = {context: [] for context in contexts}
        for size in {len(context) - 2 for context in contexts}:
            for first in range(len(self.words) - size + 1):
                context = self.context(first, first + size)
                if context in contexts:
                    found[context].append(first)
        return found


def places(old: str, new: str, spans: Sequence[tuple[int, int]]) -> list[int | None]:
    """Where each span of the old text begins in the new one; None when it is not found again.

    spans: (start, length) in code points, none within another. No two get the same place.
    """
    before, now = _Words(old), _Words(new)
    by_context: defaultdict[Context, list[int]] = defaultdict(list)  # the first words of the spans
    firsts: list[int | None] = []
    for start, length in spans:
        first, after = before.touched(start, length)
        firsts.append(first if first < after else None)
        if first < after:
            by_context[before.context(first, after)].append(first)
    stood, stands = before.where(set(by_context)), now.where(set(by_context))
    n_head, n_tail = _same_ends(before.words, now.words)
    moved: dict[int, int] = {}
    for context, wanted in by_context.items():
        size = len(context) - 2
        fixed = dict(_fixed(before, now, stood[context], size=size, n_head=n_head, n_tail=n_tail))
        moved |= _placed(sorted(set(wanted)), stood[context], stands[context], fixed)
    return [
        _exactly(old, new, span, before.starts[first], now.starts[moved[first]])
        if first is not None and first in moved
        else None
        for span, first in zip(spans, firsts, strict=True)
    ]


def _same_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many words are the same at the beginnings of two texts, and then at their ends."""
    limit = min(len(old), len(new))
    n_head = next((i for i in range(limit) if old[i] != new[i]), limit)
    rest = limit - n_head
    n_tail = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    return n_head, n_tail


def _fixed(
    before: _Words, now: _Words, stood: Sequence[int], *, size: int, n_head: int, n_tail: int
) -> Iterator[tuple[int, int]]:
    """Old → new of the occurrences on which, with their neighbours, no difference has touched."""
    shift = len(now.words) - len(before.words)
    for first in stood:
        if first + size < n_head or (first + size == n_head == len(before.words) and not shift):
            yield first, first
        elif first > len(before.words) - n_tail:
            yield first, first + shift


def _placed(
    wanted: Sequence[int], stood: Sequence[int], stands: Sequence[int], fixed: dict[int, int]
) -> dict[int, int]:
    """Old → new of the wanted occurrences of one context; as many as there are places."""
    kept = {first: fixed[first] for first in wanted if first in fixed}
    rest = [first for first in wanted if first not in fixed]
    taken = set(kept.values())
    untouched = set(fixed.values())
    free = [first for first in stands if first not in untouched]
    if len(free) < len(rest):  # better in the place of one that nobody wants than lost
        free = [first for first in stands if first not in taken]
    rank = {first: n for n, first in enumerate(f for f in stood if f not in fixed)}
    at = -1
    for n, first in enumerate(rest[: len(free)]):
        at = max(at + 1, min(rank[first], len(free) - len(rest) + n))
        kept[first] = free[at]
    return kept


def _exactly(old: str, new: str, span: tuple[int, int], old_word: int, new_word: int) -> int | None:
    """Where the span begins in the new text, when it reads there letter for letter the same."""
    start, length = span
    at = new_word + start - old_word
    return at if at >= 0 and new[at : at + length] == old[start : start + length] else None
