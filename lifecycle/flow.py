"""What happens to the essays of a batch. Every verb takes the locked batch and ends by counting."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from django.db.models import CharField, Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from batches.errors import Conflict, IllegalMove
from batches.models import MAX_ESSAYS, Batch
from events import bulk, correlation
from events.bus import publish
from events.topics import (
    BatchClosed,
    BatchExpectationChanged,
    EssayContentReady,
    EssayContentRemoved,
    EssayMarkedAbsent,
    EssaySlotAssigned,
    EssayValidationFailed,
    ExcessContentProvisioned,
    LateEssayReady,
)
from lifecycle import readiness, slots, texts
from lifecycle.models import NEXT, Essay
from lifecycle.texts import Content

Status = Essay.Status

# Itself among them: a file may be replaced while it is being read.
_MAY_BE_READ = {source for source in Status if Status.CONTENT_INGESTING in NEXT[source]} | {
    Status.CONTENT_INGESTING
}


def make_slots(
    batch_id: UUID, references: Sequence[str], *, first_position: int = 1
) -> list[Essay]:
    made = [
        Essay(batch_id=batch_id, position=position, reference=reference)
        for position, reference in enumerate(references, start=first_position)
    ]
    bulk.insert(made)
    return made


def _move(essay: Essay, target: Status, **columns: object) -> None:
    """Give an essay of a locked batch its next status. Raises IllegalMove."""
    source = Status(essay.status)
    if target not in NEXT[source]:
        raise IllegalMove(_("essay"), source.label, target.label)
    Essay.objects.filter(pk=essay.pk, status=source).update(status=target, **columns)
    essay.status = target
    for column, value in columns.items():
        setattr(essay, column, value)


# --- files come and go --------------------------------------------------------------------
def take_slot(
    batch: Batch,
    takeable: Sequence[Essay],
    *,
    file_name: str,
    essay_id: UUID | None = None,
    reference: str = "",
    by: User | None = None,
) -> Essay | None:
    """A file's slot, which `write_taken` has to be told of; None when the file is one too many.

    takeable: as `slots.takeable` says. An open batch makes a slot when none is free.
    Raises slots.UnknownEssay or slots.SlotTaken, or Conflict when the batch is full.
    """
    essay = slots.choose(
        batch, takeable, file_name=file_name, essay_id=essay_id, reference=reference
    )
    if essay is None and batch.is_open:
        essay = _another_slot(batch)
    if essay is None:
        publish(ExcessContentProvisioned(batch_id=batch.pk), correlation_id=batch.correlation_id)
        return None
    _take(batch, essay, file_name=file_name, by=by)
    return essay


def _another_slot(batch: Batch) -> Essay:
    there = batch.essays.aggregate(n=Count("pk"), last=Max("position"))
    _refuse_beyond_the_most(there["n"] + 1)
    last = there["last"] or 0
    reference = f"essay-{last + 1:02d}"
    if batch.essays.filter(reference=reference).exists():
        reference = f"essay-{last + 1:02d}-{there['n']}"
    return make_slots(batch.pk, [reference], first_position=last + 1)[0]


def _refuse_beyond_the_most(n_essays: int) -> None:
    if n_essays > MAX_ESSAYS:
        raise Conflict("too_many", _("A batch holds at most %d essays.") % MAX_ESSAYS)


def ingest(batch: Batch, essay: Essay, *, file_name: str, by: User | None = None) -> None:
    """The essay's file is being read: a first one, a replacement or another try."""
    _take(batch, essay, file_name=file_name, by=by)
    write_taken(batch, [essay])


def _take(batch: Batch, essay: Essay, *, file_name: str, by: User | None) -> None:
    source = Status(essay.status)
    if source not in _MAY_BE_READ:
        raise IllegalMove(_("essay"), source.label, Status.CONTENT_INGESTING.label)
    essay.status = Status.CONTENT_INGESTING
    essay.file_name = unicodedata.normalize("NFC", file_name)
    publish(
        EssaySlotAssigned(batch_id=batch.pk, essay_id=essay.pk),
        actor_id=by.pk if by else None,
        correlation_id=batch.correlation_id,
    )


def write_taken(batch: Batch, essays: Sequence[Essay]) -> None:
    """The files of these slots are being read from now on."""
    if not essays:
        return
    Essay.objects.filter(pk__in=[essay.pk for essay in essays], status__in=_MAY_BE_READ).update(
        status=Status.CONTENT_INGESTING,
        file_name=bulk.ByKey({essay.pk: essay.file_name for essay in essays}, CharField()),
        failure_code="",
        current_text=None,
        content_ready_at=None,
    )
    if batch.status != Batch.Status.AWAITING_CONTENT_VALIDATION:  # else it goes on waiting
        readiness.evaluate(batch)


def contents_ready(batch: Batch, contents: Sequence[Content]) -> None:
    """The files of some essays were read. Raises IllegalMove when one was not being read."""
    for content in contents:
        if Status.READY_FOR_PROCESSING not in NEXT[Status(content.essay.status)]:
            source = Status(content.essay.status)
            raise IllegalMove(_("essay"), source.label, Status.READY_FOR_PROCESSING.label)
    texts.add_read(contents)
    read = Essay.objects.filter(pk__in=[content.essay.pk for content in contents])
    read.filter(status=Status.CONTENT_INGESTING).update(
        status=Status.READY_FOR_PROCESSING,
        current_text=texts.newest(),
        failure_code="",
        content_ready_at=timezone.now(),
    )
    went_on_without_them = batch.status in readiness.WENT_ON
    for content in contents:
        with correlation.carrying(content.correlation_id):
            publish(
                EssayContentReady(
                    batch_id=batch.pk,
                    essay_id=content.essay.pk,
                    content_storage_reference=content.storage_reference,
                )
            )
    readiness.evaluate(batch)
    if went_on_without_them:
        for content in contents:
            _announce_late(batch, content.essay)


def content_waits(batch: Batch, essay: Essay, code: str) -> None:
    """What the reading of the essay's file needs is not to be had now; the code says what. A batch
    whose time is over goes on without it, and it comes late."""
    Essay.objects.filter(pk=essay.pk, status=Status.CONTENT_INGESTING).update(failure_code=code)
    readiness.evaluate(batch)


def content_goes_on(essay: Essay) -> None:
    """What the reading of the essay's file waited for is there again. The batch is locked."""
    Essay.objects.filter(pk=essay.pk, status=Status.CONTENT_INGESTING).update(failure_code="")


def content_failed(batch: Batch, essay: Essay, code: str) -> None:
    """The essay's file could not be read, for the reason that the code names."""
    _move(essay, Status.CONTENT_INGESTION_FAILED, failure_code=code)
    publish(
        EssayValidationFailed(batch_id=batch.pk, essay_id=essay.pk, validation_error_code=code),
        correlation_id=batch.correlation_id,
    )
    readiness.evaluate(batch)


def content_removed(batch: Batch, essay: Essay, *, by: User) -> None:
    """The essay's file was taken out: its slot is free again, or gone in an open batch."""
    publish(
        EssayContentRemoved(batch_id=batch.pk, essay_id=essay.pk),
        actor_id=by.pk,
        correlation_id=batch.correlation_id,
    )
    if batch.is_open:
        essay.delete()
    else:
        _move(
            essay,
            Status.AWAITING_CONTENT,
            current_text=None,
            file_name="",
            failure_code="",
            content_ready_at=None,
        )
    readiness.evaluate(batch)


def _announce_late(batch: Batch, essay: Essay) -> None:
    publish(
        LateEssayReady(batch_id=batch.pk, essay_id=essay.pk),
        correlation_id=batch.correlation_id,
    )


# --- what the teacher says about slots ----------------------------------------------------
def mark_absent(batch: Batch, essay: Essay, *, absent: bool, by: User) -> None:
    """The pupil hands nothing in (or does after all). Raises IllegalMove."""
    target = Status.ABSENT if absent else Status.AWAITING_CONTENT
    if not absent and essay.status != Status.ABSENT:
        raise IllegalMove(_("essay"), Status(essay.status).label, target.label)
    _move(essay, target, failure_code="", file_name="")
    publish(
        EssayMarkedAbsent(batch_id=batch.pk, essay_id=essay.pk, absent=absent),
        actor_id=by.pk,
        correlation_id=batch.correlation_id,
    )
    readiness.evaluate(batch)


def close(batch: Batch, *, by: User) -> None:
    """All files of an open batch are in: what is here is what was expected. Raises Conflict."""
    if not batch.is_open:
        raise Conflict("not_open", _("This batch has a number of expected essays already."))
    n_slots = batch.essays.count()
    if n_slots == 0:
        raise Conflict("no_essays", _("There are no essays in this batch yet."))
    Batch.objects.filter(pk=batch.pk).update(expected_essay_count=n_slots)
    batch.expected_essay_count = n_slots
    publish(
        BatchClosed(batch_id=batch.pk, expected_essay_count=n_slots),
        actor_id=by.pk,
        correlation_id=batch.correlation_id,
    )
    readiness.evaluate(batch)


def set_expected_essay_count(batch: Batch, expected: int, *, by: User) -> None:
    """Expect more essays (free slots are added) or fewer (free slots are dropped from the end).

    Raises Conflict when fewer free slots are left than would have to go.
    """
    _refuse_beyond_the_most(expected)
    positions = batch.essays.aggregate(last=Max("position"))["last"] or 0
    n_slots = batch.essays.count()
    if expected > n_slots:
        taken = set(batch.essays.values_list("reference", flat=True))
        numbers = (n for n in range(positions + 1, positions + expected + len(taken) + 1))
        fresh = [name for n in numbers if (name := f"essay-{n:02d}") not in taken]
        make_slots(batch.pk, fresh[: expected - n_slots], first_position=positions + 1)
    elif expected < n_slots:
        free = batch.essays.free().order_by("-position").values_list("pk", flat=True)
        doomed = list(free[: n_slots - expected])
        if len(doomed) < n_slots - expected or expected < 1:
            raise Conflict(
                "slots_in_use",
                _("%(n)d essays have a file or are marked absent. Remove some of them first.")
                % {"n": n_slots - len(free)},
            )
        batch.essays.filter(pk__in=doomed).delete()
    Batch.objects.filter(pk=batch.pk).update(expected_essay_count=expected)
    batch.expected_essay_count = expected
    publish(
        BatchExpectationChanged(batch_id=batch.pk, expected_essay_count=expected),
        actor_id=by.pk,
        correlation_id=batch.correlation_id,
    )
    readiness.evaluate(batch)


def go_on_with_what_is_here(batch: Batch) -> None:
    """The teacher does not wait for the rest. Raises Conflict when no essay is ready."""
    counts = readiness.count(batch)
    if counts.ready == 0:
        raise Conflict("no_essays_ready", _("No essay of this batch has been read yet."))
    if batch.status == Batch.Status.AWAITING_CONTENT_VALIDATION:
        readiness.become_ready(batch, counts)
