"""Names in XML trees without their namespaces: strict and transitional Word differ only there."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; "" for what is no element (entity references)."""
    tag = element.tag
    return _without_namespace(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def _without_namespace(name: str) -> str:
    return name.rpartition("}")[2]


def attribute(element: etree._Element, name: str) -> str | None:
    """The attribute of that local name, in whichever namespace."""
    for key, value in element.attrib.items():
        if _without_namespace(str(key)) == name:
            return str(value)
    return None


def children(element: etree._Element) -> dict[str, etree._Element]:
    """The child elements by their local names; of several the first."""
    return {local_name(e): e for e in reversed(element)}


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name."""
    return next((e for e in element if local_name(e) == name), None)
