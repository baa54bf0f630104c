"""Names in XML trees without their namespaces: strict and transitional Word differ only there."""

from __future__ import annotations

from lxml import etree


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; "" for what is no element (entity references)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """The attribute of that local name, in whichever namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name."""
    return next((e for e in element if local_name(e) == name), None)
