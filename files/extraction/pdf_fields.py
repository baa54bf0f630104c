"""What people type onto a PDF: values of form fields and free-text notes.

pdfium finds more of them than pypdf, which fails on two of 32 real files. Neither is in the page's
own text. Comments, highlights and stamps are the examiner's and stay out.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_TYPED = (
    raw.FPDF_FORMFIELD_TEXTFIELD,
    raw.FPDF_FORMFIELD_COMBOBOX,
    raw.FPDF_FORMFIELD_LISTBOX,
)
_MOST_ANNOTATIONS = 2000  # a page; a form of ten pages measures below 500
_MOST_UNITS = 200_000  # UTF-16 units of one value
_HIDDEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW


def typed_texts(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> list[str]:
    """Values on one page, from top to bottom, without blanks.

    The document's forms must have been initialised for field values to be found.
    """
    found: list[tuple[float, float, str]] = []
    for number in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, number)
        if not annotation:
            continue
        text = _text(document, annotation)
        if text.strip():
            box = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(annotation, box)
            found.append((-box.top, box.left, text))
        raw.FPDFPage_CloseAnnot(annotation)
    return list(_without_repeats(text for _, _, text in sorted(found)))


def _text(document: pdfium.PdfDocument, annotation: raw.FPDF_ANNOTATION) -> str:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
        return ""
    if kind == raw.FPDF_ANNOT_FREETEXT:
        return _string(
            lambda buffer, n: raw.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, n)
        )
    form = document.formenv
    if kind != raw.FPDF_ANNOT_WIDGET or form is None:
        return ""
    if raw.FPDFAnnot_GetFormFieldType(form.raw, annotation) not in _TYPED:
        return ""
    return _string(
        lambda buffer, n: raw.FPDFAnnot_GetFormFieldValue(form.raw, annotation, buffer, n)
    )


def _string(ask: Callable[[Any, int], int]) -> str:
    """pdfium's two calls for a string: first its size in bytes, then its UTF-16."""
    n_bytes = ask(None, 0)
    if not 2 < n_bytes <= 2 * _MOST_UNITS:
        return ""
    buffer = (ctypes.c_ushort * (n_bytes // 2 + 1))()
    ask(buffer, n_bytes)
    return bytes(buffer)[: n_bytes - 2].decode("utf-16-le", errors="replace")


def _without_repeats(texts: Iterator[str]) -> Iterator[str]:
    """One field may have several widgets that all show its value."""
    seen: set[str] = set()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text
