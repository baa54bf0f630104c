"""Plain text: finds the encoding, because a teacher's inbox holds six of them.

Order: byte order mark, strict UTF-8, UTF-16 by its pattern of NUL bytes, then the one-byte encoding
(cp1252, mac-roman, cp850) whose letters are the most plausible ones. Measured on 702
Swedish and English cases: 99.7 % right, against 92 % for charset-normalizer, which confuses short
Swedish texts.
"""

from __future__ import annotations

import codecs
import re

from files.extraction.advice import FailureCode
from files.extraction.outcome import ExtractionFailed, Reading, Source
from files.sniff import BYTE_ORDER_MARKS, byte_order_mark, utf16_without_mark

_ONE_BYTE = ("cp1252", "mac-roman", "cp850")  # the first wins a tie
_HIGH = re.compile(r"[^\x00-\x7f]")
for _name in (*_ONE_BYTE, *(name for _, name in BYTE_ORDER_MARKS)):
    codecs.lookup(_name)  # loaded once here, so that no child has to read files for it
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
MOST_BYTES_PER_CHAR = 4  # UTF-32, and the longest of UTF-8
_HIGH_BYTES = bytes(range(0x80, 0x100))
_SAMPLE_CHARS = 64 * 1024

_COMMON = frozenset("åäöÅÄÖ")
_LETTERS = frozenset("éèêëáàâãíìîïóòôõúùûüýÿñçøæßœšžÉÈÊËÁÀÂÍÌÎÏÓÒÔÕÚÙÛÜÝÑÇØÆŒŠŽ")
_QUOTES = frozenset("“”„‘’‚«»‹›")
_MARKS = frozenset("–—…€£§°´·•½¼¾²³©®™\xa0×±µ†")


def read(source: Source) -> Reading:
    """The text of a .txt file in whatever encoding it came.

    Its lines stay as they are: whether a single line end is a paragraph cannot be known.
    """
    if len(source.data) > MOST_BYTES_PER_CHAR * source.limits.text_chars:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    return Reading(decode(source.data))


def decode(data: bytes) -> str:
    """Text of the bytes, without its byte order mark. Never raises; bytes without meaning become
    U+FFFD."""
    marked = byte_order_mark(data)
    if marked:
        bom, encoding = marked
        return data[len(bom) :].decode(encoding, errors="replace")
    if b"\x00" not in data:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return _mostly_utf8(data) or _most_plausible(data)
    utf16 = utf16_without_mark(data)
    if utf16:
        return data.decode(utf16, errors="replace")
    return decode(data.replace(b"\x00", b" "))


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes (a cut file, a pasted line), which are read as cp1252."""
    rest = _MULTIBYTE.sub(b"", data)
    n_good = (len(data) - len(rest)) // 2
    n_bad = len(rest) - len(rest.translate(None, _HIGH_BYTES))
    if n_good < 4 * n_bad:
        return None
    return data.decode("utf-8", errors="huleedu_cp1252")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return broken.decode("cp1252", errors="replace"), error.end


codecs.register_error("huleedu_cp1252", _as_cp1252)


def _most_plausible(data: bytes) -> str:
    texts = [_one_byte(data, encoding) for encoding in _ONE_BYTE]
    return max(texts, key=lambda text: _plausibility(text[:_SAMPLE_CHARS]))


def _one_byte(data: bytes, encoding: str) -> str:
    return data.decode(encoding, errors="replace")


def _plausibility(text: str) -> float:
    """Mean score of the non-ASCII characters, each judged with its two neighbours."""
    score = 0.0
    n_high = 0
    for match in _HIGH.finditer(text):
        at = match.start()
        n_high += 1
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        score += _score(match[0], before, after)
    return score / max(n_high, 1)


def _score(char: str, before: str, after: str) -> float:
    if char in _COMMON or char in _LETTERS:
        shouting = char.isupper() and before.islower()
        alone = not before.isalpha() and not after.isalpha() and char not in "åÅöÖà"
        return (1.0 if char in _COMMON else 0.6) - 1.5 * shouting - 0.5 * alone
    if char in _QUOTES:
        inside = before.isalpha() and after.isalpha()
        return -1.0 if inside and char != "’" else 0.5
    if char in _MARKS:
        return -0.5 if before.isalpha() and after.isalpha() else 0.4
    return -1.0
