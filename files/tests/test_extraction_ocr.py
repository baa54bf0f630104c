"""Scans: read page by page through Tesseract, with progress and a confidence."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from files.extraction import ExtractionFailed, FailureCode, ocr

SAMPLES = Path(__file__).parents[2] / "samples"
needs_tesseract = pytest.mark.skipif(not ocr.is_available(), reason="Tesseract is not installed")


def picture_of(sample: str, kind: str = "PNG") -> bytes:
    """The first page of a sample PDF as a scanner would give it."""
    page = pdfium.PdfDocument(SAMPLES / sample)[0]
    written = io.BytesIO()
    page.render(scale=200 / 72, grayscale=True).to_pil().save(written, kind)
    return written.getvalue()


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


@needs_tesseract
@pytest.mark.parametrize(
    ("sample", "language", "kind"),
    [("ENG6/hugo_L_essay", "en", "JPEG"), ("SV2/bokanalys Linus", "sv", "TIFF")],
)
def test_a_scanned_essay_becomes_text(sample: str, language: str, kind: str) -> None:
    written = words((SAMPLES / "src" / f"{sample}.txt").read_text(encoding="utf-8"))
    steps: list[tuple[int, int]] = []

    found = ocr.extract_scan(
        picture_of(f"{sample}.pdf", kind),
        language=language,
        progress=lambda done, n_pages: steps.append((done, n_pages)),
    )

    n_wrong = (written - words(found.text)).total()
    assert n_wrong <= 0.03 * written.total()
    assert found.warnings == ("ocr",)
    assert steps == [(0, 1), (1, 1)]


@needs_tesseract
def test_an_empty_page_has_no_text() -> None:
    blank = io.BytesIO()
    Image.new("L", (400, 300), 255).save(blank, "PNG")

    with pytest.raises(ExtractionFailed) as failed:
        ocr.extract_scan(blank.getvalue(), language="en")

    assert failed.value.code == FailureCode.NO_TEXT


def test_only_pictures_and_pdf_are_taken() -> None:
    with pytest.raises(ExtractionFailed) as failed:
        ocr.count_pages(b"plain text")

    assert failed.value.code == FailureCode.UNSUPPORTED_TYPE


def test_too_many_pages_are_refused_before_any_is_read() -> None:
    frames = [Image.new("L", (8, 8), 255) for _ in range(ocr.MOST_PAGES + 1)]
    tiff = io.BytesIO()
    frames[0].save(tiff, "TIFF", save_all=True, append_images=frames[1:])

    with pytest.raises(ExtractionFailed) as failed:
        ocr.count_pages(tiff.getvalue())

    assert failed.value.code == FailureCode.TOO_LARGE


def test_a_broken_picture_is_corrupt() -> None:
    with pytest.raises(ExtractionFailed) as failed:
        ocr.count_pages(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)

    assert failed.value.code == FailureCode.CORRUPT
