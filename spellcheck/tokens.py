"""Words in running text, with exact places. Knows no dictionary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

APOSTROPHES = "'\u2019\u2018\u02bc\uff07\u00b4`"
HYPHENS = "-\u2010\u2011"
# Invisible inside a word: soft hyphen, zero-width space and joiners, word joiner, BOM.
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_INNER = re.escape(APOSTROPHES + HYPHENS)
_MARKS = "\u0300-\u036f"
_LETTER = r"[^\W\d_]"

# Letters; then marks and invisible characters, or an apostrophe or hyphen before a letter, and
# more letters. Each round takes at least one character: linear on any text.
WORD = re.compile(rf"{_LETTER}+(?:(?:[{_MARKS}{INVISIBLE}]+|[{_INNER}](?={_LETTER})){_LETTER}*)*")
_COUNTED = re.compile(rf"\w+(?:(?:[{_MARKS}{INVISIBLE}]+|[{_INNER}](?=\w))\w*)*")
_PART = re.compile(rf"[^{re.escape(HYPHENS)}]+")
# What no dictionary should judge: addresses, file names, handles, tags, things with digits.
_NOT_PROSE = re.compile(
    r"[@\\_#=]|://|^\W*www\.|\d|\w/\w*/|\.\w{2,4}/|"
    r"\w\.(?:com|org|net|edu|gov|info|io|se|nu|no|dk|fi|de|uk|eu|html?|pdf|docx?|txt|jpe?g|png)\b",
    re.IGNORECASE,
)
# Characters on either side of a word that are looked at.
MAX_AROUND = 100
NEAR = 50
_STOPS = ".!?:\u2026"
_MARKS_BESIDE = '.!?:\u2026,;()"\u201c\u201d'

_TO_STRAIGHT = {ord(char): "'" for char in APOSTROPHES}
_CLEAN = (
    _TO_STRAIGHT | {ord(char): "-" for char in HYPHENS} | {ord(char): None for char in INVISIBLE}
)


Span = tuple[int, str]


def words(text: str) -> list[re.Match[str]]:
    """Every word of the text, left to right; hyphenated words are one."""
    return list(WORD.finditer(text))


def places(text: str, word: str) -> Iterator[int]:
    """Where the word begins in the text, wherever no letter stands beside it."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()):
            yield start
        start = text.find(word, end)


def behind(text: str, end: int) -> str:
    """What follows after one space, up to the next, in lower case."""
    stop = text.find(" ", end + 1, end + NEAR)
    return text[end + 1 : stop].lower() if text[end : end + 1] == " " and stop > 0 else ""


def beside(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """Up to two words on either side of a place, in its sentence and in lower case.

    A quick look for many places: words are what stands between spaces, without marks at its ends.
    """
    before: list[str] = []
    for word in reversed(text[max(0, start - NEAR) : start].split()[-2:]):
        if word[-1] in _STOPS:
            break
        before.insert(0, word.strip(_MARKS_BESIDE).lower())
    after: list[str] = []
    if text[end : end + 1] not in _STOPS or end == len(text):
        for word in text[end : end + NEAR].split(None, 2)[:2]:
            after.append(word.strip(_MARKS_BESIDE).lower())
            if word[-1] in _STOPS:
                break
    return before, after


def words_around(text: str, start: int, end: int) -> list[re.Match[str]]:
    """The words of a place and of NEAR characters on either side, none of them cut."""
    first, last = max(0, start - NEAR), end + NEAR
    found = list(WORD.finditer(text, first, last))
    if found and first and found[0].start() == first:
        del found[0]
    if found and found[-1].end() == last < len(text):
        del found[-1]
    return found


def counted(text: str) -> list[str]:
    """Runs of letters, digits and inner marks. Every word of words() lies within one of these."""
    return _COUNTED.findall(text)


def normal(raw: str) -> str:
    """The word as dictionaries spell it: NFC, straight apostrophe, plain hyphen, nothing hidden."""
    if raw.isascii() and raw.isalpha():
        return raw
    return unicodedata.normalize("NFC", raw.translate(_CLEAN))


def parts(word: re.Match[str]) -> list[Span]:
    """A hyphenated word's parts, each with its start; a plain word is its only part."""
    return [(word.start() + part.start(), part.group()) for part in _PART.finditer(word.group())]


def is_prose(text: str, word: re.Match[str]) -> bool:
    """Whether the word is running text, and not part of an address, a handle or a code."""
    start, end = word.span()
    before = text[max(0, start - MAX_AROUND) : start]
    after = text[end : end + MAX_AROUND]
    left = "" if before[-1:].isspace() else before.split()[-1:]
    right = "" if after[:1].isspace() else after.split()[:1]
    return not _NOT_PROSE.search("".join([*left, word.group(), *right]))


_SENTENCE_END = re.compile(r"[.!?:\u2026\n\r]")


def opens_sentence(text: str, previous_end: int, start: int) -> bool:
    """Whether the word at start follows a full stop, a line break, or nothing at all.

    previous_end: where the word before it ends, 0 for none.
    """
    return start == 0 or previous_end == 0 or bool(_SENTENCE_END.search(text, previous_end, start))
