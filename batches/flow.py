"""What happens to a batch as a whole, and the lock under which everything of a batch is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from batches import courses
from batches.errors import Conflict, IllegalMove
from batches.models import MAX_ESSAYS, NEXT, Batch
from events import correlation
from events.bus import publish, recording
from events.topics import (
    BatchCancelled,
    BatchErased,
    BatchEssaysRegistered,
    BatchReopened,
)

MAX_REFERENCE_CHARS = 200

Status = Batch.Status


@contextmanager
def locked(batch_id: UUID, *, for_deletion: bool = False) -> Iterator[Batch | None]:
    """A transaction that begins by locking the batch; None when the batch is gone.

    Every write of anything that belongs to a batch happens inside. It takes no second batch, and
    nothing slow happens in it: no storage, no parsing, no network. On SQLite the transaction itself
    (IMMEDIATE) is the lock.
    """
    with transaction.atomic(), recording():
        rows = Batch.objects.select_for_update(no_key=not for_deletion)
        yield rows.filter(pk=batch_id).first()


@contextmanager
def held(batch_id: UUID) -> Iterator[Batch]:
    """`locked` for a person's request: raises Conflict when the batch was deleted meanwhile."""
    with locked(batch_id) as batch:
        if batch is None:
            raise Conflict("batch_gone", _("This batch has been deleted."))
        yield batch


def register(
    *,
    owner: User,
    course_code: str = "",
    language: str = "",
    expected_essay_count: int | None = None,
    essay_ids: Sequence[str] | None = None,
    **details: Any,
) -> Batch:
    """Register a batch; its slots are made in the same transaction.

    language: wins over the course code's; without it the code must be a known one.
    essay_ids: the client's references, unique, as many as expected; generated when not given.
    expected_essay_count: None means their number, or, without them, an open batch.
    details: the other columns of Batch that a person may fill in.
    Raises ValidationError, by field.
    """
    references = _clean_references(essay_ids, expected_essay_count)
    if expected_essay_count is None and references:
        expected_essay_count = len(references)
    defaults = {
        "timeout_seconds": settings.READINESS_TIMEOUT_S,
        "max_retries": settings.MAX_RETRIES,
        "partial_batch_threshold": settings.PARTIAL_BATCH_THRESHOLD,
    }
    batch = Batch(
        owner=owner,
        course_code=courses.clean_code(course_code),
        language=language or courses.language_of(course_code),
        expected_essay_count=expected_essay_count,
        **{**defaults, **details},
    )
    if request_id := correlation.current():
        batch.correlation_id = request_id
    batch.clean_fields(exclude={"owner"})  # the constraints say the same once more, of the table
    if not references and expected_essay_count:
        references = tuple(f"essay-{n:02d}" for n in range(1, expected_essay_count + 1))
    with transaction.atomic(), recording():
        batch.save(force_insert=True)
        publish(
            BatchEssaysRegistered(
                batch_id=batch.pk,
                expected_essay_count=batch.expected_essay_count,
                essay_ids=references,
            ),
            actor_id=owner.pk,
            correlation_id=batch.correlation_id,
        )
    return batch


def _clean_references(essay_ids: Sequence[str] | None, expected: int | None) -> tuple[str, ...]:
    references = tuple(essay_id.strip() for essay_id in essay_ids or ())
    problem = None
    if any(not 0 < len(reference) <= MAX_REFERENCE_CHARS for reference in references):
        problem = _("Each essay id has between 1 and %d characters.") % MAX_REFERENCE_CHARS
    elif len(set(references)) != len(references):
        problem = _("The essay ids must differ from each other.")
    elif references and expected is not None and len(references) != expected:
        problem = _("%(given)d essay ids were given, but %(expected)d essays are expected.") % {
            "given": len(references),
            "expected": expected,
        }
    elif len(references) > MAX_ESSAYS:
        problem = _("A batch holds at most %d essays.") % MAX_ESSAYS
    if problem:
        raise ValidationError({"essay_ids": problem})
    return references


def move(batch: Batch, target: Status, **stamps: datetime | bool | None) -> None:
    """Give a locked batch its next status, and set columns with it. Raises IllegalMove."""
    source = Status(batch.status)
    if target not in NEXT[source]:
        raise IllegalMove(_("batch"), source.label, target.label)
    Batch.objects.filter(pk=batch.pk, status=source).update(status=target, **stamps)
    batch.status = target
    for column, value in stamps.items():
        setattr(batch, column, value)


def describe(batch_id: UUID, **details: str) -> Batch:
    """Change what a person wrote about the batch: title, class, task. Raises ValidationError."""
    with held(batch_id) as batch:
        for column, value in details.items():
            setattr(batch, column, value)
        batch.full_clean(exclude={field.name for field in Batch._meta.fields} - details.keys())
        Batch.objects.filter(pk=batch.pk).update(**details)
    return batch


def cancel(batch: Batch, *, by: User | None) -> None:
    """Cancel a locked batch that has no run. Its files stay; reading that is under way ends."""
    move(batch, Status.CANCELLED)
    publish(
        BatchCancelled(batch_id=batch.pk),
        actor_id=by.pk if by else None,
        correlation_id=batch.correlation_id,
    )


def reopen(batch: Batch, *, by: User) -> None:
    """Take a locked, cancelled batch up again; the caller counts its essays afterwards.

    Raises IllegalMove for any other, which waits again by its count alone.
    """
    if batch.status != Status.CANCELLED:
        label = Status(batch.status).label
        raise IllegalMove(_("batch"), label, Status.AWAITING_CONTENT_VALIDATION.label)
    move(batch, Status.AWAITING_CONTENT_VALIDATION)
    publish(BatchReopened(batch_id=batch.pk), actor_id=by.pk, correlation_id=batch.correlation_id)


def set_archived(batch_id: UUID, at: datetime | None) -> None:
    """Put a batch away (a moment) or take it out again (None)."""
    with held(batch_id) as batch:
        Batch.objects.filter(pk=batch.pk).update(archived_at=at)


def record_erasure(batch: Batch, *, essay_count: int, by: User | None) -> None:
    """Write the receipt of a deletion; the event log keeps no text and no name."""
    publish(
        BatchErased(batch_id=batch.pk, essay_count=essay_count),
        actor_id=by.pk if by else None,
        correlation_id=batch.correlation_id,
    )
