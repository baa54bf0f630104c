"""Each reader reads one small file of our own, in the warm process, before a pupil's file comes.

A parser's first file costs up to twenty times its second: imports inside of functions, compiled
patterns, the start of a native library. What the warm process has paid, its forks do not pay.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from files.extraction import extract

_PARAGRAPHS = ("Words that are nobody's, as “quoted” as any.", "A second paragraph, of few words.")
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def rehearse() -> None:
    """Read a file of each format, twice: what is cached is cached then."""
    for name, data in files():
        for _ in range(2):
            extract(data, file_name=name)


def files() -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of one file of each format."""
    plain = "\n\n".join(_PARAGRAPHS)
    yield "a.txt", plain.encode("utf-16")
    yield "a.txt", plain.encode("cp1252")
    yield "a.md", f"# Words\n\n{plain}\n\n* **one**\n".encode()
    yield "a.html", f"<!doctype html><html><body>{_marked('p')}</body></html>".encode()
    yield "a.rtf", _rtf()
    yield "a.docx", _docx()
    yield "a.odt", _odt()
    yield "a.pdf", _pdf()


def _marked(tag: str, inner: str = "") -> str:
    opening, closing = (f"<{inner}>", f"</{inner}>") if inner else ("", "")
    return "".join(f"<{tag}>{opening}{text}{closing}</{tag}>" for text in _PARAGRAPHS)


def _rtf() -> bytes:
    body = "\\par ".join(_PARAGRAPHS).replace("“", "\\'93").replace("”", "\\'94")
    fonts = r"{\fonttbl{\f0\fswiss\fcharset0 Arial;}}"
    return rf"{{\rtf1\ansi\ansicpg1252{fonts}\pard\f0\fs24 {body}\par}}".encode("ascii")


def _docx() -> bytes:
    body = _marked("w:p", "w:r").replace("<w:r>", "<w:r><w:t>").replace("</w:r>", "</w:t></w:r>")
    return _zip(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        }
    )


def _odt() -> bytes:
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}office:1.0"'
        f' xmlns:text="{_OFFICE}text:1.0"><office:body><office:text>{_marked("text:p")}'
        "</office:text></office:body></office:document-content>"
    )
    return _zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def _zip(parts: dict[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return written.getvalue()


def _pdf() -> bytes:
    lines = b"".join(
        b"1 0 0 1 50 %d Tm (%s) Tj " % (700 - 40 * i, text.encode("cp1252"))
        for i, text in enumerate(_PARAGRAPHS)
    )
    drawn = b"BT /F1 12 Tf " + lines + b"ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 "
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
    ]
    pdf, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj%s endobj\n" % (number, body)
    size, start = len(objects) + 1, len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % size
    pdf += b"".join(b"%010d 00000 n \n" % place for place in places)
    pdf += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, start)
    return bytes(pdf)
