"""What a teacher does with files: tried again, removed, adopted, erased with their batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict, IllegalMove
from batches.models import Batch
from content import store
from events import correlation
from events.bus import publish
from events.topics import BatchFileRemoved
from files.models import NEXT, Upload
from files.reading import NO_FAILURE, fill_window
from jobs import hindrances
from lifecycle import flow as lifecycle
from lifecycle import readiness
from lifecycle.models import Essay

Status = Upload.Status


def retry(upload_id: UUID, *, by: User) -> None:
    """Read a failed file once more, with all its attempts. Raises IllegalMove or Conflict."""
    with _held(upload_id) as (batch, upload):
        try_again(batch, upload, by=by)


def try_again(batch: Batch, upload: Upload, *, by: User) -> None:
    """`retry` inside the lock that the caller holds."""
    _require_bytes(upload)
    _move(upload, Status.RECEIVED)
    _forget_the_last_try(upload)
    if upload.essay is not None:
        lifecycle.ingest(batch, upload.essay, file_name=upload.original_name, by=by)
    fill_window(batch)


def retry_failed(batch_id: UUID, *, by: User) -> int:
    """Read every failed file of the batch once more. Returns how many."""
    with batches.held(batch_id) as batch:
        failed = list(
            batch.uploads.filter(status=Status.FAILED, raw__isnull=False).select_related("essay")
        )
        for upload in failed:
            try_again(batch, upload, by=by)
    return len(failed)


def remove(upload_id: UUID, *, by: User) -> None:
    """Take a file out; its slot is free again. Raises Conflict while the batch is being checked."""
    with _held(upload_id) as (batch, upload):
        if batch.status == Batch.Status.PROCESSING_PIPELINES and upload.essay is not None:
            raise Conflict(
                "run_active",
                _("The batch is being checked. Cancel that first, then remove the file."),
            )
        if upload.status == Status.REMOVED:
            return
        essay = upload.essay
        take_out(batch, [upload], by=by)
        if essay is not None:
            lifecycle.content_removed(batch, essay, by=by)


def take_out(batch: Batch, uploads: Iterable[Upload], *, by: User) -> None:
    """Mark uploads of the locked batch as removed; their bytes go when the transaction commits."""
    for upload in uploads:
        content, essay_id = upload.raw, upload.essay_id
        _move(upload, Status.REMOVED, raw=None, hidden_words=[])
        if content is not None:
            store.discard([content])
        publish(
            BatchFileRemoved(batch_id=batch.pk, file_upload_id=upload.pk, essay_id=essay_id),
            actor_id=by.pk,
            correlation_id=batch.correlation_id,
        )


def close(batch_id: UUID, *, by: User) -> None:
    """All files of an open batch are in. Raises Conflict."""
    with batches.held(batch_id) as batch:
        lifecycle.close(batch, by=by)


def reopen(batch_id: UUID, *, by: User) -> None:
    """Take a cancelled batch up again, as its essays stand now. Raises IllegalMove."""
    with batches.held(batch_id) as batch:
        batches.reopen(batch, by=by)
        readiness.evaluate(batch)


def expect(batch_id: UUID, expected: int, *, by: User) -> None:
    """Expect another number of essays; files that were too many take the new slots, by age."""
    with batches.held(batch_id) as batch:
        lifecycle.set_expected_essay_count(batch, expected, by=by)
        free = list(batch.essays.free().order_by("position"))
        extra = batch.uploads.filter(status=Status.EXCESS, raw__isnull=False)
        extra = extra.order_by("received_at", "pk")
        for essay, upload in zip(free, extra[: len(free)], strict=False):
            _adopt(batch, essay, upload, by=by)
        fill_window(batch)


def add_as_extra(upload_id: UUID, *, by: User) -> None:
    """Give a file that was too many a slot of its own: one more essay is expected."""
    with _held(upload_id) as (batch, upload):
        if upload.status != Status.EXCESS:
            raise IllegalMove(_("file"), Status(upload.status).label, Status.RECEIVED.label)
        _require_bytes(upload)
        essay = batch.essays.free().order_by("position").first()
        if essay is None:
            lifecycle.set_expected_essay_count(batch, batch.essays.count() + 1, by=by)
            essay = batch.essays.free().order_by("position").first()
        assert essay is not None  # noqa: S101 - a slot was made in this transaction
        _adopt(batch, essay, upload, by=by)
        fill_window(batch)


def _adopt(batch: Batch, essay: Essay, upload: Upload, *, by: User) -> None:
    _move(upload, Status.RECEIVED, essay=essay)
    _forget_the_last_try(upload)
    lifecycle.ingest(batch, essay, file_name=upload.original_name, by=by)


def _require_bytes(upload: Upload) -> None:
    if upload.raw_id is None:
        raise Conflict("no_content", _("The file is not kept any more. Upload it again."))


def _forget_the_last_try(upload: Upload) -> None:
    hindrances.forget(upload.pk)
    Upload.objects.filter(pk=upload.pk).update(
        attempts=0,
        queued_at=None,
        is_long=False,
        pages_done=None,
        finished_at=None,
        correlation_id=correlation.current(),
        **NO_FAILURE,
    )


def _move(upload: Upload, target: Status, **columns: object) -> None:
    source = Status(upload.status)
    if target not in NEXT[source]:
        raise IllegalMove(_("file"), source.label, target.label)
    Upload.objects.filter(pk=upload.pk, status=source).update(status=target, **columns)
    upload.status = target


def mark_absent(essay_id: UUID, *, absent: bool, by: User) -> None:
    """The pupil hands nothing in: the slot's failed file, if any, goes too.

    Raises IllegalMove, or Conflict when the essay is gone.
    """
    gone = Conflict("essay_gone", _("This essay has been deleted."))
    batch_id = Essay.objects.filter(pk=essay_id).values_list("batch_id", flat=True).first()
    if batch_id is None:
        raise gone
    with batches.held(batch_id) as batch:
        essay = batch.essays.filter(pk=essay_id).first()
        if essay is None:
            raise gone
        lifecycle.mark_absent(batch, essay, absent=absent, by=by)
        take_out(batch, Upload.objects.held_by(essay).select_related("raw"), by=by)


def erase_batch(batch_id: UUID, *, by: User | None) -> None:
    """Delete a batch with all that belongs to it; the event log keeps ids and counts."""
    with batches.locked(batch_id, for_deletion=True) as batch:
        if batch is None:
            return
        contents = [upload.raw for upload in batch.uploads.select_related("raw") if upload.raw]
        batches.record_erasure(batch, essay_count=batch.essays.count(), by=by)
        batch.delete()
        store.discard(contents)


@contextmanager
def _held(upload_id: UUID) -> Iterator[tuple[Batch, Upload]]:
    """The upload and its batch, locked, for a person's request. Raises Conflict when it is gone."""
    gone = Conflict("file_gone", _("This file has been deleted."))
    batch_id = Upload.objects.filter(pk=upload_id).values_list("batch_id", flat=True).first()
    if batch_id is None:
        raise gone
    with batches.held(batch_id) as batch:
        upload = batch.uploads.select_related("essay", "raw").filter(pk=upload_id).first()
        if upload is None:
            raise gone
        yield batch, upload
