"""Scans and photographs: Tesseract reads one page at a time, for a queue that can wait.

A page takes 1.5 to 3 seconds of one core, so `extract` never does this by itself. The untrusted
file is opened in the confined child, which hands back grey pixels; only these reach Tesseract.
The right language alone is read best; English alone on Swedish measured 23 % word error.
"""

from __future__ import annotations

import base64
import errno
import io
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import groupby, pairwise
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageOps, ImageSequence

from files import sandbox, sniff
from files.extraction.advice import NO_OCR, FailureCode, WarningCode
from files.extraction.outcome import Extraction, ExtractionFailed, Limits
from files.extraction.pictures import LONGEST_SIDE, readable
from files.extraction.text import has_words, is_short, normalised

READABLE = frozenset({sniff.PDF, sniff.PNG, sniff.JPEG, sniff.TIFF, sniff.WEBP})
MOST_PAGES = 40
PAGE_TIMEOUT_S = 60
MEMORY_BYTES = 1024**3  # of Tesseract; it measures 81-105 MB a page
LOST_CONFIDENCE = 70.0  # below it the page may stand on its side or its head
SURE_CONFIDENCE = 80.0  # below it a teacher should compare the text with the picture

# By util-linux, where it is installed: it ends with its caller, which may be killed.
_CONFINED = (
    ("setpriv", "--pdeathsig", "KILL"),
    ("prlimit", f"--as={MEMORY_BYTES}", "--core=0"),
)
_DPI = 200
_MOST_PIXELS = 60_000_000  # of the picture as stored
_MODELS: Mapping[str | None, str] = {"en": "eng", "sv": "swe", None: "swe+eng"}
_WORD_LEVEL = "5"
_TURN = re.compile(r"Rotate: (\d+)")

Progress = Callable[[int, int], None]  # pages done, pages in all


@dataclass(frozen=True, slots=True)
class OcrPage:
    """One page. text: paragraphs, a blank line between. confidence: 0-100, mean over letters."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Word:
    block: tuple[str, str, str]  # page, block, paragraph
    line: str
    text: str
    confidence: float


def is_available(language: str | None = "en") -> bool:
    """Whether Tesseract is installed, with its model of the language (None: of both)."""
    program = shutil.which("tesseract")
    return program is not None and set(_MODELS[language].split("+")) <= _installed(program)


@cache
def _installed(program: str) -> frozenset[str]:
    """Names of the models that Tesseract finds."""
    done = subprocess.run(  # noqa: S603  a fixed command
        [program, "--list-langs"], capture_output=True, timeout=PAGE_TIMEOUT_S, check=False
    )
    return frozenset(done.stdout.decode("utf-8", errors="replace").split())


def count_pages(data: bytes, *, limits: Limits | None = None) -> int:
    """How many pages there are to read. Raises ExtractionFailed, too_large over MOST_PAGES."""
    answer = sandbox.run(partial(_counted, data), limits or Limits())
    n_pages = int(answer["n_pages"])
    if n_pages > MOST_PAGES:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    return n_pages


def read_page(
    data: bytes, number: int, *, language: str | None, limits: Limits | None = None
) -> OcrPage:
    """The text of one page, counted from 0. language: "en", "sv" or None for both (less exact)."""
    if not is_available(language):
        raise ExtractionFailed(FailureCode.UNSUPPORTED_TYPE, NO_OCR)
    pixels_limits = replace(limits or Limits(), text_chars=LONGEST_SIDE**2)
    answer = sandbox.run(partial(_pixels, data, number), pixels_limits)
    pgm = base64.b64decode(answer["pgm"])
    page = _page_of(_tesseract(pgm, _MODELS[language]))
    if page.confidence < LOST_CONFIDENCE and (quarters := _quarter_turns(pgm)):
        answer = sandbox.run(partial(_pixels, data, number, quarters=quarters), pixels_limits)
        upright = _page_of(_tesseract(base64.b64decode(answer["pgm"]), _MODELS[language]))
        page = max(page, upright, key=lambda page: page.confidence)
    return page


def extract_scan(
    data: bytes,
    *,
    language: str | None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Extraction:
    """All pages of a scan or photograph, as `extract` gives other files.

    progress: told 0 before the first page; what it raises ends the reading.
    Warnings: always OCR; OCR_PLEASE_CHECK when the mean confidence is below SURE_CONFIDENCE.
    """
    n_pages = count_pages(data, limits=limits)
    if progress is not None:
        progress(0, n_pages)
    pages: list[OcrPage] = []
    for number in range(n_pages):
        pages.append(read_page(data, number, language=language, limits=limits))
        if progress is not None:
            progress(number + 1, n_pages)
    text = normalised("\n\n".join(page.text for page in pages))
    if not has_words(text):
        raise ExtractionFailed(FailureCode.NO_TEXT)
    n_letters = sum(len(page.text) for page in pages)
    confidence = sum(page.confidence * len(page.text) for page in pages) / n_letters
    noticed = {
        WarningCode.OCR: True,
        WarningCode.OCR_PLEASE_CHECK: confidence < SURE_CONFIDENCE,
        WarningCode.TOO_SHORT: is_short(text, (limits or Limits()).short_words),
    }
    warnings = tuple(code for code, is_so in noticed.items() if is_so)
    return Extraction(text, sniff.sniff(data), n_pages, warnings)


# --- in the child ----------------------------------------------------------------------------


def _counted(data: bytes) -> dict[str, Any]:
    return {"n_pages": _count(data)}


def _count(data: bytes) -> int:
    media_type = sniff.sniff(data)
    if media_type == sniff.PDF:
        return len(pdfium.PdfDocument(data))
    if media_type not in READABLE:
        raise ExtractionFailed(FailureCode.UNSUPPORTED_TYPE)
    with _opened(data) as picture:
        return int(getattr(picture, "n_frames", 1))


def _pixels(data: bytes, number: int, *, quarters: int = 0) -> dict[str, Any]:
    """One page as a grey picture in the PGM format, in base64. quarters: turns clockwise."""
    if sniff.sniff(data) == sniff.PDF:
        page = pdfium.PdfDocument(data)[number]
        scale = min(_DPI / 72, LONGEST_SIDE / max(page.get_size()))
        picture = page.render(scale=scale, grayscale=True).to_pil()
    else:
        picture = frame_of(data, number)
    if quarters:
        picture = picture.rotate(-90 * quarters, expand=True)
    pgm = io.BytesIO()
    readable(picture).save(pgm, "PPM")
    return {"pgm": base64.b64encode(pgm.getvalue()).decode("ascii")}


def _opened(data: bytes) -> Image.Image:
    """The picture, not yet unpacked. Raises ExtractionFailed, too_large."""
    try:
        picture = Image.open(io.BytesIO(data))
    except Image.DecompressionBombError as error:
        raise ExtractionFailed(FailureCode.TOO_LARGE) from error
    if picture.width * picture.height > _MOST_PIXELS:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    return picture


def frame_of(data: bytes, number: int) -> Image.Image:
    """One picture of a file, upright, as the phone was held. number: from 0; in the child only."""
    picture = _opened(data)
    for at, frame in enumerate(ImageSequence.Iterator(picture)):
        if at == number:
            return ImageOps.exif_transpose(frame)
    raise ExtractionFailed(FailureCode.CORRUPT)


# --- Tesseract -------------------------------------------------------------------------------


def _quarter_turns(pgm: bytes) -> int:
    """How often the picture must be turned clockwise for its text to stand upright; 0 in doubt."""
    if "osd" not in _installed(shutil.which("tesseract") or ""):
        return 0
    try:
        found = _TURN.search(_tesseract(pgm, "osd", "--psm", "0"))
    except ExtractionFailed:  # too little on the page to tell
        return 0
    return int(found[1]) // 90 if found else 0


def _tesseract(pgm: bytes, models: str, *options: str) -> str:
    """What Tesseract says of one picture; without options its table of words (TSV)."""
    wanted = options or ("tsv",)
    command = ["tesseract", "stdin", "stdout", "-l", models, "--dpi", str(_DPI), *wanted]
    environment = {"PATH": os.environ.get("PATH", ""), "OMP_THREAD_LIMIT": "1"}
    limited = [part for program in _CONFINED if shutil.which(program[0]) for part in program]
    try:
        done = subprocess.run(  # noqa: S603  a fixed command; the picture comes by stdin
            [*limited, *command],
            input=pgm,
            capture_output=True,
            timeout=PAGE_TIMEOUT_S,
            env=environment,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ExtractionFailed(FailureCode.TIMEOUT) from error
    except subprocess.CalledProcessError as error:
        if error.returncode == -signal.SIGKILL:  # by a kernel short of memory: no page's fault
            raise OSError(errno.ENOMEM, "Tesseract was killed") from error
        raise ExtractionFailed(FailureCode.CORRUPT) from error
    return done.stdout.decode("utf-8", errors="replace")


def _page_of(table: str) -> OcrPage:
    words = list(_words(table))
    paragraphs = [
        _paragraph(list(of_paragraph)) for _, of_paragraph in groupby(words, key=lambda w: w.block)
    ]
    n_letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / max(n_letters, 1)
    return OcrPage("\n\n".join(paragraphs), confidence)


def _words(table: str) -> Iterator[_Word]:
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) == 12 and fields[0] == _WORD_LEVEL and fields[11].strip():
            page, block, paragraph, line = fields[1:5]
            text = fields[11].strip().replace("|", "I")  # a sans-serif I, misread
            yield _Word((page, block, paragraph), line, text, float(fields[10]))


def _paragraph(words: list[_Word]) -> str:
    """Words with single spaces; a hyphen at a line's end is taken out before a small letter."""
    text = words[0].text
    for before, word in pairwise(words):
        breaks = before.line != word.line and text[-1] == "-" and text[-2:-1].isalpha()
        joins = breaks and word.text[0].islower()
        text = text[:-1] + word.text if joins else f"{text} {word.text}"
    return text
