"""What happens to an upload while it is read: queued, begun, hindered, read or failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, F, Field, JSONField, PositiveIntegerField
from django.utils import timezone

from batches import flow as batches
from batches.models import Batch
from content import store
from events import bulk
from files.extraction import ADVICE, Extraction, ExtractionFailed, FailureCode
from files.extraction.advice import GAVE_UP
from files.models import Upload, UploadQuerySet
from jobs import window
from jobs.attempts import Attempt, Done
from lifecycle import flow as lifecycle
from lifecycle.texts import Content

Status = Upload.Status
EXTRACT_TASK = "files.tasks.extract_text"
LONG_TASK = "files.tasks.read_long"
SCAN_KEPT_TASK = "files.tasks.scan_kept"
NO_FAILURE: Mapping[str, str] = {"failure_code": "", "failure_detail": ""}


def fill_window(batch: Batch, new: Sequence[Upload] = ()) -> None:
    """Queue the next files of the locked batch. new: those that the caller inserts next."""
    window.fill(
        Upload.objects.short().filter(batch=batch).order_by("received_at", "pk"),
        EXTRACT_TASK,
        size=batch.queue_window,
        together=settings.ESSAYS_PER_TASK,
        new=new,
    )


def fill_long_window(batch: Batch) -> None:
    """`fill_window` of the files that are read in the long queue."""
    in_turn = Upload.objects.long().filter(batch=batch).order_by("received_at", "pk")
    window.fill(in_turn, LONG_TASK, size=batch.long_window)


def _fill_window_of(batch: Batch, ended: Upload) -> None:
    if ended.is_long:
        fill_long_window(batch)
    else:
        fill_window(batch)


def begin_extraction(upload_ids: Sequence[UUID]) -> list[Attempt[Upload]]:
    """Count an attempt for each file that waits, in a statement of its own, and read the rows."""
    return _begin(Upload.objects.short().filter(pk__in=upload_ids))


def begin_long(upload_ids: Sequence[UUID]) -> list[Attempt[Upload]]:
    """`begin_extraction` in the long queue."""
    return _begin(Upload.objects.long().filter(pk__in=upload_ids))


def _begin(mine: UploadQuerySet) -> list[Attempt[Upload]]:
    if not mine.update(attempts=F("attempts") + 1):
        return []
    uploads = list(mine.select_related("raw", "essay"))
    of_id = Batch.objects.in_bulk({upload.batch_id for upload in uploads})  # once, not with each
    attempts = []
    for upload in uploads:
        if upload.batch_id not in of_id:
            continue  # it was deleted meanwhile
        upload.batch = of_id[upload.batch_id]
        correlation_id = upload.correlation_id or upload.batch.correlation_id
        allowed = upload.batch.max_retries + 1
        attempts.append(Attempt(upload, upload.attempts, allowed, correlation_id))
    return attempts


def take_back_attempt(upload_id: UUID) -> None:
    """The attempt was lost or hindered: it does not count."""
    lost = Upload.objects.filter(pk=upload_id, status=Status.RECEIVED, attempts__gt=0)
    lost.update(attempts=F("attempts") - 1)


def hand_to_long(upload: Upload, *, media_type: str, is_scan: bool) -> None:
    """The file waits to be read in the long queue: as pictures of its text, page by page, or else
    as the long document that it is, which is said as long as it waits."""
    shown = NO_FAILURE if is_scan else _said(FailureCode.TAKES_LONG)
    with batches.locked(upload.batch_id) as batch:
        if batch is None:
            return
        mine = Upload.objects.short().filter(pk=upload.pk)
        is_wanted = mine.update(
            media_type=media_type,
            is_long=True,
            pages_done=0 if is_scan else None,
            attempts=0,
            queued_at=None,
            **shown,
        )
        if is_wanted and upload.essay is not None:
            lifecycle.content_goes_on(upload.essay)
        fill_window(batch)
        fill_long_window(batch)


def note_progress(upload: Upload, *, pages_done: int, page_count: int) -> bool:
    """So many pages of a scan are read. False when nobody waits for them any more."""
    with batches.locked(upload.batch_id) as batch:
        mine = Upload.objects.long().filter(pk=upload.pk)
        columns = {"pages_done": pages_done, "page_count": page_count, **NO_FAILURE}
        is_wanted = batch is not None and bool(mine.update(**columns))
        if is_wanted and upload.essay is not None:
            lifecycle.content_goes_on(upload.essay)
        return is_wanted


def say_why_it_waits(upload: Upload, reason: str) -> None:
    """reason: shown with the file as long as it waits."""
    with batches.locked(upload.batch_id) as batch:
        mine = Upload.objects.filter(pk=upload.pk, status=Status.RECEIVED)
        is_waiting = batch is not None and mine.update(**_said(FailureCode(reason)))
        if batch is not None and is_waiting and upload.essay is not None:
            lifecycle.content_waits(batch, upload.essay, reason)


def _said(reason: FailureCode) -> Mapping[str, str]:
    return {"failure_code": reason, "failure_detail": ADVICE[reason]}


def store_extractions(ended: Sequence[Done[Upload, Extraction]]) -> None:
    """Files of one batch were read. Those that were removed or finished meanwhile are left out."""
    with batches.locked(ended[0].row.batch_id) as batch:
        if batch is None:
            return
        received = Upload.objects.filter(status=Status.RECEIVED)
        mine = received.filter(pk__in=[done.row.pk for done in ended])
        waiting = set(mine.values_list("pk", flat=True))
        read = [done for done in ended if done.row.pk in waiting]
        if read:
            mine.filter(pk__in=waiting).update(
                status=Status.EXTRACTED,
                finished_at=timezone.now(),
                **_columns({done.row.pk: done.result for done in read}),
                **NO_FAILURE,
            )
        contents = [
            Content(
                essay=done.row.essay,
                body=done.result.text,
                ms=None if done.row.is_long else done.ms,
                storage_reference=str(done.row.raw_id),
                correlation_id=done.correlation_id,
            )
            for done in read
            if done.row.essay is not None  # unchanged since the attempt began: the upload was too
        ]
        lifecycle.contents_ready(batch, contents)
        _fill_window_of(batch, ended[0].row)


def _columns(read: Mapping[UUID, Extraction]) -> dict[str, bulk.ByKey]:
    """What was read, of each upload."""

    def of_each(field: Field[Any, Any], value: Callable[[Extraction], object]) -> bulk.ByKey:
        return bulk.ByKey({pk: value(result) for pk, result in read.items()}, field)

    return {
        "media_type": of_each(CharField(), lambda result: result.media_type),
        "page_count": of_each(PositiveIntegerField(), lambda result: result.page_count),
        "warnings": of_each(JSONField(), lambda result: list(result.warnings)),
        "hidden_words": of_each(JSONField(), lambda result: list(result.hidden)),
    }


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
    _fill_window_of(batch, upload)


def give_up_extraction(upload_id: UUID, _tried: Upload | None = None) -> None:
    """Every attempt ended in a fault that is not the file's own, or killed its worker."""
    upload = Upload.objects.select_related("essay").filter(pk=upload_id).first()
    if upload is not None:
        store_failure(upload, ExtractionFailed(FailureCode.TIMEOUT, GAVE_UP))


def _finish(upload: Upload, target: Status, **columns: object) -> int:
    return Upload.objects.filter(pk=upload.pk, status=Status.RECEIVED).update(
        status=target, finished_at=timezone.now(), **columns
    )
