"""Which English words stand beside one another: what the neighbours say about a candidate.

Association is ten times log10 of how much more often two words follow one another than chance
would have it (pointwise mutual information). Source: the bigram list of symspellpy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from spellcheck.dictionaries import lexicon, read

LANGUAGES = frozenset({"en"})
# The rarest bigram of the list occurs 6.4 million times in 1.02e12 words: Zipf frequency 3.8.
RAREST_ZIPF = 3.8
LEVELS_PER_ZIPF = 30


# The list of a word with more followers than this is kept apart by their first letters.
MAX_TOGETHER = 40


class Bigrams:
    """One language's bigrams: first word -> " second=association other=association ".

    Words with many followers have a list for each first letter: "the" and "the c".
    """

    def __init__(self, table: Mapping[str, str], levels: Mapping[str, int]) -> None:
        self._table = table
        self._levels = levels

    def association(self, first: str, second: str) -> int | None:
        """How strongly second follows first, both in lower case; None when it never does."""
        table = self._table
        followers = table.get(first)
        if followers is None:
            followers = table.get(f"{first} {second[:1]}", "")
        at = followers.find(f" {second}=")
        if at < 0:
            return None
        begin = at + len(second) + 2
        return int(followers[begin : followers.index(" ", begin)])

    def support(self, first: str, second: str) -> int:
        """The association; for a pair that is not in the list, how surprising that is (<= 0)."""
        found = self.association(first, second)
        if found is not None:
            return found
        levels = self._levels
        if first not in levels or second not in levels:
            return 0
        expected_zipf = (levels[first] + levels[second]) / LEVELS_PER_ZIPF - 9
        return min(0, round(10 * (RAREST_ZIPF - expected_zipf)))


@cache
def bigrams(language: str) -> Bigrams | None:
    """The language's bigrams, or None where there is no list."""
    if language not in LANGUAGES:
        return None
    return Bigrams(read(f"{language}_bigrams.json.gz"), lexicon(language).levels)


def as_table(associations: Mapping[str, list[tuple[str, int]]]) -> dict[str, str]:
    """What Bigrams reads, of first word -> (second word, association)."""
    table: dict[str, str] = {}
    for first, pairs in associations.items():
        lists: defaultdict[str, list[str]] = defaultdict(list)
        for second, association in pairs:
            key = f"{first} {second[0]}" if len(pairs) > MAX_TOGETHER else first
            lists[key].append(f"{second}={association}")
        table |= {key: f" {' '.join(entries)} " for key, entries in lists.items()}
    return table
