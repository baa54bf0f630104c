"""Scans and photographs on their way: handed to the long queue, read page by page, then a text."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_q.models import OrmQ
from PIL import Image, ImageFilter

from accounts.models import User
from batches.models import Batch
from files import flow, reading, tasks
from files.extraction import ocr
from files.extraction.advice import GAVE_UP
from files.models import Upload
from files.sweeps import sweep_lost_extractions
from files.tests.test_extraction_ocr import needs_tesseract, picture_of, stand_in
from tests.essays import essay_file, hand_in, register
from tests.queue import let_hindrances_last

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]
ESSAY = "ENG6/hugo_L_essay.pdf"


def photograph(blurred: float = 0) -> Image.Image:
    page = Image.open(io.BytesIO(picture_of(ESSAY)))
    return page.filter(ImageFilter.GaussianBlur(blurred)) if blurred else page


def scanned(name: str, *pages: Image.Image) -> SimpleUploadedFile:
    """Pictures as a PDF, PNG or TIFF file, by its name."""
    written = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if len(pages) > 1 else {}
    pages[0].save(written, name.rpartition(".")[2].upper(), resolution=200, **more)
    return SimpleUploadedFile(name, written.getvalue())


def blank() -> Image.Image:
    return Image.new("L", (400, 300), 255)


def handed_in(teacher: User, file: SimpleUploadedFile) -> Batch:
    batch = register(teacher, 1)
    hand_in(batch, file)
    return batch


@needs_tesseract
@pytest.mark.parametrize("name", ["photo.png", "scan.pdf"])
def test_scan_becomes_its_text(name: str, teacher: User, drain: Drain) -> None:
    batch = handed_in(teacher, scanned(name, photograph()))

    drain()

    upload, text = batch.uploads.get(), batch.essays.get().current_text
    assert upload.status == Upload.Status.EXTRACTED
    assert upload.warnings == ["ocr"]
    assert text is not None
    assert text.word_count > 100


@needs_tesseract
def test_every_scan_has_its_turn(teacher: User, settings: LazySettings, drain: Drain) -> None:
    settings.QUEUE_WINDOW = 1
    batch = register(teacher, 4)
    for name, page in (("1.png", photograph()), ("2.png", blank()), ("3.png", photograph(0.5))):
        hand_in(batch, scanned(name, page))
    hand_in(batch, essay_file("4.txt"))

    drain()

    ended = batch.uploads.order_by("original_name").values_list("status", flat=True)
    assert list(ended) == ["extracted", "failed", "extracted", "extracted"]


@needs_tesseract
def test_scan_waits_in_the_long_queue(teacher: User, drain: Drain) -> None:
    batch = handed_in(teacher, scanned("photo.png", photograph()))

    drain(limit=1)

    upload = batch.uploads.get()
    assert (upload.status, upload.pages_done) == (Upload.Status.RECEIVED, 0)
    assert [(row.key, row.task["func"]) for row in OrmQ.objects.all()] == [
        ("long", "files.tasks.read_long")
    ]


@needs_tesseract
def test_short_task_that_comes_twice_leaves_the_scan_to_the_long_one(
    teacher: User, drain: Drain
) -> None:
    batch = handed_in(teacher, scanned("photo.png", photograph()))
    drain(limit=1)

    tasks.extract_text(batch.uploads.get().pk)

    assert batch.uploads.get().attempts == 0
    assert OrmQ.objects.count() == 1


@needs_tesseract
def test_pages_are_counted_while_they_are_read(teacher: User, drain: Drain) -> None:
    batch = handed_in(teacher, scanned("scan.tiff", photograph(), blank(), blank()))

    drain()

    upload = batch.uploads.get()
    assert (upload.pages_done, upload.page_count) == (3, 3)


@needs_tesseract
def test_scan_that_is_hard_to_read_asks_to_be_checked(teacher: User, drain: Drain) -> None:
    batch = handed_in(teacher, scanned("photo.png", photograph(blurred=4)))

    drain()

    assert "ocr_please_check" in batch.uploads.get().warnings


@needs_tesseract
def test_picture_without_words_has_no_text(teacher: User, drain: Drain) -> None:
    batch = handed_in(teacher, scanned("photo.png", blank()))

    drain()

    assert batch.uploads.get().failure_code == "no_text"


@needs_tesseract
def test_scan_of_too_many_pages_is_too_large(teacher: User, drain: Drain) -> None:
    pages = [blank() for _ in range(ocr.MOST_PAGES + 1)]
    batch = handed_in(teacher, scanned("scan.tiff", *pages))

    drain()

    assert batch.uploads.get().failure_code == "too_large"


@needs_tesseract
def test_scan_that_takes_too_long_is_given_up(
    teacher: User, drain: Drain, settings: LazySettings
) -> None:
    settings.OCR_TIMEOUT_S = 0
    batch = handed_in(teacher, scanned("scan.tiff", blank(), blank()))

    drain()

    assert batch.uploads.get().failure_code == "timeout"


@needs_tesseract
def test_failed_scan_is_tried_again_from_the_beginning(teacher: User, drain: Drain) -> None:
    batch = handed_in(teacher, scanned("photo.png", blank()))
    drain()

    flow.retry(batch.uploads.get().pk, by=teacher)

    assert batch.uploads.get().pages_done is None


@needs_tesseract
def test_nobody_waits_for_a_scan_that_was_removed(teacher: User, drain: Drain) -> None:
    batch = handed_in(teacher, scanned("photo.png", photograph()))
    drain(limit=1)
    upload = batch.uploads.get()

    flow.remove(upload.pk, by=teacher)

    assert not reading.note_progress(upload, pages_done=1, page_count=2)
    drain()
    assert batch.uploads.get().status == Upload.Status.REMOVED


@needs_tesseract
def test_scan_that_is_being_read_says_no_more_that_it_waits(teacher: User, drain: Drain) -> None:
    batch = handed_in(teacher, scanned("photo.png", photograph()))
    drain(limit=1)
    batch.uploads.update(failure_code="storage_unavailable")

    reading.note_progress(batch.uploads.get(), pages_done=0, page_count=1)

    assert batch.uploads.get().failure_code == ""


@needs_tesseract
def test_scan_whose_place_in_the_queue_was_lost_gets_another(teacher: User, drain: Drain) -> None:
    handed_in(teacher, scanned("photo.png", photograph()))
    drain(limit=1)
    OrmQ.objects.all().delete()

    sweep_lost_extractions(at=timezone.now() + timedelta(hours=1))

    assert OrmQ.objects.get().key == "long"


def test_scan_whose_reading_was_killed_waits_and_has_used_no_attempt(
    teacher: User, drain: Drain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", stand_in(tmp_path, "kill -KILL $$"))
    batch = handed_in(teacher, scanned("photo.png", blank()))

    drain()

    upload = batch.uploads.get()
    assert (upload.status, upload.attempts) == (Upload.Status.RECEIVED, 0)
    assert upload.failure_code == "machine_short"
    assert OrmQ.objects.get().key == "long"


def test_scan_whose_reading_is_always_killed_keeps_its_batch_waiting_for_a_week(
    teacher: User, drain: Drain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", stand_in(tmp_path, "kill -KILL $$"))
    batch = register(teacher, 2)
    hand_in(batch, essay_file("alva.txt"))
    hand_in(batch, scanned("photo.png", blank()))
    drain()

    let_hindrances_last(timedelta(days=8))
    drain(skip_delays=True, limit=1)
    drain()

    scan = batch.uploads.get(original_name="photo.png")
    assert (scan.status, scan.failure_detail) == (Upload.Status.FAILED, GAVE_UP)
    batch.refresh_from_db()
    assert batch.status == Batch.Status.COMPLETED_WITH_FAILURES


@pytest.mark.parametrize(("name", "code"), [("a.png", "unsupported_type"), ("a.pdf", "no_text")])
def test_without_tesseract_a_scan_fails_with_advice(
    name: str,
    code: str,
    teacher: User,
    drain: Drain,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    batch = handed_in(teacher, scanned(name, blank()))

    drain()

    upload = batch.uploads.get()
    assert upload.failure_code == code
    assert "Put the document" in upload.failure_detail
