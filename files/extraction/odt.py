"""OpenDocument texts (ODT, OTT): paragraphs, lists, tables, frames and notes in reading order.

Left out: tracked deletions, annotations, headers and footers, and text whose style hides it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from files.extraction.advice import FailureCode
from files.extraction.archive import Archive
from files.extraction.outcome import ExtractionFailed, Reading, Source
from files.extraction.xml import attribute, child, local_name

_SKIPPED = frozenset(
    {"tracked-changes", "annotation", "annotation-end", "note-citation", "forms", "sequence-decls"}
    | {"variable-decls", "user-field-decls", "event-listeners", "title", "desc", "ruby-text"}
    | {"hidden-text", "binary-data", "list-header-number", "number"}
)
_PARAGRAPHS = frozenset({"p", "h"})
_BLOCKS = frozenset({"table", "list", "section", "text-box"})
_BLANKS = re.compile(r"[ \t\r\n]+")  # a no-break space is a character of the text
_SHORT_CELL_CHARS = 120
_MOST_SPACES = 1000  # of one text:s, whose count a hostile file chooses
_MANIFEST = "META-INF/manifest.xml"


def read(source: Source) -> Reading:
    """Paragraphs in reading order, the notes last."""
    archive = Archive(source.data, source.limits)
    manifest = archive.read(_MANIFEST)
    if manifest is not None and b"encryption-data" in manifest:
        raise ExtractionFailed(FailureCode.ENCRYPTED)
    content = archive.xml("content.xml")
    body = None if content is None else child(content, "body")
    if content is None or body is None:
        raise ExtractionFailed(FailureCode.CORRUPT)
    walk = _Walk(_hiding_styles(content))
    paragraphs = [*walk.paragraphs(body)]
    return Reading("\n\n".join(paragraphs + walk.notes), hidden=tuple(walk.hidden))


class _Walk:
    """One document's walk; collects the notes and keeps the hidden text that it met."""

    def __init__(self, hiding_styles: frozenset[str]) -> None:
        self.notes: list[str] = []
        self.hidden: list[str] = []
        self._hiding = hiding_styles

    def paragraphs(self, container: etree._Element) -> Iterator[str]:
        for element in container:
            name = local_name(element)
            if name in _PARAGRAPHS:
                yield from self._paragraph(element)
            elif name == "table":
                yield from self._table(element)
            elif name in _SKIPPED or self._hides(element):
                continue
            else:
                yield from self.paragraphs(element)

    def _paragraph(self, element: etree._Element) -> Iterator[str]:
        pieces: list[str] = []
        inner_blocks: list[etree._Element] = []
        if not self._hides(element):
            self._gather(element, pieces, inner_blocks)
        text = "".join(pieces).strip()
        if text:
            yield text
        for block in inner_blocks:
            yield from self.paragraphs(block)

    def _gather(
        self, element: etree._Element, pieces: list[str], inner_blocks: list[etree._Element]
    ) -> None:
        pieces.append(_collapsed(element.text, pieces))
        for e in element:
            name = local_name(e)
            if name == "s":
                pieces.append(" " * min(int(attribute(e, "c") or 1), _MOST_SPACES))
            elif name == "tab":
                pieces.append("\t")
            elif name == "line-break":
                pieces.append("\n")
            elif name == "note-body":
                self.notes += list(self.paragraphs(e))
            elif name in _BLOCKS:
                inner_blocks.append(e)
            elif name not in _SKIPPED and not self._hides(e):
                self._gather(e, pieces, inner_blocks)
            pieces.append(_collapsed(e.tail, pieces))

    def _hides(self, element: etree._Element) -> bool:
        hides = attribute(element, "display") == "none" or (
            bool(self._hiding) and attribute(element, "style-name") in self._hiding
        )
        if hides:
            self.hidden.append("".join(str(text) for text in element.itertext()))
        return hides

    def _table(self, table: etree._Element) -> Iterator[str]:
        lines: list[str] = []
        for row in table.iter("{*}table-row"):
            if any(ancestor is not table for ancestor in _tables_above(row)):
                continue  # a row of a table inside: its cell brings it
            cells = [list(self.paragraphs(cell)) for cell in row.iterchildren("{*}table-cell")]
            if all(len(cell) <= 1 and len("".join(cell)) <= _SHORT_CELL_CHARS for cell in cells):
                line = "\t".join(" ".join(cell[0].split()) for cell in cells if cell)
                lines += [line] if line else []
                continue
            if lines:
                yield "\n".join(lines)
                lines = []
            for cell in cells:
                yield from cell
        if lines:
            yield "\n".join(lines)


def _tables_above(row: etree._Element) -> Iterator[etree._Element]:
    """The nearest table only."""
    for ancestor in row.iterancestors("{*}table"):
        yield ancestor
        return


def _collapsed(text: str | None, before: list[str]) -> str:
    """White space as OpenDocument means it: runs are one space, none at a paragraph's start."""
    if not text:
        return ""
    collapsed = _BLANKS.sub(" ", text).strip(" ")
    if not collapsed:
        return " " if before and before[-1][-1:] not in (" ", "") else ""
    lead = " " if text[0] in " \t\r\n" and before else ""
    return lead + collapsed + (" " if text[-1] in " \t\r\n" else "")


def _hiding_styles(content: etree._Element) -> frozenset[str]:
    """Names of the automatic styles that make text invisible: hidden, white or tiny."""
    styles = child(content, "automatic-styles")
    if styles is None:
        return frozenset()
    return frozenset(
        str(attribute(style, "name"))
        for style in styles
        for properties in style
        if local_name(properties) == "text-properties" and _makes_invisible(properties)
    )


def _makes_invisible(properties: etree._Element) -> bool:
    if attribute(properties, "display") == "none":
        return True
    size = attribute(properties, "font-size") or ""
    if size.endswith("pt") and size[:-2].replace(".", "", 1).isdigit() and float(size[:-2]) <= 2:
        return True
    white = (attribute(properties, "color") or "").lower() == "#ffffff"
    return white and attribute(properties, "background-color") is None
