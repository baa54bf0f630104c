"""What goes into reading a file and what comes out of it: a text, or a code with advice."""

from __future__ import annotations

from dataclasses import dataclass

from files.extraction.advice import ADVICE, FailureCode

MIB = 1024**2


class ExtractionFailed(Exception):
    """The file gives no text. detail: advice, in English, that is more exact than the code's."""

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
    warnings: of WarningCode.
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
    short_pages: int | None = None  # of a PDF; one with more is not read: "takes_long"
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
