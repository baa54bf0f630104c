"""Running headers and footers, which are on the page but not in the essay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from files.extraction.pdf_layout import Line

_ZONE = 0.12  # of the page's height, at the top and at the bottom
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^[-–(\s]*(?:sida|sidan|page|s\.|p\.)?\s*\d{1,3}\s*(?:(?:/|av|of|\()\s*\d{1,3}\)?)?[-–)\s.]*$",
    re.IGNORECASE,
)
_BROWSER_FOOTER = re.compile(r"^(?:https?|file)://\S+\s+\d{1,3}/\d{1,3}$")
_BROWSER_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},? \d{1,2}[:.]\d{2}")
_LEAST_KEPT = 0.5  # of all words; below that the "running" lines are the text itself


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without what stands at the same place of most of them, and without page numbers."""
    seen = Counter(place for page in pages for place in {_place(line) for line in page})
    needed = max(2, (len(pages) + 1) // 2)
    kept = [
        [line for line in page if not _is_running(line, page, seen[_place(line)] >= needed)]
        for page in pages
    ]
    before, after = _n_words(pages), _n_words(kept)
    return kept if after >= _LEAST_KEPT * before else [list(page) for page in pages]


def _place(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text), round(line.y / 4)


def _is_running(line: Line, page: Sequence[Line], repeats: bool) -> bool:
    top = line.y < _ZONE * line.page_height
    bottom = line.y > (1 - _ZONE) * line.page_height
    if not top and not bottom:
        return False
    if repeats or _BROWSER_FOOTER.match(line.text):
        return True
    if _PAGE_NUMBER.match(line.text):
        return True
    printed = any(_BROWSER_FOOTER.match(other.text) for other in page)
    return top and printed and bool(_BROWSER_DATE.match(line.text))


def _n_words(pages: Sequence[Sequence[Line]]) -> int:
    return sum(len(line.text.split()) for page in pages for line in page)
