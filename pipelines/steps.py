"""One phase on some texts: an attempt begins, and ends once, whoever else tries the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, PositiveIntegerField
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from batches import flow as batches
from batches.models import Batch
from events import bulk
from jobs.attempts import Attempt, Done
from pipelines import flow
from pipelines.models import ACTIVE, NEXT_OF_ESSAY_PHASE, EssayPhase, PhaseRun, may_become

Status = EssayPhase.Status
R = TypeVar("R")

GAVE_UP = gettext_noop("The check failed several times for this essay. Run it again in a while.")


def begin(essay_phase_ids: Sequence[UUID]) -> list[Attempt[EssayPhase]]:
    """Count an attempt for each step that is not over, in a transaction of its own."""
    with transaction.atomic():
        mine = EssayPhase.objects.filter(pk__in=essay_phase_ids, status__in=ACTIVE)
        steps = list(mine.locked().select_related("text"))
        now = timezone.now()
        EssayPhase.objects.filter(pk__in=[step.pk for step in steps]).update(
            attempts=F("attempts") + 1,
            status=Status.IN_PROGRESS,
            started_at=Coalesce("started_at", now),
        )
    for step in steps:
        step.attempts += 1
        step.status = Status.IN_PROGRESS
        step.started_at = step.started_at or now
    phase_runs = PhaseRun.objects.select_related("run__batch")  # once, not with each of its texts
    of_id = phase_runs.in_bulk({step.phase_run_id for step in steps})
    attempts = []
    for step in steps:
        if step.phase_run_id not in of_id:
            continue  # the batch was deleted meanwhile
        step.phase_run = of_id[step.phase_run_id]
        run = step.phase_run.run
        allowed = run.batch.max_retries + 1
        attempts.append(Attempt(step, step.attempts, allowed, run.correlation_id))
    return attempts


def begin_anew(batch: Batch, phase: str, text_ids: Collection[int]) -> None:
    """What a phase does now on these texts of a locked batch is done from its beginning: what the
    attempts find that are under way is not wanted any more."""
    phase_run = PhaseRun.objects.filter(
        run__batch=batch, run__ended_at=None, phase=phase, status=PhaseRun.Status.IN_PROGRESS
    ).first()
    if phase_run is None:
        return
    begun = [Status.IN_PROGRESS, Status.FAILED]
    mine = phase_run.essay_phases.filter(text__in=text_ids, status__in=begun)
    again = list(mine.locked().values_list("pk", flat=True))
    if again:
        EssayPhase.objects.filter(pk__in=again).update(
            status=Status.IN_PROGRESS,
            attempts=0,
            queued_at=None,
            started_at=timezone.now(),
            ended_at=None,
            failure_code="",
            failure_detail="",
        )
        flow.fill_window(phase_run)


def take_back(essay_phase_id: UUID) -> None:
    """The attempt was lost or hindered: it does not count."""
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
def succeeding(ended: Sequence[Done[EssayPhase, R]]) -> Iterator[list[Done[EssayPhase, R]]]:
    """Store results inside, under the lock of their batch: of those that are still wanted.

    Not wanted: another attempt was faster, the step has begun anew, the run was cancelled, or the
    batch is gone.
    """
    ms = {done.row.pk: done.ms for done in ended}
    with _ending([done.row for done in ended], Status.SUCCEEDED, ms) as wanted:
        yield [done for done in ended if done.row.pk in wanted]


def succeed(ended: Sequence[Done[EssayPhase, R]]) -> None:
    """`succeeding`, for a phase that keeps its results elsewhere."""
    with succeeding(ended):
        pass


def fail(step: EssayPhase, code: str, detail: str) -> None:
    """The phase cannot be done on this text. detail: one sentence for the teacher."""
    with _ending([step], Status.FAILED, failure_code=code, failure_detail=detail):
        pass


def give_up(essay_phase_id: UUID, tried: EssayPhase | None = None) -> None:
    """tried: as an attempt has it that began; the step may have begun anew since."""
    step = tried or get(essay_phase_id)
    if step is not None:
        fail(step, "gave_up", GAVE_UP)


@contextmanager
def _ending(
    steps: Sequence[EssayPhase],
    target: Status,
    ms: Mapping[UUID, int] | None = None,
    **columns: object,
) -> Iterator[set[UUID]]:
    """End steps of one phase; which of them had not ended yet."""
    phase_run = steps[0].phase_run
    sources = may_become(target, NEXT_OF_ESSAY_PHASE)
    with batches.locked(phase_run.run.batch_id) as batch:
        not_ended = EssayPhase.objects.filter(status__in=sources)
        mine = not_ended.filter(pk__in=[step.pk for step in steps])
        began = dict(mine.values_list("pk", "started_at")) if batch is not None else {}
        wanted = {step.pk for step in steps if (step.pk, step.started_at) in began.items()}
        if wanted:
            if ms:
                of_each = {pk: ms[pk] for pk in wanted}
                columns["processing_ms"] = bulk.ByKey(of_each, PositiveIntegerField())
            ended = not_ended.filter(pk__in=wanted)
            ended.update(status=target, ended_at=timezone.now(), **columns)
        yield wanted
        if batch is not None and wanted:
            flow.advance(batch, phase_run)
