"""Word documents (DOCX, DOCM, DOTX): everything that an examiner would see on the printed page.

Own reader over zip and lxml, because python-docx loses tracked insertions, text boxes, footnotes
and content controls, and mammoth glues lines together (measured on 503 real files).
Kept: insertions, moves to, tables, text boxes (once), content controls, foot- and endnotes,
equations. Left out: deletions, moves from, comments, headers and footers, field codes, and
hidden text, which is reported as "hidden_text".
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from files.extraction.advice import FailureCode
from files.extraction.archive import Archive
from files.extraction.docx_body import Body, is_on
from files.extraction.outcome import ExtractionFailed, Reading, Source
from files.extraction.xml import attribute, local_name

_MAIN_PART = "word/document.xml"
_NOTES = (("footnote", "word/footnotes.xml"), ("endnote", "word/endnotes.xml"))


def read(source: Source) -> Reading:
    """Paragraphs in reading order, the notes last."""
    archive = Archive(source.data, source.limits)
    document = archive.xml(_main_part(archive))
    if document is None:
        raise ExtractionFailed(FailureCode.CORRUPT)
    body = Body(vanishing_styles=_vanishing_styles(archive))
    paragraphs = list(body.paragraphs(document))
    for kind, name in _NOTES:
        notes = archive.xml(name) if name in archive else None
        if notes is not None:
            paragraphs += _notes(body, notes, kind)
    return Reading("\n\n".join(paragraphs), hidden=tuple(body.hidden))


def _main_part(archive: Archive) -> str:
    """Usually word/document.xml; the package's relationships say so when it is not."""
    if _MAIN_PART in archive:
        return _MAIN_PART
    relations = archive.xml("_rels/.rels")
    if relations is not None:
        for relation in relations:
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                return str(relation.get("Target", _MAIN_PART))
    return _MAIN_PART


def _notes(body: Body, notes: etree._Element, kind: str) -> Iterator[str]:
    for note in notes:
        if local_name(note) == kind and attribute(note, "type") in (None, "normal"):
            yield from body.paragraphs(note)


def _vanishing_styles(archive: Archive) -> frozenset[str]:
    """Ids of the styles which hide their text."""
    part = archive.read("word/styles.xml")
    if part is None or b"vanish" not in part:
        return frozenset()
    styles = etree.fromstring(part, etree.XMLParser(resolve_entities=False, recover=True))
    if styles is None:
        return frozenset()
    found = set()
    for style in styles:
        hides = any(local_name(e) == "vanish" and is_on(e) for e in style.iter(etree.Element))
        if local_name(style) == "style" and hides:
            found.add(str(attribute(style, "styleId")))
    return frozenset(found)
