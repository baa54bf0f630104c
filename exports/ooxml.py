"""A Word document as a package of parts: what every document of ours has in common.

Written by hand with lxml: python-docx 1.2 takes ten times as long and as much room for each essay
(it carries its own template of 37 kB, on American paper), and could not write the same bytes twice.
Elements stand in the order that the schema of Office Open XML wants, which Word insists on.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from lxml import etree

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
MICROSOFT = "http://schemas.microsoft.com/office/word"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

LOCALES: Mapping[str, str] = {"en": "en-GB", "sv": "sv-SE"}

_BREAKS = {"\n": "br", "\t": "tab"}
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, /, *children: etree._Element, **attributes: str) -> etree._Element:
    """One of Word's elements; its attributes are Word's too."""
    of_word = {f"{{{W_NS}}}{key}": value for key, value in attributes.items()}
    found = etree.Element(f"{{{W_NS}}}{name}", of_word, nsmap={"w": W_NS})
    found.extend(children)
    return found


def xml_safe(text: str) -> str:
    """The text with one mark, or one space, for each character that XML cannot hold."""
    return _NOT_XML.sub(lambda match: " " if match[0].isspace() else "\ufffd", text)


def run(text: str, *, bold: bool = False, language: str = "") -> etree._Element:
    """A run of text; tabs and line breaks become Word's own."""
    found = element("r")
    if bold or language:
        properties = element("rPr", *([element("b")] if bold else []))
        if language:
            properties.append(element("lang", val=LOCALES[language]))
        found.append(properties)
    for piece in re.split(r"([\n\t])", xml_safe(text)):
        if piece in _BREAKS:
            found.append(element(_BREAKS[piece]))
        elif piece:
            found.append(element("t"))
            found[-1].text = piece
            found[-1].set(XML_SPACE, "preserve")
    return found


def styled_run(content: etree._Element, style: str) -> etree._Element:
    """A run that holds something else than text."""
    return element("r", element("rPr", element("rStyle", val=style)), content)


def paragraph(*children: etree._Element, style: str = "") -> etree._Element:
    properties = [element("pPr", element("pStyle", val=style))] if style else []
    return element("p", *properties, *children)


def package(
    body: list[etree._Element],
    comments: list[etree._Element],
    *,
    title: str,
    language: str,
    at: datetime,
) -> bytes:
    """A .docx of these paragraphs; the same bytes for the same contents.

    language: of the text, which Word then proofreads in it. at: the moment that the file carries.
    """
    margins = dict.fromkeys(("top", "right", "bottom", "left"), "1417")
    page = element(
        "sectPr",
        element("pgSz", w="11906", h="16838"),  # A4, in twentieths of a point
        element("pgMar", **margins, header="708", footer="708", gutter="0"),
    )
    parts = {
        "[Content_Types].xml": _content_types(has_comments=bool(comments)),
        "_rels/.rels": _relations(
            {
                "word/document.xml": f"{REL}/officeDocument",
                "docProps/core.xml": CORE.replace("/metadata/", "/relationships/metadata/"),
            }
        ),
        "docProps/core.xml": _core(title, language, at),
        "word/_rels/document.xml.rels": _relations(
            {"styles.xml": f"{REL}/styles", "settings.xml": f"{REL}/settings"}
            | ({"comments.xml": f"{REL}/comments"} if comments else {})
        ),
        "word/document.xml": element("document", element("body", *body, page)),
        "word/styles.xml": _styles(language),
        "word/settings.xml": _settings(),
    }
    if comments:
        parts["word/comments.xml"] = element("comments", *comments)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, root in parts.items():
            data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            archive.writestr(member(name, at), data)
    return stream.getvalue()


def member(name: str, at: datetime, *, compressed: bool = True) -> zipfile.ZipInfo:
    """A zip's member that carries this moment (UTC) and says the same on every system."""
    moment = at.astimezone(UTC)
    info = zipfile.ZipInfo(name, (max(1980, moment.year), *moment.timetuple()[1:6]))
    info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    info.create_system = 3  # Unix, whatever this machine is
    info.external_attr = 0o644 << 16
    return info


def _content_types(*, has_comments: bool) -> etree._Element:
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    kinds = {
        "/word/document.xml": f"{WORD_TYPE}.document.main+xml",
        "/word/styles.xml": f"{WORD_TYPE}.styles+xml",
        "/word/settings.xml": f"{WORD_TYPE}.settings+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    if has_comments:
        kinds["/word/comments.xml"] = f"{WORD_TYPE}.comments+xml"
    endings = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
    }
    root = _root(namespace, "Types")
    for ending, kind in endings.items():
        etree.SubElement(root, f"{{{namespace}}}Default", Extension=ending, ContentType=kind)
    for name, kind in kinds.items():
        etree.SubElement(root, f"{{{namespace}}}Override", PartName=name, ContentType=kind)
    return root


def _relations(targets: Mapping[str, str]) -> etree._Element:
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    root = _root(namespace, "Relationships")
    for i, (target, kind) in enumerate(targets.items(), start=1):
        relation = {"Id": f"rId{i}", "Type": kind, "Target": target}
        etree.SubElement(root, f"{{{namespace}}}Relationship", relation)
    return root


def _root(namespace: str, name: str) -> etree._Element:
    nsmap = {None: namespace}  # the default one
    return etree.Element(f"{{{namespace}}}{name}", nsmap=nsmap)  # type: ignore[arg-type]  # stubs


def _core(title: str, language: str, at: datetime) -> etree._Element:
    root = etree.Element(
        f"{{{CORE}}}coreProperties",
        nsmap={"cp": CORE, "dc": DC, "dcterms": DCTERMS, "xsi": XSI},
    )
    etree.SubElement(root, f"{{{DC}}}title").text = xml_safe(title)
    etree.SubElement(root, f"{{{DC}}}language").text = LOCALES[language]
    for name in ("created", "modified"):
        moment = etree.SubElement(
            root, f"{{{DCTERMS}}}{name}", {f"{{{XSI}}}type": "dcterms:W3CDTF"}
        )
        moment.text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return root


def _settings() -> etree._Element:
    """A document of today's Word: without it the window says “compatibility mode”."""
    mode = element("compatSetting", name="compatibilityMode", uri=MICROSOFT, val="15")
    return element("settings", element("compat", mode))


def _styles(language: str) -> etree._Element:
    fonts = element("rFonts", ascii="Georgia", hAnsi="Georgia", cs="Georgia")
    spacing = element("spacing", after="200", line="360", lineRule="auto")
    of_runs = element("rPr", fonts, *_size("24"), element("lang", val=LOCALES[language]))
    return element(
        "styles",
        element(
            "docDefaults",
            element("rPrDefault", of_runs),
            element("pPrDefault", element("pPr", spacing)),
        ),
        element(
            "style",
            *(element("name", val="Normal"), element("qFormat")),
            type="paragraph",
            default="1",
            styleId="Normal",
        ),
        _style("Heading1", "heading 1", size="36", after="60", level="0"),
        _style("Subtitle", "Subtitle", size="20", after="400", colour="6C655A"),
        _style("CommentText", "annotation text", size="20", after="40"),
        element(
            "style",
            element("name", val="annotation reference"),
            element("rPr", *_size("16")),
            type="character",
            styleId="CommentReference",
        ),
    )


def _style(
    key: str, name: str, *, size: str, after: str, colour: str = "", level: str = ""
) -> etree._Element:
    """Of paragraphs. key: what these call it; name: what Word does, and it must be its own."""
    spacing = element("spacing", after=after, line="240", lineRule="auto")
    of_heading = (element("keepNext"), element("outlineLvl", val=level))
    return element(
        "style",
        element("name", val=name),
        element("basedOn", val="Normal"),
        element("next", val="Normal"),
        element("qFormat"),
        element("pPr", *of_heading[:1], spacing, *of_heading[1:])
        if level
        else element("pPr", spacing),
        element("rPr", *([element("color", val=colour)] if colour else []), *_size(size)),
        type="paragraph",
        styleId=key,
    )


def _size(half_points: str) -> tuple[etree._Element, etree._Element]:
    return element("sz", val=half_points), element("szCs", val=half_points)
