"""Rich Text Format, as WordPad, TextEdit and Word write it.

Own reader: striprtf keeps deleted and hidden text, writes link targets into the text and "|"
between cells. One pass over the tokens; every group inherits a copy of its parent's state.
"""

from __future__ import annotations

import codecs
import re
from typing import Any, NamedTuple

from files.extraction.advice import FailureCode
from files.extraction.outcome import ExtractionFailed, Reading, Source
from files.extraction.text import has_words

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])"
    r"|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_CHARACTERS = {
    **dict.fromkeys(("par", "sect", "page", "row", "nestrow", "column"), "\n\n"),
    **dict.fromkeys(("line", "lbr"), "\n"),
    **dict.fromkeys(("tab", "cell", "nestcell"), "\t"),
    **dict.fromkeys(("emspace", "enspace", "qmspace"), " "),
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
}
_SYMBOLS = {
    **{"\\": "\\", "{": "{", "}": "}", "~": "\xa0", "-": "", "_": "-"},
    **dict.fromkeys("\r\n", "\n\n"),
}
_SKIPPED = frozenset(
    {"colortbl", "stylesheet", "info", "pict", "nonshppict", "fldinst", "listtext", "pntext"}
    | {"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"}
    | {"annotation", "atnid", "atnauthor", "bkmkstart", "bkmkend", "sp", "template"}
    | {"ftnsep", "ftnsepc", "aftnsep", "filetbl", "revtbl", "tc", "xe", "private", "listtable"}
    | {"listoverridetable", "themedata", "datastore", "latentstyles"}
)
_KEPT_THOUGH_STARRED = frozenset({"shpinst", "shptxt"})
_CHARSETS = {
    **{0: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5"},
    **{161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256"},
    **{186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250"},
}
_STATES = frozenset(
    {
        "v",
        "deleted",
        "plain",
        "f",
        "footnote",
        "uc",
        "fonttbl",
        "fcharset",
        "ansicpg",
        "mac",
        "deff",
    }
)
_MEANT = _STATES | _SKIPPED | _CHARACTERS.keys() | {"u"}  # most words are of looks only
_SWITCH_OFF = "0"


class _Group(NamedTuple):
    skipped: bool = False
    invisible: bool = False  # hidden or deleted text
    in_note: bool = False
    in_fonts: bool = False
    font: str | None = None
    n_fallback: int = 1  # characters that stand after \uN for readers without Unicode


def read(source: Source) -> Reading:
    """Paragraphs in file order, footnotes last."""
    document = _Document()
    document.feed(source.data.decode("latin-1"))
    text = document.text()
    if document.is_cut_off and not has_words(text):
        raise ExtractionFailed(FailureCode.CORRUPT)  # the text stands behind all tables
    return Reading(text, hidden=("".join(document.hidden),))


class _Document:
    def __init__(self) -> None:
        self.hidden: list[str] = []
        self._group = _Group()
        self._outer: list[_Group] = []
        self._body: list[str] = []
        self._notes: list[str] = []
        self._bytes = bytearray()  # not yet decoded: a character may take two \'xx
        self._encoding = "cp1252"
        self._fonts: dict[str, str] = {}
        self._default_font: str | None = None
        self._n_to_drop = 0
        self._starred = False

    @property
    def is_cut_off(self) -> bool:
        """The file ended inside of a group."""
        return bool(self._outer)

    def text(self) -> str:
        whole = "".join([*self._body, "\n\n", *self._notes])
        return whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def feed(self, rtf: str) -> None:
        at: int | None = 0
        while at is not None:
            at = self._feed_from(rtf, at)
        self._decode()

    def _feed_from(self, rtf: str, at: int) -> int | None:
        """Where to go on behind bytes that are no text; None at the end."""
        for match in _TOKEN.finditer(rtf, at):
            word, number, code, symbol, brace, run = match.groups()
            if word:
                if word == "bin":
                    return match.end() + max(int(number or 0), 0)
                if self._starred or word in _MEANT:
                    self._word(word, number)
            elif run:
                self._take(run.encode("latin-1"))
            elif brace:
                if not self._brace(brace):
                    return None
            elif code:
                self._take(bytes.fromhex(code))
            elif symbol:
                self._symbol(symbol)
        return None

    def _brace(self, brace: str) -> bool:
        """False when the document's own group has closed."""
        self._decode()
        self._n_to_drop = 0
        self._starred = False
        if brace == "{":
            self._outer.append(self._group)
            return True
        if self._outer:
            self._group = self._outer.pop()
        return bool(self._outer)

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._starred = True
        elif symbol in _SYMBOLS:
            self._emit(_SYMBOLS[symbol])

    def _word(self, word: str, number: str | None) -> None:
        starred, self._starred = self._starred, False
        if word in _SKIPPED or (starred and word not in _KEPT_THOUGH_STARRED):
            self._decode()
            self._group = self._group._replace(skipped=True)
        elif word in _CHARACTERS:
            self._emit(_CHARACTERS[word])
        elif word == "u":
            self._emit(chr(int(number or 63) % 0x10000))
            self._n_to_drop = self._group.n_fallback
        else:
            self._state(word, number)

    def _state(self, word: str, number: str | None) -> None:
        if word in ("v", "deleted"):
            self._change(invisible=number != _SWITCH_OFF)
        elif word == "plain":
            self._change(invisible=False, font=self._default_font)
        elif word == "f":
            self._change(font=number)
        elif word == "footnote":
            self._emit("")
            self._change(in_note=True)
            self._emit("\n\n")
        elif word == "uc":
            self._change(n_fallback=min(max(int(number or 1), 0), 8))
        elif word == "fonttbl":
            self._change(in_fonts=True)
        elif word == "fcharset" and self._group.in_fonts and self._group.font is not None:
            self._fonts[self._group.font] = _CHARSETS.get(int(number or 0), "")
        elif word == "ansicpg":
            self._encoding = _known_encoding(f"cp{number}")
        elif word == "mac":
            self._encoding = "mac-roman"
        elif word == "deff":
            self._default_font = number
            self._change(font=number)

    def _change(self, **changes: Any) -> None:
        self._decode()
        self._group = self._group._replace(**changes)

    def _take(self, raw: bytes) -> None:
        if self._group.skipped:
            return
        n_dropped = min(self._n_to_drop, len(raw))
        self._n_to_drop -= n_dropped
        self._bytes += raw[n_dropped:]

    def _emit(self, text: str) -> None:
        self._decode()
        self._n_to_drop = 0
        group = self._group
        if group.skipped or group.in_fonts:
            return
        if group.invisible:
            self.hidden.append(text)
            return
        (self._notes if group.in_note else self._body).append(text)

    def _decode(self) -> None:
        """Turns the waiting bytes into text, in the encoding of the current font."""
        if not self._bytes:
            return
        raw, self._bytes = bytes(self._bytes), bytearray()
        encoding = self._fonts.get(self._group.font or "") or self._encoding
        n_to_drop = self._n_to_drop
        self._emit(raw.decode(encoding, errors="replace"))
        self._n_to_drop = n_to_drop


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
