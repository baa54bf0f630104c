"""PDFs of many pages on their way: handed to the long queue, so that nobody waits behind them."""

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
from reportlab.pdfgen.canvas import Canvas

from accounts.models import User
from batches.models import Batch
from content import store
from content.models import StoredContent
from files import flow, tasks
from files.models import Upload
from files.sweeps import sweep_lost_extractions
from files.tests.test_extraction_ocr import needs_tesseract
from lifecycle import readiness
from lifecycle.models import EssayText
from lifecycle.readiness import Counts
from tests.essays import GOOD, essay_file, hand_in, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def document(name: str, n_pages: int, *, n_lines: int = 3) -> SimpleUploadedFile:
    """A PDF with text on each of its pages; with no line each page is blank."""
    written = io.BytesIO()
    canvas = Canvas(written)
    for page in range(1, n_pages + 1):
        for line in range(n_lines):
            canvas.drawString(50, 800 - 12 * line, f"{GOOD} {name} {page} {line}.")
        canvas.showPage()
    canvas.save()
    return SimpleUploadedFile(name, written.getvalue())


@pytest.fixture
def long(teacher: User, drain: Drain) -> Batch:
    """A batch of one PDF of 60 pages, at which the short task has looked."""
    batch = register(teacher, 1)
    hand_in(batch, document("long.pdf", 60))
    drain(limit=1)
    return batch


def queued() -> list[tuple[str, str]]:
    return [(row.key, row.task["func"]) for row in OrmQ.objects.all()]


def test_long_pdf_waits_in_the_long_queue_and_says_so(long: Batch) -> None:
    upload = long.uploads.get()

    assert queued() == [("long", "files.tasks.read_long")]
    assert (upload.status, upload.attempts, upload.pages_done) == (Upload.Status.RECEIVED, 0, None)
    assert upload.failure_code == "takes_long"


def test_long_pdf_is_hindered_no_more_when_its_storage_is_back(
    teacher: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, document("long.pdf", 60))

    def away(content: StoredContent) -> bytes:
        raise store.StorageUnavailable

    with monkeypatch.context() as outage:
        outage.setattr(store, "read", away)
        drain()
    assert readiness.count(batch) == Counts(ingesting=1, hindered=1)

    drain(skip_delays=True, limit=1)

    assert queued() == [("long", "files.tasks.read_long")]
    assert readiness.count(batch) == Counts(ingesting=1)


def test_long_pdf_becomes_its_text(long: Batch, drain: Drain) -> None:
    drain()

    upload, text = long.uploads.get(), long.essays.get().current_text
    assert (upload.status, upload.failure_code) == (Upload.Status.EXTRACTED, "")
    assert (upload.page_count, upload.warnings) == (60, [])
    assert text is not None
    assert "long.pdf 60 2." in text.body


def test_pdf_of_as_many_pages_as_are_short_is_read_at_once(
    teacher: User, drain: Drain, settings: LazySettings
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, document("short.pdf", settings.SHORT_PDF_PAGES))

    drain(limit=1)

    assert batch.uploads.get().status == Upload.Status.EXTRACTED


def test_long_pdf_among_short_files_is_alone_in_the_long_queue(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3)
    for file in (essay_file("a.txt"), document("b.pdf", 41), essay_file("c.txt")):
        hand_in(batch, file)

    drain()

    assert list(batch.uploads.order_by("original_name").values_list("status", "is_long")) == [
        ("extracted", False),
        ("extracted", True),
        ("extracted", False),
    ]


def test_reading_in_the_long_queue_is_no_measure_for_others(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2)
    for file in (document("a.pdf", 1), document("b.pdf", 41)):
        hand_in(batch, file)

    drain()

    short, long = EssayText.objects.order_by("word_count")
    assert (short.reading_ms or 0) > 0
    assert long.reading_ms is None


def test_pdf_of_too_many_pages_is_refused_at_once(
    teacher: User, drain: Drain, settings: LazySettings
) -> None:
    settings.EXTRACT_MAX_PAGES = 50
    batch = register(teacher, 1)
    hand_in(batch, document("endless.pdf", 51))

    drain(limit=1)

    assert batch.uploads.get().failure_code == "too_large"


def test_short_task_that_comes_twice_leaves_the_document_to_the_long_one(long: Batch) -> None:
    tasks.extract_text(long.uploads.get().pk)

    assert long.uploads.get().attempts == 0
    assert OrmQ.objects.count() == 1


@needs_tesseract
def test_long_pdf_without_text_is_judged_as_the_scan_that_it_is(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, document("blank.pdf", 60, n_lines=0))

    drain()

    assert batch.uploads.get().failure_code == "too_large"  # more pages than are read as pictures


def test_long_pdf_without_text_has_none_where_no_pictures_are_read(
    teacher: User, drain: Drain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    batch = register(teacher, 1)
    hand_in(batch, document("blank.pdf", 60, n_lines=0))

    drain()

    assert batch.uploads.get().failure_code == "no_text"


def test_long_pdf_whose_place_in_the_queue_was_lost_gets_another(long: Batch) -> None:
    OrmQ.objects.all().delete()

    sweep_lost_extractions(at=timezone.now() + timedelta(hours=1))

    assert queued() == [("long", "files.tasks.read_long")]


def test_failed_long_pdf_is_tried_again_from_the_beginning(
    long: Batch, drain: Drain, teacher: User, settings: LazySettings
) -> None:
    settings.EXTRACT_MAX_TEXT_CHARS = 1000
    drain()
    upload = long.uploads.get()

    flow.retry(upload.pk, by=teacher)

    assert (upload.status, upload.failure_code) == (Upload.Status.FAILED, "too_large")
    assert Upload.objects.short().get() == upload


def test_long_pdfs_of_one_batch_leave_room_for_another_s(
    teacher: User, colleague: User, drain: Drain, settings: LazySettings
) -> None:
    settings.SHORT_PDF_PAGES = 1
    for owner, n in ((teacher, 6), (colleague, 1)):
        batch = register(owner, n)
        for i in range(n):
            hand_in(batch, document(f"{i}.pdf", 2))
    while Upload.objects.short().exists():
        drain(limit=1)

    drain(limit=settings.LONG_WINDOW + 1)

    assert colleague.batches.get().uploads.get().status == Upload.Status.EXTRACTED
