"""Tables that processes share: the text of a key is read from a mapped file.

To read a value of a dict writes to it (its count of references), so that forked processes come to
own a copy of the dict each, page by page.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from marisa_trie import BytesTrie


class Table:
    """keys: all of them; whether one is there is told as soon as by a dict."""

    def __init__(self, path: Path) -> None:
        self._texts = BytesTrie().mmap(str(path))
        self.keys = frozenset[str](self._texts.iterkeys())

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def __getitem__(self, key: str) -> str:
        text: bytes = self._texts[key][0]
        return text.decode()

    def get(self, key: str, default: str = "") -> str:
        return self[key] if key in self.keys else default


def as_trie(table: Mapping[str, str]) -> BytesTrie:
    """What a Table reads once it is saved; the same bytes for the same table."""
    return BytesTrie((key, text.encode()) for key, text in sorted(table.items()))
