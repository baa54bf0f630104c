"""Names in XML trees without their namespaces: strict and transitional Word differ only there."""

from __future__ import annotations

from lxml import etree

_MOST_NAMES = 1024


class _Names(dict[object, str]):
    """Tag or attribute -> its name without the namespace; fills itself."""

    def __missing__(self, tag: object) -> str:
        if len(self) >= _MOST_NAMES:
            self.clear()
        self[tag] = name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        return name


_names = _Names()


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; "" for what is no element (entity references)."""
    return _names[element.tag]


def attribute(element: etree._Element, name: str) -> str | None:
    """The attribute of that local name, in whichever namespace."""
    for key, value in element.attrib.items():
        if _names[key] == name:
            return str(value)
    return None


def children(element: etree._Element) -> dict[str, etree._Element]:
    """The child elements by their local names; of several the first."""
    return {_names[e.tag]: e for e in reversed(element)}


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name."""
    for e in element:
        if _names[e.tag] == name:
            return e
    return None
