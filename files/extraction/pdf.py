"""PDF: pdfium reads the text, its line positions give the paragraphs; pypdf is the second reader.

pdfium is 12 times faster than pypdf and keeps the spaces of tightly set LaTeX lines, but aborts
its process when memory runs out: call this module in a child process only.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import pypdf
import pypdfium2 as pdfium  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as raw  # type: ignore[import-untyped]  # ships no types

from files.extraction.outcome import ExtractionFailed, FailureCode, Reading, Source
from files.extraction.pdf_fields import typed_texts
from files.extraction.pdf_hidden import Sight
from files.extraction.pdf_layout import flowing_text
from files.extraction.pdf_lines import Frame, Line, page_lines
from files.extraction.text import has_words

_ENCRYPTED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


@dataclass(frozen=True, slots=True)
class _Page:
    lines: list[Line]
    typed: list[str]
    hid_text: bool


def read(source: Source) -> Reading:
    """Text of all pages with paragraphs, without running headers and footers; typed fields last."""
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
        if document.get_formtype() != raw.FORMTYPE_NONE:
            document.init_forms()
        pages = [_read_page(document, number) for number in range(n_pages)]
    finally:
        document.close()
    typed = [text for page in pages for text in page.typed]
    text = "\n\n".join([flowing_text([page.lines for page in pages]), *typed])
    if has_words(text):
        hid_text = any(page.hid_text for page in pages)
        return Reading(text, n_pages, ("hidden_text",) if hid_text else ())
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


def _read_page(document: pdfium.PdfDocument, number: int) -> _Page:
    """Lines in pdfium's reading order, and what was typed onto the page."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return _Page([], [], False)  # one broken page must not cost the others
    textpage = page.get_textpage()
    try:
        sight = Sight(page, textpage.raw)
        lines = page_lines(textpage.raw, Frame.of(page), sight)
        return _Page(lines, typed_texts(document, page), sight.hid_text)
    finally:
        textpage.close()
        page.close()
