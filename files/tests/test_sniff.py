"""The type of a file is what its content says."""

from __future__ import annotations

import io
import zipfile

import pytest

from files import sniff


def zipped(*names: str, first: tuple[str, str] | None = None) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        if first:
            archive.writestr(*first)
        for name in names:
            archive.writestr(name, "x" * 40)
    return written.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n", sniff.PDF),
        (b"\n\njunk before %PDF-1.4", sniff.PDF),
        (zipped("[Content_Types].xml", "word/document.xml"), sniff.DOCX),
        (zipped("word/document.xml", "word/styles.xml")[:120], sniff.DOCX),
        (zipped(first=("mimetype", sniff.ODT)), sniff.ODT),
        (zipped(first=("mimetype", sniff.ODT + "-template")), sniff.ODT),
        (zipped("content.xml", "META-INF/manifest.xml"), sniff.ODT),
        (zipped("Index/Document.iwa", "preview.jpg"), sniff.PAGES),
        (zipped("essays/a.txt"), sniff.ZIP),
        (zipped("xl/workbook.xml"), sniff.SHEET),
        (OLE + "WordDocument".encode("utf-16-le"), sniff.OLD_WORD),
        (OLE + "EncryptedPackage".encode("utf-16-le"), sniff.OLE_ENCRYPTED),
        (OLE, sniff.OLE),
        (b"{\\rtf1\\ansi Hello}", sniff.RTF),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", sniff.HTML),
        (b"<!-- saved --><html><body>", sniff.HTML),
        (b"I <3 reading.", sniff.TEXT),
        ("Kära dagbok".encode("utf-16"), sniff.TEXT),
        ("Kära dagbok".encode("utf-16-be"), sniff.TEXT),
        ("Kära dagbok".encode("mac-roman"), sniff.TEXT),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}', sniff.GOOGLE_LINK),
        (b"[InternetShortcut]\r\nURL=https://x.y/", sniff.WEB_LINK),
        (b"From: a@b.se\r\nContent-Type: text/plain\r\n\r\nHello", sniff.MAIL),
        (b"From: my point of view, it is fine.", sniff.TEXT),
        (b"<?xml version='1.0'?><w:wordDocument>", sniff.WORD_2003_XML),
        (b"<?xml version='1.0'?>\n<office:document>", sniff.XML),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", sniff.XML),
        (b"<?xml version='1.0'?><plist><dict><key>URL</key>", sniff.WEB_LINK),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html>", sniff.HTML),
        (bytes(range(256)) * 4, sniff.UNKNOWN),
    ],
)
def test_content_decides(data: bytes, media_type: str) -> None:
    assert sniff.sniff(data) == media_type


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.md", sniff.MARKDOWN), ("a.txt", sniff.TEXT), ("a.HTML", sniff.HTML), ("a", sniff.HTML)],
)
def test_the_name_chooses_among_kinds_of_plain_text(name: str, media_type: str) -> None:
    assert sniff.sniff(b"<p>Hello</p>", file_name=name) == media_type


@pytest.mark.parametrize("name", ["essay.pdf", "essay.docx", "essay.odt"])
def test_the_name_never_overrules_a_signature(name: str) -> None:
    assert sniff.sniff(b"{\\rtf1 Hello}", file_name=name) == sniff.RTF


def test_xml_is_text_where_the_name_says_so() -> None:
    assert sniff.sniff(b"<?xml version='1.0'?><a>Hello</a>", file_name="a.txt") == sniff.TEXT
