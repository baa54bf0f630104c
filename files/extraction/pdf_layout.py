"""From lines with places on pages to paragraphs: where a new one begins.

A PDF knows no paragraphs. A line begins a new one when there is a gap above it, when it is
indented, when its size changes, or when the line before it ended although the next word had room.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from files.extraction.pdf_dropcaps import with_drop_caps
from files.extraction.pdf_hyphens import SOFT_HYPHENS, joined, vocabulary_of
from files.extraction.pdf_lines import Line
from files.extraction.pdf_running import without_running_lines

_GAP = 1.22  # of the usual line distance
_INDENT_EM = 0.8
_DEEPEST_INDENT_EM = 6.0
_MAX_LEADING_EM = 3.6
_SAME_LINE_EM = 0.5
_SAME_SIZE = 0.12
_ROOM_ON_PAGE = 6  # lines; notes, tables and widows take less
_VERSE_ROOM = 0.4  # of the column; so much no wrapped line leaves
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_ITEM = re.compile(r"^(?:[•◦▪‣●○■–\uf000-\uf0ff]\s|[-*]\s+\S|\(?\d{1,2}[.)]\s|[a-h]\)\s)")


def flowing_text(pages: Sequence[Sequence[Line]], *, hyphenates: bool = False) -> str:
    """The text of all pages, paragraphs separated by a blank line, running lines left out.

    hyphenates: the program that made the file is known to break words.
    """
    lines = [line for page in without_running_lines(pages) for line in with_drop_caps(page)]
    if not lines:
        return ""
    layout = _Layout(lines)
    begins = [0]
    for index in range(1, len(lines)):
        if layout.begins_paragraph(index, begun=begins[-1]):
            begins.append(index)
    texts = [line.text for line in lines]
    vocabulary = vocabulary_of(texts, hyphenates=hyphenates)
    ends = [*begins[1:], len(texts)]
    return "\n\n".join(
        joined(texts[begin:end], vocabulary) for begin, end in zip(begins, ends, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Column:
    left: float
    right: float


class _Layout:
    """All lines of a document in reading order, with the column of each and the usual leading."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._columns = _columns(lines)
        self._leadings = _leadings(lines)
        self._foot = max(line.y for line in lines)  # of the fullest page

    def begins_paragraph(self, index: int, *, begun: int) -> bool:
        """Whether a paragraph begins at this line; the one before it began at line `begun`."""
        above, below = self._lines[index - 1], self._lines[index]
        if above.text[-1] in SOFT_HYPHENS:
            return False
        if _is_same_line(above, below):
            return False
        if abs(above.size - below.size) > _SAME_SIZE * max(above.size, below.size):
            return True
        if _ITEM.match(below.text) or self._had_room(index):
            return True
        if _jumps(above, below):
            return self._ends_its_page(index - 1) or self._is_indented(index, begun)
        leading = self._leadings.get(round(below.size), 1.3 * below.size)
        if below.y - above.y > _GAP * leading:
            return True
        outdent = above.left - below.left
        if index - begun > 1 and outdent > _INDENT_EM * below.size:
            return True
        return self._is_indented(index, begun)

    def _ends_its_page(self, index: int) -> bool:
        """Whether the next line is on another page though this page had room, as after a title."""
        above, below = self._lines[index], self._lines[index + 1]
        is_same_column = below.left < above.right and above.left < below.right
        leading = self._leadings.get(round(above.size), 1.3 * above.size)
        return is_same_column and above.y < self._foot - _ROOM_ON_PAGE * leading

    def _had_room(self, index: int) -> bool:
        """Whether this line's first word would have fitted above: then somebody ended that line."""
        above, below, column = self._lines[index - 1], self._lines[index], self._columns[index - 1]
        word = below.text.split(maxsplit=1)[0]
        needed = (len(word) + 1) * max(above.char_width, below.char_width) * 1.1
        room = column.right - above.right
        if room < needed + 0.3 * above.size:
            return False
        if _SENTENCE_END.search(above.text) or room > _VERSE_ROOM * (column.right - column.left):
            return True
        return not below.text[0].islower()

    def _is_indented(self, index: int, begun: int) -> bool:
        """A first-line indent: this line begins further in than the ones above and below it."""
        above, line = self._lines[index - 1], self._lines[index]
        indent = line.left - self._columns[index].left
        if not _INDENT_EM * line.size < indent < _DEEPEST_INDENT_EM * line.size:
            return False
        if self._hangs(index, begun):
            return False
        if not _jumps(above, line) and line.left - above.left < _INDENT_EM * line.size:
            return index - begun == 1 and self._returns(index)  # after one full line of a paragraph
        if index + 1 == len(self._lines) or _jumps(line, self._lines[index + 1]):
            return True
        return self._returns(index) or self._had_room(index + 1)

    def _hangs(self, index: int, begun: int) -> bool:
        """Whether this line hangs behind the mark of the list item that the paragraph is."""
        mark, line = self._lines[begun], self._lines[index]
        is_behind = line.left - mark.left > 0.3 * line.size
        return is_behind and _ITEM.match(mark.text) is not None

    def _returns(self, index: int) -> bool:
        """Whether the next line begins further out, as the second line of a paragraph does."""
        if index + 1 == len(self._lines) or _jumps(self._lines[index], self._lines[index + 1]):
            return False
        return self._lines[index].left - self._lines[index + 1].left > 0.5 * self._lines[index].size


def _is_same_line(above: Line, below: Line) -> bool:
    return abs(below.y - above.y) < _SAME_LINE_EM * below.size and below.left >= above.left


def _jumps(above: Line, below: Line) -> bool:
    """Whether the next line is elsewhere: higher up in another column, on another page, far off."""
    distance = below.y - above.y
    beside = below.left > above.right or below.right < above.left
    return distance < -_SAME_LINE_EM * above.size or (
        beside and distance > _MAX_LEADING_EM * above.size
    )


def _leadings(lines: Sequence[Line]) -> dict[int, float]:
    """The usual distance between two lines of a font size, by size rounded to points."""
    seen: dict[int, Counter[float]] = {}
    for above, below in itertools.pairwise(lines):
        distance = below.y - above.y
        if 0.7 * below.size <= distance <= _MAX_LEADING_EM * below.size:
            seen.setdefault(round(below.size), Counter())[round(distance * 2) / 2] += 1
    usual = {}
    for size, distances in seen.items():
        most = max(distances.values())
        usual[size] = min(d for d, n in distances.items() if n >= 0.6 * most)
    return usual


def _columns(lines: Sequence[Line]) -> list[_Column]:
    """For each line the edges of the column it stands in."""
    columns: list[_Column] = []
    begin = 0
    for index in range(1, len(lines) + 1):
        if index < len(lines) and not _jumps(lines[index - 1], lines[index]):
            continue
        run = lines[begin:index]
        column = _Column(min(line.left for line in run), _right_edge(run))
        columns += [column] * len(run)
        begin = index
    return columns


def _right_edge(run: Sequence[Line]) -> float:
    """Where the lines of a column end; a single line that sticks out says nothing about it."""
    rights = sorted((line.right for line in run), reverse=True)
    sticks_out = len(run) > 3 and rights[0] - rights[1] > 2 * run[0].size
    return rights[1] if sticks_out else rights[0]
