"""One form for all extracted text: NFC, "\\n", no control characters, blank lines between
paragraphs."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_SPACES = "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_INVISIBLE = (
    "\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_SYMBOL_FONT_BULLETS = "\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf06c\uf0a8"
_REPLACED = {
    **_LIGATURES,
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_INVISIBLE, ""),
    **dict.fromkeys(_SYMBOL_FONT_BULLETS, "•"),
    "\r\n": "\n",
    "\r": "\n",
    "\u2010": "-",
    "\u2011": "-",
    "\u2028": "\n",
    "\u2029": "\n\n",
    "\x0b": "\n",
    "\x0c": "\n\n",
    "\x85": "\n",
}
# Such characters are rare: to look for them is 20 times faster than str.translate.
_RARE = re.compile(rf"\r\n|[{''.join(c for c in _REPLACED if len(c) == 1)}]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MANY_BREAKS = re.compile(r"\n{3,}")
_WORD = re.compile(r"\w+")


def normalised(text: str) -> str:
    """The text in the house form. Typographic quotes, dashes and inner double spaces stay.

    Compatibility characters other than the Latin ligatures are kept (NFC, not NFKC): a pupil's
    "½" or "²" must not become another word.
    """
    text = _RARE.sub(lambda match: _REPLACED[match[0]], text)
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))
    lines = unicodedata.normalize("NFC", text).split("\n")
    text = "\n".join([line.rstrip(" \t") for line in lines])
    return _MANY_BREAKS.sub("\n\n", text).strip()


def has_words(text: str) -> bool:
    """Whether there is any letter or digit at all."""
    return _WORD.search(text) is not None


def is_short(text: str, n_words: int) -> bool:
    """Whether it has fewer runs of letters and digits; not the words that users see counted."""
    return sum(1 for _ in islice(_WORD.finditer(text), n_words)) < n_words
