"""Web pages: Google Docs and learning platforms export them, and some pupils save one.

lexbor (through selectolax) parses as browsers do; lxml's HTML parser lost 95 % of one real file.
"""

from __future__ import annotations

import codecs
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from files.extraction.advice import FailureCode
from files.extraction.outcome import ExtractionFailed, Reading, Source
from files.extraction.txt import decode

_PARAGRAPHS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre"}
    | {"article", "section", "header", "footer", "main", "nav", "aside", "figure", "figcaption"}
    | {"address", "hr", "form", "fieldset", "details", "summary", "center", "body"}
    | {"li", "dt", "dd", "caption"}
)
_LINES = frozenset({"tr", "option"})
_CELLS = frozenset({"td", "th"})
_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "-comment"}
    | {"datalist", "rp", "rt", "audio", "video", "canvas"}
)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|mso-hide")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BLANKS_AT_BREAK = re.compile(r"[ \t]*\n[ \t]*")


def read(source: Source) -> Reading:
    """The visible text, without scripts, styles and the head."""
    return read_html(_decoded(source.data))


def read_html(html: str) -> Reading:
    """The same for HTML that is already text."""
    root = LexborHTMLParser(html).body
    if root is None:
        raise ExtractionFailed(FailureCode.NO_TEXT)
    pieces: list[str] = []
    hidden: list[str] = []
    stack: list[LexborNode | str] = [root]  # not recursive: hostile pages nest 100 000 deep
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
        elif node.tag == "-text":
            pieces.append(_text(node))
        elif _is_hidden(node):
            hidden.append(node.text(separator=" "))
        elif node.tag not in _SKIPPED and not _is_page_header(node):
            before, after = _breaks(str(node.tag))
            pieces.append(before)
            stack.append(after)
            stack += reversed(list(node.iter(include_text=True)))
    text = _BLANKS_AT_BREAK.sub("\n", re.sub(" {2,}", " ", "".join(pieces)))
    return Reading(text, hidden=tuple(hidden))


def _text(node: LexborNode) -> str:
    text = node.text_content or ""
    keeps_lines = node.parent is not None and node.parent.tag in ("pre", "textarea")
    return text if keeps_lines else _BLANKS.sub(" ", text)


def _breaks(tag: str) -> tuple[str, str]:
    if tag in _PARAGRAPHS:
        return "\n\n", "\n\n"
    if tag in _LINES:
        return "", "\n"
    if tag in _CELLS:
        return "", "\t"
    return ("\n", "") if tag == "br" else ("", "")


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes or node.tag in _SKIPPED:
        return False
    return "hidden" in attributes or bool(_HIDING.search((attributes.get("style") or "").lower()))


def _is_page_header(node: LexborNode) -> bool:
    """LibreOffice's export of what runs on every page."""
    return node.tag == "div" and node.attributes.get("title") in ("header", "footer")


def _decoded(data: bytes) -> str:
    """By byte order mark or strict UTF-8, then as the page says, then as any text file."""
    declared = _CHARSET.search(data[:4096])
    if declared is None or data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE)):
        return decode(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    name = declared[1].decode("ascii").lower()
    if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii"):
        name = "cp1252"  # what browsers do
    try:
        return data.decode(name)
    except (LookupError, UnicodeError):
        return decode(data)
