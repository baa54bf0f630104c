"""PDF: pdfium reads the text, its line positions give the paragraphs; pypdf is the second reader.

pdfium is 12 times faster than pypdf and keeps the spaces of tightly set LaTeX lines, but aborts
its process when memory runs out: call this module in a child process only.
"""

from __future__ import annotations

import ctypes
import io
import math

import pypdf
import pypdfium2 as pdfium  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as raw  # type: ignore[import-untyped]  # ships no types

from files.extraction.outcome import ExtractionFailed, FailureCode, Reading, Source
from files.extraction.pdf_layout import Line, flowing_text
from files.extraction.text import has_words

_ENCRYPTED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


def read(source: Source) -> Reading:
    """Text of all pages with paragraphs, without running headers and footers."""
    try:
        document = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        if error.err_code in _ENCRYPTED:
            raise ExtractionFailed(FailureCode.ENCRYPTED) from error
        return _read_with_pypdf(source)
    try:
        n_pages = len(document)
        if n_pages > source.limits.pages:
            raise ExtractionFailed(FailureCode.TOO_LARGE)
        pages = [_page_lines(document, number) for number in range(n_pages)]
    finally:
        document.close()
    text = flowing_text(pages)
    if has_words(text):
        return Reading(text, page_count=n_pages)
    return _read_with_pypdf(source)


def _read_with_pypdf(source: Source) -> Reading:
    """For what pdfium cannot open or finds nothing in."""
    reader = pypdf.PdfReader(io.BytesIO(source.data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ExtractionFailed(FailureCode.ENCRYPTED)
    n_pages = len(reader.pages)
    if n_pages > source.limits.pages:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    texts = [page.extract_text() for page in reader.pages]
    return Reading("\n\n".join(texts), page_count=n_pages)


def _page_lines(document: pdfium.PdfDocument, number: int) -> list[Line]:
    """The lines of one page in pdfium's reading order, with their places in points."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return []  # one broken page must not cost the others
    textpage = page.get_textpage()
    try:
        return _lines(textpage.raw, page.get_height())
    finally:
        textpage.close()
        page.close()


def _lines(textpage: raw.FPDF_TEXTPAGE, page_height: float) -> list[Line]:
    n_chars = raw.FPDFText_CountChars(textpage)
    if n_chars <= 0:
        return []
    buffer = (ctypes.c_ushort * (n_chars * 2 + 1))()
    n_units = raw.FPDFText_GetText(textpage, 0, n_chars, buffer)
    units = bytes(buffer)[: 2 * max(n_units - 1, 0)]
    lines: list[Line] = []
    begin = 0  # in UTF-16 units, as pdfium counts
    for piece in units.decode("utf-16-le", errors="replace").split("\r\n"):
        end = begin + len(piece.encode("utf-16-le", errors="replace")) // 2
        line = _line(textpage, piece, begin, page_height)
        if line is not None:
            lines.append(line)
        begin = end + 2
    return lines


def _line(textpage: raw.FPDF_TEXTPAGE, text: str, begin: int, page_height: float) -> Line | None:
    stripped = text.strip()
    if not stripped:
        return None
    first = raw.FPDFText_GetCharIndexFromTextIndex(textpage, begin + len(text) - len(text.lstrip()))
    last = raw.FPDFText_GetCharIndexFromTextIndex(textpage, begin + len(text.rstrip()) - 1)
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(textpage, first, x, y)
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, first, matrix)
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    return Line(
        text=stripped,
        left=_edges(textpage, first)[0],
        right=_edges(textpage, last)[1],
        y=page_height - y.value,
        size=raw.FPDFText_GetFontSize(textpage, first) * scale,
        page_height=page_height,
    )


def _edges(textpage: raw.FPDF_TEXTPAGE, char: int) -> tuple[float, float]:
    """Left and right edge of one character, points."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(textpage, char, left, right, bottom, top)
    return left.value, right.value
