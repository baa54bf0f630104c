"""The printed lines of a PDF page with their places, from pdfium's text page."""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from files.extraction import pdf_tex
from files.extraction.pdf_hidden import Sight

# pdfium joins a word that a hyphen breaks and leaves this mark in it, without a line end.
_BLANKS = " \t\r\n\xa0"  # str.strip() alone would take TeX's ligatures away
_WIDE_LETTER_EM = 0.7
_BARE_NUMBER = re.compile(r"^(\d{1,2}[.)])(?=[^\W\d_])")  # of a list, without a space behind it
_LINE_END = re.compile(r"(?<=\r\n)|(?<=\ufffe)")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. All measures in points; y runs downward from the top to the baseline."""

    text: str
    left: float
    right: float
    y: float
    size: float
    page_height: float

    @property
    def char_width(self) -> float:
        """The mean; in rows of a table, with gaps in them, no more than a wide letter's."""
        mean = max(self.right - self.left, 1.0) / max(len(self.text), 1)
        return min(mean, _WIDE_LETTER_EM * self.size)


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page lies: its box in the file's coordinates and its rotation in quarter turns."""

    left: float
    bottom: float
    right: float
    top: float
    n_turns: int

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> Frame:
        left, bottom, right, top = page.get_bbox()
        return cls(left, bottom, right, top, raw.FPDFPage_GetRotation(page.raw))

    @property
    def height(self) -> float:
        """As the reader sees it, points."""
        return self.top - self.bottom if self.n_turns % 2 == 0 else self.right - self.left

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """Where a reader sees a point of the file: from the left, and from the top downward."""
        if self.n_turns == 1:
            return y - self.bottom, x - self.left
        if self.n_turns == 2:
            return self.right - x, y - self.bottom
        if self.n_turns == 3:
            return self.top - y, self.right - x
        return x - self.left, self.top - y


def page_lines(textpage: raw.FPDF_TEXTPAGE, frame: Frame, sight: Sight) -> list[Line]:
    """All lines in pdfium's reading order, without blank ones and what nobody sees."""
    n_chars = raw.FPDFText_CountChars(textpage)
    if n_chars <= 0:
        return []
    buffer = (ctypes.c_ushort * (n_chars * 2 + 1))()
    n_units = raw.FPDFText_GetText(textpage, 0, n_chars, buffer)
    units = bytes(buffer)[: 2 * max(n_units - 1, 0)]
    lines: list[Line] = []
    begin = 0  # in UTF-16 units, as pdfium counts
    for piece in _LINE_END.split(units.decode("utf-16-le", errors="surrogatepass")):
        line = _line(textpage, piece, begin, frame, sight)
        if line is not None:
            lines.append(line)
        begin += len(piece.encode("utf-16-le", errors="surrogatepass")) // 2
    return lines


def _line(
    textpage: raw.FPDF_TEXTPAGE, text: str, begin: int, frame: Frame, sight: Sight
) -> Line | None:
    stripped = text.strip(_BLANKS)
    if not stripped:
        return None
    indent = len(text) - len(text.lstrip(_BLANKS))
    first = raw.FPDFText_GetCharIndexFromTextIndex(textpage, begin + indent)
    last = raw.FPDFText_GetCharIndexFromTextIndex(textpage, begin + len(text.rstrip(_BLANKS)) - 1)
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(textpage, first, x, y)
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, first, matrix)
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    size = raw.FPDFText_GetFontSize(textpage, first) * scale
    seen = sight.seen(stripped, begin + indent, size).strip(_BLANKS)
    if not seen:
        return None
    return Line(
        text=_BARE_NUMBER.sub(r"\1 ", pdf_tex.decoded(seen)),
        left=min(_edges(textpage, first, frame)),
        right=max(_edges(textpage, last, frame)),
        y=frame.seen(x.value, y.value)[1],
        size=size,
        page_height=frame.height,
    )


def _edges(textpage: raw.FPDF_TEXTPAGE, char: int, frame: Frame) -> tuple[float, float]:
    """Horizontal places of one character's two sides, as the reader sees them."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(textpage, char, left, right, bottom, top)
    return frame.seen(left.value, bottom.value)[0], frame.seen(right.value, top.value)[0]
