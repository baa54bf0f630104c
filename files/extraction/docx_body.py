"""The walk over WordprocessingML: which elements are text that the reader of a page sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from files.extraction.xml import attribute, child, children, local_name

_SKIPPED = frozenset(
    {"del", "moveFrom", "delText", "instrText", "delInstrText", "fldData", "rt", "rubyPr"}
    | {"pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "tblPrEx", "ctrlPr"}
    | {"tblGrid", "numPicBullet", "annotation"}
)
_CHARACTERS: Mapping[str, str] = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "-",
    "softHyphen": "",
}
_BETWEEN: Mapping[str, str] = {"den": "/", "sup": "^", "sub": "_"}  # parts of an equation
_BLOCKS = frozenset({"p", "tbl", "txbxContent"})
_CELL_CHARS = 120  # longer cells are prose, whose paragraphs stay apart
_TINY_HALF_POINTS = 4


class Body:
    """One document's walk; keeps the hidden text that it met."""

    def __init__(self, *, vanishing_styles: frozenset[str] = frozenset()) -> None:
        self.hidden: list[str] = []
        self._vanishing = vanishing_styles
        self._framed = 0  # inside tables and text boxes white text may stand on a colour
        self._carried = ""  # text of a paragraph whose end mark was deleted: it goes on in the next

    def paragraphs(self, container: etree._Element) -> Iterator[str]:
        """Texts of the paragraphs below, never blank, tables as lines of tab-separated cells."""
        for element in container:
            yield from self._block(element)

    def _block(self, element: etree._Element) -> Iterator[str]:
        name = local_name(element)
        if name == "p":
            yield from self._paragraph(element)
        elif name == "tbl":
            yield from self._table(element)
        elif name == "txbxContent":
            self._framed += 1
            yield from self.paragraphs(element)
            self._framed -= 1
        elif name == "AlternateContent":
            for branch in element:
                found = list(self.paragraphs(branch))
                if found:
                    yield from found
                    return
        elif name not in _SKIPPED:
            yield from self.paragraphs(element)

    def _paragraph(self, element: etree._Element) -> Iterator[str]:
        pieces: list[str] = [self._carried]
        inner_blocks: list[etree._Element] = []
        self._carried = ""
        properties = child(element, "pPr")
        hidden = self._has_vanishing_style(properties, "pStyle")
        self._gather(element, pieces, inner_blocks, hidden=hidden)
        text = "".join(pieces)
        if _mark_is_deleted(properties):
            self._carried = text
        elif text.strip():
            yield text
        for block in inner_blocks:
            yield from self._block(block)

    def _gather(
        self,
        element: etree._Element,
        pieces: list[str],
        inner_blocks: list[etree._Element],
        *,
        hidden: bool,
    ) -> None:
        """Appends the visible text to `pieces` and the blocks anchored in it to `inner_blocks`."""
        for e in element:
            name = local_name(e)
            if name == "t":
                self._take(e.text or "", pieces, hidden=hidden)
            elif name == "r":
                self._gather(e, pieces, inner_blocks, hidden=self._hides(e, inherited=hidden))
            elif name in _CHARACTERS:
                pieces.append(_CHARACTERS[name])
            elif name in _BLOCKS:
                inner_blocks.append(e)
            elif name == "AlternateContent":
                self._gather_alternative(e, pieces, inner_blocks, hidden=hidden)
            elif name not in _SKIPPED:
                pieces.append(_BETWEEN.get(name, ""))
                self._gather(e, pieces, inner_blocks, hidden=hidden)

    def _gather_alternative(
        self,
        element: etree._Element,
        pieces: list[str],
        inner_blocks: list[etree._Element],
        *,
        hidden: bool,
    ) -> None:
        """The first branch that holds anything: a text box stands in the file twice."""
        for branch in element:
            found: list[str] = []
            blocks: list[etree._Element] = []
            self._gather(branch, found, blocks, hidden=hidden)
            if blocks or any(found):
                pieces += found
                inner_blocks += blocks
                return

    def _take(self, text: str, pieces: list[str], *, hidden: bool) -> None:
        if not hidden:
            pieces.append(text)
        elif text.strip():
            self.hidden.append(text)

    def _hides(self, run: etree._Element, *, inherited: bool) -> bool:
        element = child(run, "rPr")
        if element is None:
            return inherited
        properties = children(element)
        if "vanish" in properties:
            return is_on(properties["vanish"])
        return (
            inherited
            or self._has_vanishing_style(element, "rStyle")
            or _is_tiny(properties)
            or (not self._framed and _is_white(properties))
        )

    def _has_vanishing_style(self, properties: etree._Element | None, kind: str) -> bool:
        if not self._vanishing or properties is None:
            return False
        style = child(properties, kind)
        return style is not None and attribute(style, "val") in self._vanishing

    def _table(self, table: etree._Element) -> Iterator[str]:
        lines: list[str] = []
        self._framed += 1
        for row in _rows(table):
            cells = [list(self.paragraphs(cell)) for cell in _cells(row)]
            if all(_is_short(cell) for cell in cells):
                line = "\t".join(" ".join(cell[0].split()) for cell in cells if cell)
                lines += [line] if line else []
                continue
            if lines:
                yield "\n".join(lines)
                lines = []
            for cell in cells:
                yield from cell
        self._framed -= 1
        if lines:
            yield "\n".join(lines)


def is_on(toggle: etree._Element) -> bool:
    """Whether a toggle property such as w:vanish is on; without a value it is."""
    return attribute(toggle, "val") not in ("0", "false", "off")


def _mark_is_deleted(properties: etree._Element | None) -> bool:
    mark = None if properties is None else child(properties, "rPr")
    return mark is not None and child(mark, "del") is not None


def _is_tiny(properties: Mapping[str, etree._Element]) -> bool:
    size = properties.get("sz")
    value = None if size is None else attribute(size, "val")
    return value is not None and value.isdigit() and int(value) <= _TINY_HALF_POINTS


def _is_white(properties: Mapping[str, etree._Element]) -> bool:
    colour = properties.get("color")
    if colour is None or (attribute(colour, "val") or "").upper() != "FFFFFF":
        return False
    return not {"shd", "highlight"} & properties.keys()


def _rows(element: etree._Element) -> Iterator[etree._Element]:
    for e in element:
        name = local_name(e)
        if name == "tr":
            yield e
        elif name not in _SKIPPED:
            yield from _rows(e)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for e in row:
        name = local_name(e)
        if name == "tc":
            yield e
        elif name not in _SKIPPED:
            yield from _cells(e)


def _is_short(cell: list[str]) -> bool:
    return not cell or (len(cell) == 1 and len(cell[0]) <= _CELL_CHARS)
