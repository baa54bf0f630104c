"""Which reader reads which media type, and what to say about the types that none reads."""

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

_PICTURE = (
    "This is a picture; hand in the document it shows, or type the text into a DOCX or TXT file."
)
REFUSALS: Mapping[str, str] = {
    sniff.OLD_WORD: (
        "This is an old Word file (.doc); open it in Word, save it as .docx and upload that."
    ),
    sniff.OLE: "This is an old Office file; open it, save it as PDF and upload that.",
    sniff.WORD_2003_XML: "This is a Word 2003 XML file; open it in Word and save it as .docx.",
    sniff.PAGES: (
        "This is a Pages file; in Pages choose File, Export To, Word or PDF, and upload that."
    ),
    sniff.GOOGLE_LINK: (
        "This is only a link to a Google document; in Google Docs choose File, Download, "
        "Microsoft Word, and upload that."
    ),
    sniff.WEB_LINK: "This is only a link to a web page; hand in the document itself.",
    sniff.MAIL: "This is a saved e-mail or web archive; hand in the document itself.",
    sniff.ZIP: "This is a zip archive without a document in it; unpack it and upload its files.",
    "application/epub+zip": "This is an e-book; export it as PDF or DOCX and upload that.",
    "image/png": _PICTURE,
    "image/jpeg": _PICTURE,
    "image/gif": _PICTURE,
    "image/tiff": _PICTURE,
    "image/webp": _PICTURE,
    "image/heic": _PICTURE,
}
