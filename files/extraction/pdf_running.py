"""Running headers and footers, which are on the page but not in the essay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from files.extraction.pdf_lines import Line

_ZONE = 0.12  # of the page's height, at the top and at the bottom
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^[-–(\s]*(?:sida|sidan|page|s\.|p\.)?\s*\d{1,3}\s*(?:(?:/|av|of|\()\s*\d{1,3}\)?)?[-–)\s.]*$",
    re.IGNORECASE,
)
_BROWSER_FOOTER = re.compile(r"^(?:https?|file)://\S+\s+\d{1,3}/\d{1,3}$")
_BROWSER_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},? \d{1,2}[:.]\d{2}")
_TOP_MARGIN, _BOTTOM_MARGIN = 0.07, 0.94  # of the page's height
_MARGIN_GAP_EM = 2.4
_MARGIN_SHARE = 0.025  # of the page's words
_NARROW_MARGIN = 54.0  # points; such pages may begin with the title far up
_LEAST_KEPT = (
    0.9  # of all words; on sparser pages, as of slides, repeated lines are the text itself
)


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
    if _stands_in_margin(line, page):
        return True
    printed = any(_BROWSER_FOOTER.match(other.text) for other in page)
    return top and printed and bool(_BROWSER_DATE.match(line.text))


def _stands_in_margin(line: Line, page: Sequence[Line]) -> bool:
    """A header or footer of a single page: beyond the usual margin, in no larger type, far off."""
    top, bottom = _TOP_MARGIN * line.page_height, _BOTTOM_MARGIN * line.page_height
    if top <= line.y <= bottom or not 0 < line.y < line.page_height:
        return False
    if len(line.text.split()) > _MARGIN_SHARE * _n_words([page]):
        return False  # on a nearly empty page nothing is beside the point
    body = [other for other in page if top < other.y < bottom]
    if not body or min(other.left for other in body) < _NARROW_MARGIN:
        return False
    distance = min(abs(other.y - line.y) for other in body)
    return distance > _MARGIN_GAP_EM * line.size and line.size <= 1.05 * max(o.size for o in body)


def _n_words(pages: Sequence[Sequence[Line]]) -> int:
    return sum(len(line.text.split()) for page in pages for line in page)
