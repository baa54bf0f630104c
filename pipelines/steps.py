"""One phase on one text: an attempt begins, and ends once, whoever else tries the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from batches import flow as batches
from jobs.attempts import Attempt
from pipelines import flow
from pipelines.models import ACTIVE, NEXT_OF_ESSAY_PHASE, EssayPhase, may_become

Status = EssayPhase.Status

GAVE_UP = gettext_noop("The check failed several times for this essay. Run it again in a while.")


def begin(essay_phase_id: UUID) -> Attempt[EssayPhase] | None:
    """Count an attempt, in a statement of its own; None when there is nothing left to do."""
    mine = EssayPhase.objects.filter(pk=essay_phase_id, status__in=ACTIVE)
    if not mine.update(
        attempts=F("attempts") + 1,
        status=Status.IN_PROGRESS,
        started_at=Coalesce("started_at", timezone.now()),
    ):
        return None
    step = get(essay_phase_id)
    if step is None:
        return None
    run = step.phase_run.run
    return Attempt(step, step.attempts, run.batch.max_retries + 1, run.correlation_id)


def take_back(essay_phase_id: UUID) -> None:
    """The attempt was lost with the database's connection: it does not count."""
    lost = EssayPhase.objects.filter(pk=essay_phase_id, status__in=ACTIVE, attempts__gt=0)
    lost.update(attempts=F("attempts") - 1)


def get(essay_phase_id: UUID) -> EssayPhase | None:
    """The step with its text, its run and its batch; None when it was deleted."""
    return (
        EssayPhase.objects.select_related("text", "phase_run__run__batch")
        .filter(pk=essay_phase_id)
        .first()
    )


@contextmanager
def succeeding(step: EssayPhase, *, processing_ms: int) -> Iterator[bool]:
    """Store a result inside; True when it is still wanted, under the batch's lock.

    False when another attempt was faster, or the run was cancelled, or the batch is gone: then the
    block must write nothing.
    """
    with _ending(step, Status.SUCCEEDED, processing_ms=processing_ms) as is_wanted:
        yield is_wanted


def fail(step: EssayPhase, code: str, detail: str) -> None:
    """The phase cannot be done on this text. detail: one sentence for the teacher."""
    with _ending(step, Status.FAILED, failure_code=code, failure_detail=detail):
        pass


def give_up(essay_phase_id: UUID) -> None:
    step = get(essay_phase_id)
    if step is not None:
        fail(step, "gave_up", GAVE_UP)


@contextmanager
def _ending(step: EssayPhase, target: Status, **columns: object) -> Iterator[bool]:
    with batches.locked(step.phase_run.run.batch_id) as batch:
        n_ended = 0
        if batch is not None:
            sources = may_become(target, NEXT_OF_ESSAY_PHASE)
            mine = EssayPhase.objects.filter(pk=step.pk, status__in=sources)
            n_ended = mine.update(status=target, ended_at=timezone.now(), **columns)
        yield bool(n_ended)
        if batch is not None and n_ended:
            flow.advance(batch, step.phase_run)
