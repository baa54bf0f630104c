"""What reading a file can come to, and one sentence each that tells a teacher what to do.

The only place where these sentences stand. They are English and marked for translation here, for
this code knows no Django; `files.advice` says them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from files import sniff


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the catalogue of translations."""
    return sentence


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
    # Why a file waits, shown as long as it does; it has not failed.
    TAKES_LONG = "takes_long"
    # Raised by the virus scan, not by reading.
    INFECTED = "infected"
    SCANNER_UNAVAILABLE = "scanner_unavailable"
    # Raised by the content store.
    STORAGE_UNAVAILABLE = "storage_unavailable"
    # What the machine lacks for reading it now.
    MACHINE_SHORT = "machine_short"


class WarningCode(StrEnum):
    """What to look at in a text that was read. Stored and sent to clients, too."""

    TOO_SHORT = "too_short"  # fewer words than Limits.short_words
    TYPE_MISMATCH = "type_mismatch"  # the name's ending says nothing about such content
    HIDDEN_TEXT = "hidden_text"  # some was left out that nobody sees
    PICTURE_PAGE = "picture_page"  # a page of a PDF holds a picture and no text
    UNREADABLE_PAGE = "unreadable_page"  # a page of a PDF is broken
    INFECTED = "infected"  # found after it was read: the file is not kept, its text is
    OCR = "ocr"  # read from a picture
    OCR_PLEASE_CHECK = "ocr_please_check"  # with little confidence


ADVICE: Mapping[FailureCode, str] = {
    FailureCode.EMPTY: gettext_noop(
        "The file is empty. Ask the pupil to hand it in again, and put that in its place."
    ),
    FailureCode.UNSUPPORTED_TYPE: gettext_noop(
        "This kind of file cannot be read. Save it as PDF or Word (.docx) and put that in its "
        "place."
    ),
    FailureCode.TYPE_MISMATCH: gettext_noop(
        "The file is not what its name says. Open it where it was written, save it as PDF or Word "
        "(.docx) and put that in its place."
    ),
    FailureCode.ENCRYPTED: gettext_noop(
        "The file is locked with a password. Save a copy without one and put that in its place."
    ),
    FailureCode.CORRUPT: gettext_noop(
        "The file is damaged. Ask the pupil to save it anew, and put that in its place."
    ),
    FailureCode.NO_TEXT: gettext_noop(
        "There is no text in the file, perhaps only pictures. Put the document it was made from "
        "in its place, or paste the text."
    ),
    FailureCode.TOO_LARGE: gettext_noop(
        "The file is too large to be read. Shorten it or split it, and put that in its place."
    ),
    FailureCode.TIMEOUT: gettext_noop(
        "Reading the file took too long. Try again, or save it as a new PDF or Word file and put "
        "that in its place."
    ),
    FailureCode.UNSAFE: gettext_noop(
        "Something in the file is unsafe to open. Ask the pupil to save it anew, and put that in "
        "its place."
    ),
    FailureCode.TAKES_LONG: gettext_noop(
        "The document is long and is read after shorter ones. There is nothing for you to do."
    ),
    FailureCode.INFECTED: gettext_noop(
        "The virus scanner found something harmful, and the file was not kept. Do not open it, "
        "and tell the pupil."
    ),
    FailureCode.SCANNER_UNAVAILABLE: gettext_noop(
        "The virus scanner does not answer. The file is read as soon as it does; there is nothing "
        "for you to do."
    ),
    FailureCode.STORAGE_UNAVAILABLE: gettext_noop(
        "The storage where the file lies does not answer. The file is read as soon as it does; if "
        "that takes long, tell those who run HuleEdu."
    ),
    FailureCode.MACHINE_SHORT: gettext_noop(
        "The server is short of memory or space. The file is read as soon as there is enough; if "
        "that takes long, tell those who run HuleEdu."
    ),
}

_PICTURE = gettext_noop(
    "This is a picture. Put the document that it shows in its place, or paste the text."
)
BY_TYPE: Mapping[str, str] = {  # better advice for files that a known program has made
    sniff.OLD_WORD: gettext_noop(
        "This is an old Word file (.doc). Open it in Word, save it as .docx and put that in its "
        "place."
    ),
    sniff.OLE: gettext_noop(
        "This is an old Office file. Open it, save it as PDF and put that in its place."
    ),
    sniff.WORD_2003_XML: gettext_noop(
        "This is a Word 2003 XML file. Open it in Word, save it as .docx and put that in its place."
    ),
    sniff.PAGES: gettext_noop(
        "This is a Pages file. In Pages choose File, Export To, Word or PDF, and put that in its "
        "place."
    ),
    sniff.GOOGLE_LINK: gettext_noop(
        "This is only a link to a Google document. In Google Docs choose File, Download, Microsoft "
        "Word, and put that in its place."
    ),
    sniff.WEB_LINK: gettext_noop(
        "This is only a link to a web page. Put the document itself in its place."
    ),
    sniff.MAIL: gettext_noop(
        "This is a saved e-mail or web page archive. Put the document itself in its place."
    ),
    sniff.SHEET: gettext_noop(
        "This is an Excel file. Open it, save it as PDF and put that in its place."
    ),
    sniff.SLIDES: gettext_noop(
        "This is a PowerPoint file. Open it, save it as PDF and put that in its place."
    ),
    sniff.ZIP: gettext_noop(
        "This is a zip archive without a document in it. Unpack it and hand in its files."
    ),
    sniff.EPUB: gettext_noop(
        "This is an e-book. Save it as PDF or Word (.docx) and put that in its place."
    ),
    **dict.fromkeys(sniff.PICTURES, _PICTURE),
}

NO_OCR = gettext_noop(
    "This is a picture, and pictures cannot be read here. Put the document that it shows in its "
    "place, or paste the text."
)
NOT_KEPT = gettext_noop("The stored file is missing or has changed. Upload it again.")
GAVE_UP = gettext_noop(
    "The file could not be read in several attempts. Try again, or put another file in its place."
)

WARNINGS: Mapping[WarningCode, str] = {
    WarningCode.TOO_SHORT: gettext_noop(
        "The text is very short. Compare it with the original: has everything been read?"
    ),
    WarningCode.TYPE_MISMATCH: gettext_noop(
        "The file’s name does not say what is in it; its content was read. Check that it is the "
        "essay."
    ),
    WarningCode.HIDDEN_TEXT: gettext_noop(
        "The file has words that nobody sees: hidden, white or tiny. They were left out of the "
        "text; read them before you talk with the pupil."
    ),
    WarningCode.PICTURE_PAGE: gettext_noop(
        "A page is only a picture, and its text is missing here. Compare with the original, and "
        "add what is missing."
    ),
    WarningCode.UNREADABLE_PAGE: gettext_noop(
        "A page is damaged and could not be read. Compare with the original, and add what is "
        "missing."
    ),
    WarningCode.INFECTED: gettext_noop(
        "The virus scanner found something harmful in the file, and it was not kept. Its text is "
        "here; do not open the file elsewhere, and tell the pupil."
    ),
    WarningCode.OCR: gettext_noop(
        "The text was read from a scan or a photo, so a misspelling may be a letter misread. "
        "Compare with the original."
    ),
    WarningCode.OCR_PLEASE_CHECK: gettext_noop(
        "The scan or photo is hard to read, and words may be wrong. Compare the text with the "
        "original and correct it first."
    ),
}
