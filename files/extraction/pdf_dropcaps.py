"""Drop caps: a paragraph's first letter, several lines high, which stands in the file by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from files.extraction.pdf_lines import Line

_LETTER = re.compile(r"[\"“”‘’»']?[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_LINES = 1.9  # a drop cap's size in sizes of the text beside it
_MOST_LINES = 9.0
_ALONE = frozenset("AIOÅÖ")  # words of one letter, in English or Swedish


def with_drop_caps(page: Sequence[Line]) -> list[Line]:
    """The lines of a page, each drop cap put before the line that it begins."""
    lines = list(page)
    for cap in [line for line in page if _LETTER.fullmatch(line.text)]:
        beside = [at for at, line in enumerate(lines) if _stands_beside(line, cap)]
        if not beside:
            continue
        first = min(beside, key=lambda at: lines[at].y)
        rest = lines[first]
        begun = replace(rest, text=_together(cap.text, rest.text, page), left=cap.left)
        for at in beside:
            lines[at] = replace(lines[at], left=cap.left)
        lines[first] = begun
        lines.remove(cap)
    return lines


def _stands_beside(line: Line, cap: Line) -> bool:
    """Right of the letter, between its top and its foot, in much smaller type."""
    if not _LEAST_LINES * line.size <= cap.size <= _MOST_LINES * line.size:
        return False
    near = cap.right - 0.3 * line.size <= line.left <= cap.right + 1.5 * line.size
    return near and cap.y - cap.size <= line.y <= cap.y + 0.3 * line.size


def _together(letter: str, rest: str, page: Sequence[Line]) -> str:
    """ "W" and "hen" are one word; "I" and "remember" are two, as the other lines tell."""
    word = _WORD.match(rest)
    if word is None or letter[-1] not in _ALONE:
        return f"{letter}{rest}"
    words = {found for line in page if line.text != rest for found in _WORD.findall(line.text)}
    words = {found.lower() for found in words}
    is_alone = word[0].lower() in words and f"{letter[-1]}{word[0]}".lower() not in words
    return f"{letter} {rest}" if is_alone else f"{letter}{rest}"
