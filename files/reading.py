"""What happens to an upload while it is read: queued, begun, postponed, read or failed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from batches import flow as batches
from batches.models import Batch
from content import store
from files.extraction import ADVICE, Extraction, ExtractionFailed, FailureCode
from files.extraction.advice import GAVE_UP
from files.models import Upload, UploadQuerySet
from jobs import window
from jobs.attempts import Attempt
from jobs.queue import enqueue
from lifecycle import flow as lifecycle

Status = Upload.Status
EXTRACT_TASK = "files.tasks.extract_text"
SCAN_TASK = "files.tasks.read_scan"
SCAN_KEPT_TASK = "files.tasks.scan_kept"
NO_FAILURE: Mapping[str, str] = {"failure_code": "", "failure_detail": ""}
POSTPONED_S = 15.0  # until a scanner or a storage that did not answer is asked again


def fill_window(batch: Batch) -> None:
    """Queue the next files of the locked batch."""
    of_batch = Upload.objects.filter(batch=batch).order_by("received_at", "pk")
    window.fill(of_batch.waiting(), EXTRACT_TASK, size=batch.queue_window)
    window.fill(of_batch.scans(), SCAN_TASK)


def begin_extraction(upload_id: UUID) -> Attempt[Upload] | None:
    """Count an attempt, in a statement of its own; None when nothing waits to be read."""
    return _begin(Upload.objects.waiting().filter(pk=upload_id))


def begin_scan(upload_id: UUID) -> Attempt[Upload] | None:
    """`begin_extraction` of a scan."""
    return _begin(Upload.objects.scans().filter(pk=upload_id))


def _begin(mine: UploadQuerySet) -> Attempt[Upload] | None:
    if not mine.update(attempts=F("attempts") + 1):
        return None
    upload = mine.select_related("raw", "essay", "batch").first()
    if upload is None:
        return None
    batch = upload.batch
    return Attempt(upload, upload.attempts, batch.max_retries + 1, batch.correlation_id)


def take_back_attempt(upload_id: UUID) -> None:
    """The attempt was lost with the database's connection: it does not count."""
    lost = Upload.objects.filter(pk=upload_id, status=Status.RECEIVED, attempts__gt=0)
    lost.update(attempts=F("attempts") - 1)


def hand_to_scans(upload: Upload, *, media_type: str) -> None:
    """The file holds no text but pictures of some: it waits to be read page by page."""
    with batches.locked(upload.batch_id) as batch:
        if batch is None:
            return
        Upload.objects.waiting().filter(pk=upload.pk).update(
            media_type=media_type, pages_done=0, attempts=0, queued_at=None, **NO_FAILURE
        )
        fill_window(batch)


def note_progress(upload: Upload, *, pages_done: int, page_count: int) -> bool:
    """So many pages of a scan are read. False when nobody waits for them any more."""
    with batches.locked(upload.batch_id) as batch:
        mine = Upload.objects.scans().filter(pk=upload.pk)
        return batch is not None and bool(mine.update(pages_done=pages_done, page_count=page_count))


def postpone(upload: Upload, path: str, *, reason: FailureCode | None = None) -> None:
    """Something that the task needs does not answer: it is queued for later, and no attempt counts.

    reason: shown with the file as long as it waits.
    """
    shown = {"failure_code": reason, "failure_detail": ADVICE[reason]} if reason else NO_FAILURE
    with batches.locked(upload.batch_id) as batch:
        mine = Upload.objects.filter(pk=upload.pk, status=Status.RECEIVED, attempts__gt=0)
        if batch is not None and mine.update(attempts=F("attempts") - 1, **shown):
            enqueue(path, upload.pk, delay_s=POSTPONED_S)


def store_extraction(upload: Upload, extraction: Extraction) -> None:
    """The file was read. Nothing happens when the upload was removed or finished meanwhile."""
    with batches.locked(upload.batch_id) as batch:
        if batch is None or not _finish(
            upload,
            Status.EXTRACTED,
            media_type=extraction.media_type,
            page_count=extraction.page_count,
            warnings=list(extraction.warnings),
            hidden_words=list(extraction.hidden),
            **NO_FAILURE,
        ):
            return
        if upload.essay is not None:  # unchanged since the attempt began: the upload was too
            lifecycle.content_ready(
                batch, upload.essay, extraction.text, content_reference=str(upload.raw_id)
            )
        fill_window(batch)


def store_failure(upload: Upload, failure: ExtractionFailed, *, media_type: str = "") -> None:
    """The file cannot be read, for a reason that a teacher can do something about.

    The bytes are kept for another try, unless they are infected. media_type: "" where unknown.
    """
    with batches.locked(upload.batch_id) as batch:
        if batch is not None:
            fail(batch, upload, failure, media_type=media_type)


def fail(batch: Batch, upload: Upload, failure: ExtractionFailed, *, media_type: str = "") -> None:
    """`store_failure` inside the lock that the caller holds."""
    columns: dict[str, object] = {"failure_code": failure.code, "failure_detail": failure.detail}
    if media_type:
        columns["media_type"] = media_type
    is_infected = failure.code == FailureCode.INFECTED
    if is_infected:
        columns["raw"] = None
    if not _finish(upload, Status.FAILED, **columns):
        return
    if is_infected and upload.raw is not None:
        store.discard([upload.raw])
    if upload.essay is not None:
        lifecycle.content_failed(batch, upload.essay, failure.code)
    fill_window(batch)


def give_up_extraction(upload_id: UUID) -> None:
    """Every attempt ended in a fault that is not the file's own, or killed its worker."""
    upload = Upload.objects.select_related("essay").filter(pk=upload_id).first()
    if upload is not None:
        store_failure(upload, ExtractionFailed(FailureCode.TIMEOUT, GAVE_UP))


def _finish(upload: Upload, target: Status, **columns: object) -> int:
    return Upload.objects.filter(pk=upload.pk, status=Status.RECEIVED).update(
        status=target, finished_at=timezone.now(), **columns
    )
