"""What happens to an export: asked for, made in turns, ready or failed, and gone after a while."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from content import store
from content.models import StoredContent
from exports.gather import fingerprint
from exports.models import Export, ExportPart, ExportQuerySet
from jobs.attempts import Attempt
from jobs.queue import enqueue

Status = Export.Status
MAKE_TASK = "exports.tasks.make_export"


def ask(batch_id: UUID, kind: str, *, language: str, by: User) -> Export:
    """An export of the batch as it is now; one that is being made or still true serves again.

    Raises Conflict when there is no text to export.
    """
    with batches.held(batch_id) as batch:
        ready = batch.essays.ready()
        n_total = ready.count()
        if not n_total:
            detail = _("No essay of this batch has been read yet.")
            raise Conflict("nothing_to_export", detail)
        wanted = Export(
            batch=batch,
            asked_by=by,
            kind=kind,
            language=language,
            fingerprint=fingerprint(batch),
            n_total=n_total,
            queued_at=timezone.now(),
        )
        same = Export.objects.like(wanted)
        usable = same.pending() | same.kept().filter(fingerprint=wanted.fingerprint)
        if (found := usable.order_by("-asked_at").first()) is not None:
            return found
        remove(same.failed())
        wanted.save(force_insert=True)
        enqueue(MAKE_TASK, wanted.pk)
    return wanted


# --- while it is made ---------------------------------------------------------------------
def begin(export_ids: Sequence[UUID]) -> list[Attempt[Export]]:
    """Count an attempt for each that is not made yet, in a statement of its own, and read them."""
    mine = Export.objects.pending().filter(pk__in=export_ids)
    if not mine.update(attempts=F("attempts") + 1):
        return []
    return [
        Attempt(export, export.attempts, export.batch.max_retries + 1, export.batch.correlation_id)
        for export in mine.select_related("batch")
    ]


def take_back(export_id: UUID) -> None:
    """The attempt was lost or hindered: it does not count."""
    lost = Export.objects.pending().filter(pk=export_id, attempts__gt=0)
    lost.update(attempts=F("attempts") - 1)


def keep_part(
    export: Export, key: str, content: StoredContent, *, n_done: int, n_total: int
) -> bool:
    """A part is made; the attempts begin to count anew. False when nobody wants it any more."""
    with batches.locked(export.batch_id) as batch:
        mine = Export.objects.pending().filter(pk=export.pk)
        progress = {"n_done": n_done, "n_total": n_total}
        if batch is not None and mine.update(attempts=0, **progress):
            _part, is_new = ExportPart.objects.get_or_create(
                export=export, key=key, defaults={"content": content}
            )
            if not is_new:  # another attempt was faster
                store.discard([content])
            return True
        store.discard([content])
    return False


def go_on(export: Export) -> None:
    """Its turn is over: the rest is made when others have had theirs."""
    with batches.locked(export.batch_id) as batch:
        mine = Export.objects.pending().filter(pk=export.pk)
        if batch is not None and mine.update(queued_at=timezone.now()):
            enqueue(MAKE_TASK, export.pk)


def finish(export: Export, content: StoredContent, key: str, *, n_total: int) -> None:
    """The file is whole; it takes the place of older ones of its kind, and its parts go.

    key: the fingerprint of what it was made from.
    """
    at = timezone.now()
    with batches.locked(export.batch_id) as batch:
        mine = Export.objects.pending().filter(pk=export.pk)
        if batch is None or not mine.update(
            status=Status.READY,
            content=content,
            fingerprint=key,
            n_done=n_total,
            n_total=n_total,
            finished_at=at,
            expires_at=at + timedelta(days=settings.EXPORT_KEEP_DAYS),
        ):
            store.discard([content])
            return
        _drop_parts(ExportPart.objects.filter(export=export))
        remove(Export.objects.like(export).exclude(pk=export.pk).exclude(status=Status.PENDING))


def give_up(export_id: UUID, _tried: Export | None = None) -> None:
    """Every attempt ended in a fault, or killed its worker."""
    export = Export.objects.filter(pk=export_id).first()
    if export is None:
        return
    at = timezone.now()
    with batches.locked(export.batch_id) as batch:
        mine = Export.objects.pending().filter(pk=export.pk)
        if batch is not None and mine.update(
            status=Status.FAILED,
            failure_code="gave_up",
            finished_at=at,
            expires_at=at + timedelta(days=settings.EXPORT_KEEP_DAYS),
        ):
            _drop_parts(ExportPart.objects.filter(export=export))


# --- until it is gone ---------------------------------------------------------------------
def withdraw(export: Export) -> None:
    """Its bytes are not what they were: it is not offered any more, and can be asked for anew."""
    with batches.locked(export.batch_id) as batch:
        if batch is not None:
            remove(Export.objects.filter(pk=export.pk))


def read(export: Export) -> bytes:
    """The file of a ready export. Raises Conflict when it cannot be had, now or any more."""
    if export.content is None:
        raise Conflict("not_ready", _("This export is not ready."))
    try:
        return store.read(export.content)
    except (FileNotFoundError, store.ContentAltered) as error:
        withdraw(export)
        raise not_kept() from error
    except store.StorageUnavailable as error:
        detail = _("The storage does not answer. Try again in a moment.")
        raise Conflict("storage_unavailable", detail) from error


def not_kept() -> Conflict:
    return Conflict("not_kept", _("This export is not kept any more. Make it again."))


def remove(exports: ExportQuerySet) -> int:
    """Delete exports of the locked batch; their bytes go when the transaction commits."""
    doomed = list(exports.select_related("content"))
    _drop_parts(ExportPart.objects.filter(export__in=doomed))
    Export.objects.filter(pk__in=[export.pk for export in doomed]).delete()
    store.discard(export.content for export in doomed if export.content)
    return len(doomed)


def _drop_parts(parts: Iterable[ExportPart]) -> None:
    doomed = [(part.pk, part.content) for part in parts]
    ExportPart.objects.filter(pk__in=[pk for pk, _content in doomed]).delete()
    store.discard(content for _pk, content in doomed)
