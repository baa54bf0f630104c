"""The media type of a file by its content; the name only decides between kinds of plain text."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
RTF = "application/rtf"
HTML = "text/html"
MARKDOWN = "text/markdown"
TEXT = "text/plain"
ZIP = "application/zip"
OLD_WORD = "application/msword"
OLE = "application/x-ole-storage"
OLE_ENCRYPTED = "application/x-ole-encrypted"
PAGES = "application/vnd.apple.pages"
WORD_2003_XML = "application/x-word-2003-xml"
GOOGLE_LINK = "application/vnd.google-apps.shortcut"
WEB_LINK = "application/internet-shortcut"
MAIL = "message/rfc822"
EPUB = "application/epub+zip"
XML = "application/xml"
UNKNOWN = "application/octet-stream"
PNG, JPEG, GIF = "image/png", "image/jpeg", "image/gif"
TIFF, WEBP, HEIC = "image/tiff", "image/webp", "image/heic"
PICTURES = (PNG, JPEG, GIF, TIFF, WEBP, HEIC)

BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - {8, 9, 10, 11, 12, 13, 26, 27}) + b"\x7f"
_SAMPLE_BYTES = 64 * 1024

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF8", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x7fELF", "application/x-executable"),
)
_OOXML: tuple[tuple[str, str], ...] = (
    ("word/", DOCX),
    ("xl/", SHEET),
    ("ppt/", SLIDES),
    ("Index/Document.iwa", PAGES),
    ("Index.zip", PAGES),
    ("index.apxl", PAGES),
    ("META-INF/container.xml", EPUB),
)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|p|h1|div)[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_XML_START = re.compile(rb"\s*<(?:\?xml|svg)\b")
_MAIL_START = re.compile(rb"(?:From|To|Subject|Date|Received|Return-Path|MIME-Version): ")
_ENDINGS: Mapping[str, str] = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".dotx": DOCX,
    ".odt": ODT,
    ".ott": ODT,
    ".rtf": RTF,
    ".htm": HTML,
    ".html": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".text": TEXT,
}


def sniff(head: bytes, *, file_name: str = "") -> str:
    """The media type of a file.

    head: the whole file, or its first kilobytes (64 KiB are enough to tell everything but some
    zip containers, which then are `application/zip`). file_name: only its ending is looked at, and
    only to tell Markdown, HTML and plain text apart. Never raises.
    """
    start = head[:1024]
    if b"%PDF-" in start:
        return PDF
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return zip_type(head, _member_names(head))
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_type(head)
    for magic, media_type in _MAGIC:
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(magic) or head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return HEIC
    return _text_type(head, file_name)


def promised_type(file_name: str) -> str | None:
    """The media type that the name's ending promises; None for endings that promise nothing."""
    return _ENDINGS.get(PurePosixPath(file_name.lower().strip()).suffix)


def looks_like_text(head: bytes) -> bool:
    """Whether these bytes are text in some encoding: no stray NULs, next to no control bytes."""
    if not head or byte_order_mark(head) or utf16_without_mark(head):
        return True
    sample = head[:_SAMPLE_BYTES]
    return len(sample) - len(sample.translate(None, _CONTROLS)) <= 2 + len(sample) // 200


def byte_order_mark(data: bytes) -> tuple[bytes, str] | None:
    return next(((bom, name) for bom, name in BYTE_ORDER_MARKS if data.startswith(bom)), None)


def utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 of a European text has a NUL in nearly every second place."""
    sample = data[:_SAMPLE_BYTES]
    pairs = len(sample) // 2
    if pairs == 0:
        return None
    even, odd = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if odd >= 0.6 * pairs and even <= 0.02 * pairs:
        return "utf-16-le"
    if even >= 0.6 * pairs and odd <= 0.02 * pairs:
        return "utf-16-be"
    return None


def _text_type(head: bytes, file_name: str) -> str:
    if not looks_like_text(head):
        return UNKNOWN
    disguised = _disguised_type(head[:4096])
    if disguised:
        return disguised
    promised = promised_type(file_name)
    if promised in (TEXT, MARKDOWN, HTML):
        return promised
    if _HTML_START.match(head[:4096].removeprefix(b"\xef\xbb\xbf")):
        return HTML
    if promised is None and _XML_START.match(head[:1024].removeprefix(b"\xef\xbb\xbf")):
        return XML  # a document's inside, a drawing, a feed: no text as it stands
    return TEXT


def _disguised_type(start: bytes) -> str | None:
    """Files of text that are no text to read: links that Google Drive and browsers save, mails."""
    if start.lstrip().startswith(b"{") and b"docs.google.com" in start and b"\n\n" not in start:
        return GOOGLE_LINK
    if start.lstrip().startswith(b"[InternetShortcut]") or _is_mac_link(start):
        return WEB_LINK
    if _MAIL_START.match(start) and b"\nContent-Type:" in start:
        return MAIL
    return WORD_2003_XML if b"<w:wordDocument" in start else None


def _is_mac_link(start: bytes) -> bool:
    return b"<plist" in start and b"<key>URL</key>" in start


def _ole_type(head: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in head:
        return OLE_ENCRYPTED
    return OLD_WORD if "WordDocument".encode("utf-16-le") in head else OLE


def zip_type(start: bytes, names: Sequence[str]) -> str:
    """The media type of a zip container by its first 100 bytes and the names of its members."""
    declared = re.match(
        rb"PK\x03\x04.{22}\x08\x00..mimetype(application/[\w.+-]+)", start, re.DOTALL
    )
    if declared:
        kind = declared[1].decode("ascii").removesuffix("PK").removesuffix("-template")
        return ODT if kind.startswith(ODT) else kind
    names = [name.replace("\\", "/").lstrip("/") for name in names]
    for prefix, media_type in _OOXML:
        if any(name.startswith(prefix) for name in names):
            return media_type
    if "content.xml" in names and {"mimetype", "META-INF/manifest.xml"} & set(names):
        return ODT
    return ZIP


def _member_names(head: bytes) -> list[str]:
    """Names by the central directory; where it is cut off, by the local headers that are there."""
    try:
        with zipfile.ZipFile(io.BytesIO(head)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        found = re.findall(rb"PK\x03\x04.{26}([\x20-\x7e]{3,80})", head, re.DOTALL)
        names = [name.decode("ascii") for name in found]
    return names
