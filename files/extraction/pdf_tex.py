"""TeX's old fonts: characters without a Unicode map, and accents printed beside their letters."""

from __future__ import annotations

import re
import unicodedata

_BULLETS = ("\x0f ", "\x88 ")  # of OMS and TS1 fonts
# T1 and OT1 fonts: ligatures, quotes and dashes by their code.
_CODES: dict[int, str] = {
    **dict(zip(range(0x1B, 0x20), ("ff", "fi", "fl", "ffi", "ffl"), strict=True)),
    **dict(zip(range(0x0B, 0x10), ("ff", "fi", "fl", "ffi", "ffl"), strict=True)),
    **dict(zip(range(0x10, 0x17), "“”„«»–—", strict=True)),
}
_COMBINING = {
    "¨": "\u0308",
    "˚": "\u030a",
    "´": "\u0301",
    "`": "\u0300",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "¸": "\u0327",
}
_ACCENT_AND_LETTER = re.compile(rf"([{''.join(_COMBINING)}])([A-Za-zı])")
_LOST_ACCENT = re.compile(r"(?<=\s)[¨˚´](?=\s|$) ?")


def decoded(line: str) -> str:
    """A line whose fonts do not say what their characters mean."""
    if line.startswith(_BULLETS):
        line = f"•{line[1:]}"
    return line.translate(_CODES)


def composed(text: str) -> str:
    """ "fr¨oken" as "fröken": OT1 fonts print an accent, then its letter.

    For files of TeX only: elsewhere pupils type "´" as an apostrophe.
    """
    return _LOST_ACCENT.sub("", _ACCENT_AND_LETTER.sub(_one_character, text))


def _one_character(match: re.Match[str]) -> str:
    letter = match[2].replace("ı", "i")
    together = unicodedata.normalize("NFC", letter + _COMBINING[match[1]])
    return together if len(together) == 1 else match[0]
