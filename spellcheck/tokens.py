"""Words in running text, with exact places. Knows no dictionary."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

APOSTROPHES = "'\u2019\u2018\u02bc\uff07\u00b4`"
HYPHENS = "-\u2010\u2011"
# Invisible inside a word: soft hyphen, zero-width space and joiners, word joiner, BOM.
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_MARKS = "\u0300-\u036f"
_LETTER = r"[^\W\d_]"

# Letters; then marks and invisible characters, or an apostrophe or hyphen before a letter, and
# more letters. Each round takes at least one character: linear on any text.
WORD = re.compile(
    rf"{_LETTER}+(?:(?:[{_MARKS}{INVISIBLE}]+|[{APOSTROPHES}{HYPHENS}](?={_LETTER})){_LETTER}*)*"
)
_COUNTED = re.compile(rf"\w+(?:(?:[{_MARKS}{INVISIBLE}]+|[{APOSTROPHES}{HYPHENS}](?=\w))\w*)*")
_CHUNK = re.compile(r"\S+")
# What no dictionary should judge: addresses, file names, handles, tags, things with digits.
_NOT_PROSE = re.compile(
    r"[@\\_#=]|://|^\W*www\.|\d|\w/\w*/|\.\w{2,4}/|"
    r"\w\.(?:com|org|net|edu|gov|info|io|se|nu|no|dk|fi|de|uk|eu|html?|pdf|docx?|txt|jpe?g|png)\b",
    re.IGNORECASE,
)
MAX_CHUNK = 200

_TO_STRAIGHT = {ord(char): "'" for char in APOSTROPHES}
_CLEAN = (
    _TO_STRAIGHT | {ord(char): "-" for char in HYPHENS} | {ord(char): None for char in INVISIBLE}
)


class Token(NamedTuple):
    """A word as written: text[start:start + len(raw)] == raw. Unit: code points."""

    start: int
    raw: str


def words(text: str) -> Iterator[Token]:
    """Every word of the text, left to right; hyphenated words are one token."""
    for match in WORD.finditer(text):
        yield Token(match.start(), match.group())


def counted(text: str) -> list[str]:
    """What count_words counts. Every token of words() lies within one of these."""
    return _COUNTED.findall(text)


def normal(raw: str) -> str:
    """The word as dictionaries spell it: NFC, straight apostrophe, plain hyphen, nothing hidden."""
    if raw.isascii() and raw.isalpha():
        return raw
    return unicodedata.normalize("NFC", raw.translate(_CLEAN))


def parts(token: Token) -> list[Token]:
    """A hyphenated token's parts, each with its own place; a plain word is its only part."""
    found, begin = [], 0
    for at, char in enumerate(token.raw):
        if char in HYPHENS:
            found.append(Token(token.start + begin, token.raw[begin:at]))
            begin = at + 1
    found.append(Token(token.start + begin, token.raw[begin:]))
    return found


def count_words(text: str) -> int:
    """Words as a teacher counts them: runs of letters, digits, apostrophes and inner hyphens.

    text: any. Returns >= 0. "don't" is 1, "well-known" is 1, "3.5" is 2.
    """
    return len(counted(text))


class Prose:
    """Says which places of one text are prose, and not part of an address, a handle or a code."""

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for match in _CHUNK.finditer(text):
            if _NOT_PROSE.search(match.group()[:MAX_CHUNK]):
                self._starts.append(match.start())
                self._ends.append(match.end())

    def holds(self, start: int) -> bool:
        """Whether the word that begins at start (code points) is prose."""
        before = bisect_right(self._starts, start) - 1
        return before < 0 or start >= self._ends[before]


_SENTENCE_END = re.compile(r"[.!?:\u2026\n\r]")


def opens_sentence(text: str, previous_end: int, start: int) -> bool:
    """Whether the word at start follows a full stop, a line break, or nothing at all.

    previous_end: where the word before it ends, 0 for none.
    """
    return start == 0 or previous_end == 0 or bool(_SENTENCE_END.search(text, previous_end, start))
