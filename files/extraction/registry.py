"""Which reader reads which media type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from files import sniff
from files.extraction import docx, html, markdown, odt, pdf, rtf, txt
from files.extraction.outcome import Reading, Source


class Reader(Protocol):
    """One format. Raises ExtractionFailed; whatever else escapes counts as a damaged file."""

    def __call__(self, source: Source) -> Reading: ...


READERS: Mapping[str, Reader] = {
    sniff.PDF: pdf.read,
    sniff.DOCX: docx.read,
    sniff.ODT: odt.read,
    sniff.RTF: rtf.read,
    sniff.HTML: html.read,
    sniff.MARKDOWN: markdown.read,
    sniff.TEXT: txt.read,
}
