"""Scans: read page by page through Tesseract, with progress and a confidence."""

from __future__ import annotations

import errno
import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops

from files.extraction import ExtractionFailed, FailureCode, ocr, pictures
from files.tests.processes import is_gone
from tests.faults.real_worker import eventually

SAMPLES = Path(__file__).parents[2] / "samples"
needs_tesseract = pytest.mark.skipif(not ocr.is_available(), reason="Tesseract is not installed")


def picture_of(sample: str, kind: str = "PNG") -> bytes:
    """The first page of a sample PDF as a scanner would give it."""
    page = pdfium.PdfDocument(SAMPLES / sample)[0]
    written = io.BytesIO()
    page.render(scale=200 / 72, grayscale=True).to_pil().save(written, kind)
    return written.getvalue()


def stand_in(folder: Path, what_it_does: str) -> str:
    """A PATH on which `tesseract` is a script that knows English and does something else."""
    program = folder / "tesseract"
    program.write_text(f'#!/bin/sh\n[ "$1" = --list-langs ] && exec echo eng\n{what_it_does}\n')
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


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


def test_page_whose_reading_was_killed_is_not_blamed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", stand_in(tmp_path, "kill -KILL $$"))

    with pytest.raises(OSError, match="killed") as failed:
        ocr.read_page(picture_of("ENG6/hugo_L_essay.pdf"), 0, language="en")

    assert failed.value.errno == errno.ENOMEM


def test_tesseract_ends_with_the_process_that_asked_it(tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(picture_of("ENG6/hugo_L_essay.pdf"))
    pid = tmp_path / "pid"
    path = stand_in(tmp_path, f"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 60")
    code = (
        "import pathlib, sys; from files.extraction import ocr;"
        "ocr.read_page(pathlib.Path(sys.argv[1]).read_bytes(), 0, language='en')"
    )
    asking = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "page.png")],
        cwd=SAMPLES.parent,
        env={**os.environ, "PATH": path},
    )
    eventually(pid.exists, within_s=60)

    asking.kill()
    asking.wait()

    eventually(lambda: is_gone(int(pid.read_text())))


def test_a_broken_picture_is_corrupt() -> None:
    with pytest.raises(ExtractionFailed) as failed:
        ocr.count_pages(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)

    assert failed.value.code == FailureCode.CORRUPT


def page() -> Image.Image:
    return Image.open(io.BytesIO(picture_of("ENG6/hugo_L_essay.pdf")))


def lit_from_one_side(picture: Image.Image) -> Image.Image:
    shade = Image.linear_gradient("L").rotate(90).resize(picture.size)
    return ImageChops.multiply(picture, shade.point(lambda value: 90 + value * 165 // 255))


def turned_a_little(picture: Image.Image) -> Image.Image:
    return picture.rotate(1.5, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def on_its_side(picture: Image.Image) -> Image.Image:
    return picture.rotate(90, expand=True)


@needs_tesseract
@pytest.mark.parametrize("held", [lit_from_one_side, turned_a_little, on_its_side])
def test_a_photograph_is_read_however_it_was_taken(
    held: Callable[[Image.Image], Image.Image],
) -> None:
    written = words((SAMPLES / "src" / "ENG6/hugo_L_essay.txt").read_text(encoding="utf-8"))
    taken = io.BytesIO()
    held(page()).save(taken, "JPEG", quality=80)

    found = ocr.read_page(taken.getvalue(), 0, language="en")

    assert (written - words(found.text)).total() <= 0.03 * written.total()


@pytest.mark.parametrize("degrees", [-3.5, -1.0, 0.0, 0.75, 2.25])
def test_skew_of_a_page_is_found(degrees: float) -> None:
    turned = page().rotate(-degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)

    assert abs(pictures.skew(turned) - degrees) <= 0.25


@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (7, 900)])
def test_a_picture_of_any_size_can_be_prepared(size: tuple[int, int]) -> None:
    assert max(pictures.readable(Image.new("RGB", size, "grey")).size) <= pictures.LONGEST_SIDE


def test_a_picture_too_large_to_unpack_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")

    with pytest.raises(ExtractionFailed) as failed:
        ocr.count_pages(bomb.getvalue())

    assert failed.value.code == FailureCode.TOO_LARGE
