"""Words of the other language in an essay: a title, a quotation, a whole foreign sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spellcheck.dictionaries import lexicon
from spellcheck.languages import SMALL_WORDS

OTHER = {"en": "sv", "sv": "en"}
# As common as this (level) in the other language, and next to others such.
MIN_LEVEL = 75
MIN_RUN = 3
REACH = 3


def is_quotation(
    words: Sequence[str], at: int, language: str, is_right: Callable[[str], bool]
) -> bool:
    """Whether the word stands in a run of at least three words of the other language, or as a
    small word of it in a title.

    words: the text's words around it, in normal form. Two of the run must be wrong in this
    language, or else "of" in a Swedish sentence would pass for English.
    """
    levels = lexicon(OTHER[language]).levels

    if words[at].lower() in SMALL_WORDS[OTHER[language]] and _is_amid_capitals(words, at):
        return True

    def belongs(place: int) -> bool:
        return 0 <= place < len(words) and levels.get(words[place].lower(), 0) >= MIN_LEVEL

    if not belongs(at):
        return False
    begin, end = at, at + 1
    while begin > at - REACH and belongs(begin - 1):
        begin -= 1
    while end <= at + REACH and belongs(end):
        end += 1
    if end - begin < MIN_RUN:
        return False
    return sum(not is_right(word) for word in words[begin:end]) >= 2


def _is_amid_capitals(words: Sequence[str], at: int) -> bool:
    """As "of" in "Journal of Psychiatry"."""
    beside = [*words[max(0, at - 1) : at], *words[at + 1 : at + 2]]
    return len(beside) == 2 and all(word[:1].isupper() for word in beside)
