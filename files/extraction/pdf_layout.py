"""From lines with places on pages to paragraphs: where a new one begins, what runs on each page.

A PDF knows no paragraphs. A line begins a new one when there is a gap above it, when it is
indented, when its size changes, or when the line before it ended although the next word had room.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from files.extraction.pdf_lines import Line
from files.extraction.pdf_running import without_running_lines

_GAP = 1.22  # of the usual line distance
_INDENT_EM = 0.8
_MAX_LEADING_EM = 3.6
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_ITEM = re.compile(r"^(?:[•◦▪‣●○■–]\s|[-*]\s+\S|\(?\d{1,2}[.)]\s|[a-h]\)\s)")
_HYPHENS = "\x02\u2010\u00ad\ufffe"
_HANGING = re.compile(r"^(?:och|eller|samt|and|or|to)\b")
# First parts that are written with a hyphen anyway: "1900-talet", "TV-serie", "e-post".
_OWN_HYPHEN = re.compile(r"(?:\d|\b[A-ZÅÄÖ]{2,}|\b\w|\b(?:well|self|non|half|ex|icke))$")
_HYPHENATED = 3  # broken words in a text: then its program hyphenates
_HYPHENATED_SHARE = 0.04  # or of the lines of a short one


def flowing_text(pages: Sequence[Sequence[Line]], *, hyphenates: bool = False) -> str:
    """The text of all pages, paragraphs separated by a blank line, running lines left out.

    hyphenates: the program that made the file is known to break words.
    """
    lines = [line for page in without_running_lines(pages) for line in page]
    if not lines:
        return ""
    leadings = _leadings(lines)
    columns = _columns(lines)
    paragraphs: list[list[str]] = [[lines[0].text]]
    for index in range(1, len(lines)):
        begins = _begins_paragraph(lines, index, columns, leadings, len(paragraphs[-1]))
        if begins:
            paragraphs.append([])
        paragraphs[-1].append(lines[index].text)
    vocabulary = _vocabulary(lines, hyphenates)
    return "\n\n".join(_joined(paragraph, vocabulary) for paragraph in paragraphs)


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """words: all of the text in lower case, compounds with their hyphens."""

    words: frozenset[str]
    is_hyphenated: bool


def _vocabulary(lines: Sequence[Line], hyphenates: bool) -> _Vocabulary:
    words = re.findall(r"[\w-]+", " ".join(line.text for line in lines).lower())
    n_broken = sum(line.text[-1] in _HYPHENS or line.text[-1] == "-" for line in lines)
    often = n_broken >= _HYPHENATED or n_broken > _HYPHENATED_SHARE * len(lines)
    return _Vocabulary(frozenset(words), often or hyphenates)


def _leadings(lines: Sequence[Line]) -> dict[int, float]:
    """The usual distance between two lines of a font size, by size rounded to points."""
    seen: dict[int, Counter[float]] = {}
    for above, below in _neighbours(lines):
        distance = below.y - above.y
        if 0.7 * below.size <= distance <= _MAX_LEADING_EM * below.size:
            seen.setdefault(round(below.size), Counter())[round(distance * 2) / 2] += 1
    usual = {}
    for size, distances in seen.items():
        most = max(distances.values())
        usual[size] = min(d for d, n in distances.items() if n >= 0.6 * most)
    return usual


def _neighbours(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    return itertools.pairwise(lines)


@dataclass(frozen=True, slots=True)
class _Column:
    left: float
    right: float


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


def _jumps(above: Line, below: Line) -> bool:
    """Whether the next line is elsewhere: another column, another page."""
    up = below.y < above.y - 0.5 * above.size
    beside = below.left > above.right or below.right < above.left
    return up or (beside and abs(below.y - above.y) > 0.5 * above.size)


def _begins_paragraph(
    lines: Sequence[Line],
    index: int,
    columns: Sequence[_Column],
    leadings: dict[int, float],
    n_lines_before: int,
) -> bool:
    above, below = lines[index - 1], lines[index]
    if above.text[-1] in _HYPHENS:
        return False
    if abs(below.y - above.y) < 0.5 * below.size and below.left >= above.left:
        return False
    if abs(above.size - below.size) > 0.12 * max(above.size, below.size):
        return True
    if _ITEM.match(below.text):
        return True
    ended = _had_room(above, below, columns[index - 1])
    if _jumps(above, below):
        return ended or _is_indented(lines, index, columns, n_lines_before)
    leading = leadings.get(round(below.size), 1.3 * below.size)
    if below.y - above.y > _GAP * leading:
        return True
    em = below.size
    if n_lines_before > 1 and above.left - below.left > _INDENT_EM * em:
        return True
    return ended or _is_indented(lines, index, columns, n_lines_before)


def _had_room(above: Line, below: Line, column: _Column) -> bool:
    """Whether the next word would have fitted on the line above: then somebody ended that line."""
    word = below.text.split(maxsplit=1)[0]
    needed = (len(word) + 1) * max(above.char_width, below.char_width) * 1.1
    room = column.right - above.right
    if room < needed + 0.3 * above.size:
        return False
    if _SENTENCE_END.search(above.text):
        return True
    return not below.text[0].islower()


def _is_indented(
    lines: Sequence[Line], index: int, columns: Sequence[_Column], n_lines_before: int
) -> bool:
    """A first-line indent: this line begins further in than the one above and the one below."""
    above, line = lines[index - 1], lines[index]
    em = line.size
    indent = line.left - columns[index].left
    if not _INDENT_EM * em < indent < 6 * em:
        return False
    if not _jumps(above, line) and line.left - above.left < _INDENT_EM * em:
        return n_lines_before == 1 and _returns(lines, index)  # after a paragraph of one full line
    if index + 1 == len(lines) or _jumps(line, lines[index + 1]):
        return True
    return _returns(lines, index) or _had_room(line, lines[index + 1], columns[index])


def _returns(lines: Sequence[Line], index: int) -> bool:
    """Whether the next line begins further out, as the second line of a paragraph does."""
    if index + 1 == len(lines) or _jumps(lines[index], lines[index + 1]):
        return False
    return lines[index].left - lines[index + 1].left > 0.5 * lines[index].size


def _joined(lines: Sequence[str], vocabulary: _Vocabulary) -> str:
    text = lines[0]
    for line in lines[1:]:
        text = _join(text, line, vocabulary)
    return text


def _join(above: str, below: str, vocabulary: _Vocabulary) -> str:
    """Two lines as one; a hyphen that only breaks a word is taken out."""
    soft = above[-1] in _HYPHENS
    hard = above[-1] == "-" and len(above) > 1 and above[-2].isalnum()
    if not soft and not hard:
        return f"{above} {below}"
    stem = above[:-1]
    if _HANGING.match(below):
        return f"{stem}- {below}"
    return f"{stem}{'' if _only_breaks(stem, below, vocabulary) else '-'}{below}"


def _only_breaks(stem: str, below: str, vocabulary: _Vocabulary) -> bool:
    """Whether the hyphen belongs to the line's end and not to the word.

    The text itself knows best; without its word, programs that hyphenate do so often.
    """
    first, rest = re.search(r"\w+$", stem), re.match(r"\w+", below)
    if first is None or rest is None or not below[0].islower():
        return False
    if f"{first[0]}-{rest[0]}".lower() in vocabulary.words:
        return False
    if f"{first[0]}{rest[0]}".lower() in vocabulary.words:
        return True
    return vocabulary.is_hyphenated and not _OWN_HYPHEN.search(stem)
