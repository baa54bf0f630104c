"""Words of one family: "engineer", "engineers", "engineering"; English only.

Learners take the wrong ending as often as the wrong letters: "unpredict", "lackness", and
"engeneer" where "engineering" was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from spellcheck.dictionaries import Lexicon

ENDINGS = (
    "", "able", "al", "ally", "ance", "ation", "ed", "ence", "er", "ers", "ful", "iness", "ing",
    "ion", "ions", "ity", "ive", "ly", "ment", "ments", "ness", "or", "ous", "s", "tion", "y",
)  # fmt: skip
_GROWN = (*ENDINGS, "e")
MIN_STEM = 4
# Words at least this common (level) are thought of.
MIN_LEVEL = 75


def family(word: str, lex: Lexicon) -> set[str]:
    """The common words that share a stem of at least four letters with the word, and not it."""
    if lex.language != "en":
        return set()
    found = {other for stem in stems(word) for other in grown(stem, lex)}
    found.discard(word)
    return found


def stems(word: str) -> Iterator[str]:
    """What is left without each of the endings that the word may have, with and without an e."""
    for ending in ENDINGS:
        stem = word.removesuffix(ending) if word.endswith(ending) else ""
        if len(stem) >= MIN_STEM:
            yield stem
            if stem.endswith("e"):
                yield stem[:-1]
            if stem[-1] == stem[-2] and ending in ("ed", "ing", "er", "ers"):
                yield stem[:-1]


def grown(stem: str, lex: Lexicon) -> Iterator[str]:
    levels = lex.levels
    for word in filter(levels.__contains__, map(stem.__add__, _GROWN)):
        if levels[word] >= MIN_LEVEL:
            yield word
