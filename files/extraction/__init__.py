"""Text extraction: bytes of a file in, its text or a reason out. Pure, in-process, no Django.

Untrusted files are read through `files.sandbox`, which runs `extract` in a child process.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from files import sniff
from files.extraction import text as texts
from files.extraction.advice import ADVICE, BY_TYPE, FailureCode, WarningCode
from files.extraction.outcome import Extraction, ExtractionFailed, Limits, Source
from files.extraction.registry import READERS

__all__ = ["ADVICE", "Extraction", "ExtractionFailed", "FailureCode", "Limits", "extract"]

MOST_HIDDEN_WORDS = 50
MOST_HIDDEN_CHARS = 60  # of one word

# Endings under which people save other kinds of document without noticing; content decides then.
_TEXTUAL = frozenset({sniff.TEXT, sniff.MARKDOWN, sniff.HTML})


def extract(
    data: bytes, *, file_name: str, language: str | None = None, limits: Limits | None = None
) -> Extraction:
    """The text of one file.

    file_name: a label, of which only the ending is used. language: "en", "sv" or None, a hint.
    Raises ExtractionFailed and nothing else; its detail never quotes the file.
    """
    limits = limits or Limits()
    try:
        return _extract(Source(data, language, limits), file_name)
    except ExtractionFailed:
        raise
    except MemoryError as error:
        raise ExtractionFailed(FailureCode.TOO_LARGE) from error
    except Exception as error:  # parsers fail on hostile bytes in ways which nobody can list
        raise ExtractionFailed(FailureCode.CORRUPT) from error


def _extract(source: Source, file_name: str) -> Extraction:
    if not source.data:
        raise ExtractionFailed(FailureCode.EMPTY)
    if len(source.data) > source.limits.file_bytes:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    media_type = sniff.sniff(source.data, file_name=file_name)
    of_type = _check_type(media_type, file_name)
    reading = READERS[media_type](source)
    text = texts.normalised(reading.text)
    if not texts.has_words(text):
        blank = media_type in _TEXTUAL and not text
        raise ExtractionFailed(FailureCode.EMPTY if blank else FailureCode.NO_TEXT)
    if len(text) > source.limits.text_chars:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    hidden = first_words(reading.hidden)
    noticed = (WarningCode.HIDDEN_TEXT,) if hidden else ()
    is_short = texts.is_short(text, source.limits.short_words)
    short = (WarningCode.TOO_SHORT,) if is_short else ()
    warnings = (*reading.warnings, *noticed, *of_type, *short)
    return Extraction(text, media_type, reading.page_count, warnings, hidden)


def first_words(pieces: Iterable[str]) -> tuple[str, ...]:
    """Words of hidden text, as many and as long as a teacher needs to know what it is about."""
    words = (
        word[:MOST_HIDDEN_CHARS] for piece in pieces for word in texts.normalised(piece).split()
    )
    return tuple(islice(words, MOST_HIDDEN_WORDS))


def _check_type(media_type: str, file_name: str) -> list[WarningCode]:
    """Warnings about the type. Raises when no reader knows it, or the name promises another one.

    A name that promises nothing known (none, ".doc", ".bak") leaves the choice to the content.
    """
    promised = sniff.promised_type(file_name)
    if media_type == sniff.OLE_ENCRYPTED:
        raise ExtractionFailed(FailureCode.ENCRYPTED)
    if media_type == sniff.UNKNOWN and promised in READERS:
        raise ExtractionFailed(FailureCode.CORRUPT)
    if promised is not None and promised != media_type:
        raise ExtractionFailed(FailureCode.TYPE_MISMATCH, BY_TYPE.get(media_type, ""))
    if media_type not in READERS:
        raise ExtractionFailed(FailureCode.UNSUPPORTED_TYPE, BY_TYPE.get(media_type, ""))
    unexpected = promised is None and media_type not in _TEXTUAL
    return [WarningCode.TYPE_MISMATCH] if unexpected else []
