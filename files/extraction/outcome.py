"""What reading a file can come to: a text, or a code with a sentence for the teacher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MIB = 1024**2


class FailureCode(StrEnum):
    """Why a file gave no text. The values are stored and sent to clients: never rename one."""

    EMPTY = "empty"
    UNSUPPORTED_TYPE = "unsupported_type"
    TYPE_MISMATCH = "type_mismatch"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    NO_TEXT = "no_text"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    UNSAFE = "unsafe"
    # Raised by the virus scan, not by reading.
    INFECTED = "infected"
    SCANNER_UNAVAILABLE = "scanner_unavailable"


ADVICE: Mapping[FailureCode, str] = {
    FailureCode.EMPTY: "The file is empty; ask the pupil to hand it in again.",
    FailureCode.UNSUPPORTED_TYPE: (
        "This kind of file cannot be read; save it as PDF or DOCX and upload it again."
    ),
    FailureCode.TYPE_MISMATCH: (
        "The content is not what the file name's ending says; "
        "open it where it was written, save it as PDF or DOCX and upload that."
    ),
    FailureCode.ENCRYPTED: (
        "The file is locked with a password; save it without one and upload it again."
    ),
    FailureCode.CORRUPT: (
        "The file is damaged; ask the pupil to export it anew and hand it in again."
    ),
    FailureCode.NO_TEXT: (
        "No text was found, perhaps because the file holds only pictures; "
        "hand in the document it was made from."
    ),
    FailureCode.TOO_LARGE: (
        "The file is too large to be read; shorten it or split it and upload it again."
    ),
    FailureCode.TIMEOUT: (
        "Reading the file took too long; save it as DOCX or as a new PDF and upload that."
    ),
    FailureCode.UNSAFE: (
        "The file contains something that is unsafe to open; export it anew and upload that."
    ),
    FailureCode.INFECTED: (
        "The virus scanner found something harmful; do not open the file, and tell the pupil."
    ),
    FailureCode.SCANNER_UNAVAILABLE: (
        "The virus scanner cannot be reached; the file will be read when it answers again."
    ),
}


class ExtractionFailed(Exception):
    """The file gives no text. `detail` tells a teacher what to do and never quotes the essay."""

    def __init__(self, code: FailureCode, detail: str = "") -> None:
        self.code = code
        self.detail = detail or ADVICE[code]
        super().__init__(code, self.detail)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of one file.

    text: NFC, "\\n" line ends, paragraphs separated by a blank line, no control characters.
    media_type: by content, never by name. page_count: None where the format has no pages.
    warnings: machine codes. "type_mismatch": the name's ending says nothing about such content;
    "too_short": fewer than Limits.short_words; "hidden_text": some was left out that nobody sees;
    "picture_page", "unreadable_page": a page of a PDF gave nothing; "ocr", "ocr_please_check": read
    from a picture, the second one with little confidence.
    hidden: the first words that nobody sees, for the teacher's eyes only: never logged.
    """

    text: str
    media_type: str
    page_count: int | None = None
    warnings: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost. Sizes are checked while reading, not believed from headers."""

    file_bytes: int = 20 * MIB
    pages: int = 200
    text_chars: int = 1_000_000
    short_words: int = 20  # fewer words than this is the warning "too_short"
    zip_members: int = 10_000
    part_bytes: int = 16 * MIB  # one inflated part; 200 pages of Word XML measure below 10 MiB
    inflated_bytes: int = 48 * MIB  # all inflated parts together
    memory_bytes: int = 1024 * MIB  # address space that the child may take beyond its parent's
    cpu_s: int = 10  # 2,184 real PDFs: 99 % below 0.3 s
    wall_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Source:
    """One file as a reader gets it. language: "en", "sv" or None, a hint only."""

    data: bytes
    language: str | None
    limits: Limits


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader hands back; its text is not yet normalised."""

    text: str
    page_count: int | None = None
    warnings: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()  # pieces of text; they bring the warning "hidden_text"
