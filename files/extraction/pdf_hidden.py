"""Text of a PDF that nobody sees: white on an empty page, transparent, tiny or not painted at all.

Not painted text over a picture is what OCR lays under a scan: it is the essay and stays.
"""

from __future__ import annotations

import ctypes
from functools import cached_property

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_WHITE = 250  # of 255, in all three colours
_SMALLEST_SEEN_POINTS = 2.0
_EVERY = 8  # characters looked at before a line is searched one by one
_MOST_OBJECTS = 5000  # looked at for a background; hostile pages hold millions


class Sight:
    """What a reader sees on one page; `hidden` is what he does not."""

    def __init__(self, page: pdfium.PdfPage, textpage: raw.FPDF_TEXTPAGE) -> None:
        self.hidden: list[str] = []
        self._page = page.raw
        self._textpage = textpage

    def seen(self, text: str, begin: int, size: float) -> str:
        """The visible part of a line. begin: its first UTF-16 unit on the page; size in points."""
        if size < _SMALLEST_SEEN_POINTS or self._is_unpainted(begin):
            self.hidden.append(text)
            return ""
        if not any(self._is_white(begin + at) for at in self._samples(text)):
            return text
        if self._has_background:
            return text
        kept = "".join(
            c for at, c in enumerate(text) if c.isspace() or not self._is_white(begin + at)
        )
        if kept != text:
            self.hidden.append(self._rest(text, begin))
        return kept

    def _rest(self, text: str, begin: int) -> str:
        """The white part of a line."""
        return "".join(c for at, c in enumerate(text) if c.isspace() or self._is_white(begin + at))

    @staticmethod
    def _samples(text: str) -> list[int]:
        wanted = {*range(0, len(text), _EVERY), len(text) - 1}
        return [at for at in sorted(wanted) if not text[at].isspace()]

    def _char(self, unit: int) -> int:
        return int(raw.FPDFText_GetCharIndexFromTextIndex(self._textpage, unit))

    def _is_white(self, unit: int) -> bool:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        known = raw.FPDFText_GetFillColor(self._textpage, self._char(unit), red, green, blue, alpha)
        if not known:
            return False
        return alpha.value == 0 or min(red.value, green.value, blue.value) >= _WHITE

    def _is_unpainted(self, unit: int) -> bool:
        text_object = raw.FPDFText_GetTextObject(self._textpage, self._char(unit))
        if not text_object:
            return False
        mode = raw.FPDFTextObj_GetTextRenderMode(text_object)
        return mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE and not self.has_picture

    @cached_property
    def _object_kinds(self) -> set[int]:
        """Kinds of the page's objects; a path counts only when it paints a colour."""
        kinds = set()
        for number in range(min(raw.FPDFPage_CountObjects(self._page), _MOST_OBJECTS)):
            item = raw.FPDFPage_GetObject(self._page, number)
            kind = raw.FPDFPageObj_GetType(item)
            if kind != raw.FPDF_PAGEOBJ_PATH or _paints(item):
                kinds.add(kind)
        return kinds

    @property
    def _has_background(self) -> bool:
        return bool(self._object_kinds - {raw.FPDF_PAGEOBJ_TEXT})

    @property
    def has_picture(self) -> bool:
        return bool(self._object_kinds & {raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM})


def _paints(path: raw.FPDF_PAGEOBJECT) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    if fill.value == raw.FPDF_FILLMODE_NONE:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
    return min(red.value, green.value, blue.value) < _WHITE
