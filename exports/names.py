"""Names of files that every system can hold: Windows is the one that forbids most."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

MAX_CHARS = 80

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_ENDINGS = re.compile(  # of files that pupils hand in
    r"(\.(docx?|odt|rtf|txt|pdf|html?|md|png|jpe?g|tiff?|pages))+$", re.IGNORECASE
)


def stem(label: str) -> str:
    """What a pupil's file is called without its ending, safe to be a file's name anywhere.

    Letters like å ä ö stay, composed (NFC), so that a name is the same on every system.
    """
    name = _ENDINGS.sub("", label) or label
    safe = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", name))
    safe = " ".join(safe.split())[:MAX_CHARS].strip(" .")
    return f"_{safe}" if not safe or _DEVICES.fullmatch(safe) else safe


def unique(stems: Iterable[str]) -> Iterator[str]:
    """Each stem, numbered where it would fall together with one before it, capitals or not."""
    taken: set[str] = set()
    for wanted in stems:
        name, n = wanted, 1
        while name.casefold() in taken:
            n += 1
            name = f"{wanted} ({n})"
        taken.add(name.casefold())
        yield name
