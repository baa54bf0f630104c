"""PDF: pdfium reads the text, its line positions give the paragraphs; pypdf is the second reader.

pdfium is 12 times faster than pypdf and keeps the spaces of tightly set LaTeX lines, but aborts
its process when memory runs out: call this module in a child process only.
"""

from __future__ import annotations

import io
import re
import time
from dataclasses import dataclass
from typing import Any

import pypdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from files.extraction import pdf_tex
from files.extraction.advice import FailureCode, WarningCode
from files.extraction.outcome import ExtractionFailed, Limits, Reading, Source
from files.extraction.pdf_fields import typed_texts
from files.extraction.pdf_hidden import Sight
from files.extraction.pdf_layout import flowing_text
from files.extraction.pdf_lines import Frame, Line, page_lines
from files.extraction.text import has_words

_PYPDF_MOST_S = 4.0  # CPU seconds
# An essay's streams are small; its own defaults let 3 kB keep it busy for 15 s.
_PYPDF_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 8_000_000,
    "stream_parsing_work_maximum_count": 300_000,
}
_HYPHENATING = re.compile(r"TeX|InDesign|WeasyPrint|Prince")  # word processors ask first
_ENCRYPTED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


@dataclass(frozen=True, slots=True)
class _Page:
    lines: list[Line]
    typed: list[str]
    warnings: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def read(source: Source) -> Reading:
    """Text of all pages with paragraphs, without running headers and footers; typed fields last."""
    try:
        document = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        if error.err_code in _ENCRYPTED:
            raise ExtractionFailed(FailureCode.ENCRYPTED) from error
        return _second_reading(source, otherwise=FailureCode.CORRUPT)
    try:
        n_pages = len(document)
        _check_length(n_pages, source.limits)
        if document.get_formtype() != raw.FORMTYPE_NONE:
            document.init_forms()
        pages = [_read_page(document, number) for number in range(n_pages)]
        producer = document.get_metadata_value("Producer")
    finally:
        document.close()
    typed = [text for page in pages for text in page.typed]
    hyphenates = _HYPHENATING.search(producer) is not None
    flowing = flowing_text([page.lines for page in pages], hyphenates=hyphenates)
    text = "\n\n".join([pdf_tex.composed(flowing) if "TeX" in producer else flowing, *typed])
    warnings = tuple(sorted({warning for page in pages for warning in page.warnings}))
    hidden = tuple(piece for page in pages for piece in page.hidden)
    if has_words(text):
        return Reading(text, n_pages, warnings, hidden)
    if hidden:
        raise ExtractionFailed(FailureCode.NO_TEXT)  # pypdf would show it
    is_broken = all(WarningCode.UNREADABLE_PAGE in page.warnings for page in pages)
    return _second_reading(
        source, otherwise=FailureCode.CORRUPT if is_broken else FailureCode.NO_TEXT
    )


def _second_reading(source: Source, *, otherwise: FailureCode) -> Reading:
    """pypdf's, for what pdfium cannot open or finds nothing in.

    Raises ExtractionFailed, with `otherwise` when pypdf finds no words either.
    """
    with pypdf.apply_configuration(**_PYPDF_LIMITS):
        try:
            text, n_pages = _pypdf_text(source)
        except (ExtractionFailed, MemoryError):
            raise
        except Exception as error:  # its errors have no common class (13 other ones were seen)
            raise ExtractionFailed(otherwise) from error
    if not has_words(text):
        raise ExtractionFailed(otherwise)
    return Reading(text, n_pages)


def _pypdf_text(source: Source) -> tuple[str, int]:
    reader = pypdf.PdfReader(io.BytesIO(source.data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ExtractionFailed(FailureCode.ENCRYPTED)
    n_pages = len(reader.pages)
    _check_length(n_pages, source.limits)
    begun = time.process_time()
    texts = []
    for page in reader.pages:
        texts.append(page.extract_text())
        if time.process_time() - begun > _PYPDF_MOST_S:
            break  # scans with big pictures; what was not found by now will not be
    return "\n\n".join(texts), n_pages


def _check_length(n_pages: int, limits: Limits) -> None:
    if n_pages > limits.pages:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    if limits.short_pages is not None and n_pages > limits.short_pages:
        raise ExtractionFailed(FailureCode.TAKES_LONG)


def _read_page(document: pdfium.PdfDocument, number: int) -> _Page:
    """Lines in pdfium's reading order, and what was typed onto the page."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return _Page([], [], (WarningCode.UNREADABLE_PAGE,))  # it must not cost the others
    textpage = page.get_textpage()
    try:
        sight = Sight(page, textpage.raw)
        lines = page_lines(textpage.raw, Frame.of(page), sight)
        typed = typed_texts(document, page)
        is_picture = not lines and not typed and sight.has_picture
        warnings = (WarningCode.PICTURE_PAGE,) if is_picture else ()
        return _Page(lines, typed, warnings, tuple(sight.hidden))
    finally:
        textpage.close()
        page.close()
