"""Runs: started by a person or by readiness, topped up for late texts, ended with true counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import NEXT, Batch
from events import bulk, correlation
from events.bus import publish
from events.topics import DomainEvent, DomainText, ELSBatchPhaseOutcome, PhaseSkipped
from jobs import window
from lifecycle import flow as lifecycle
from pipelines import outcomes, registry, work
from pipelines.models import (
    ACTIVE,
    NEXT_OF_PHASE_RUN,
    EssayPhase,
    PhaseRun,
    PipelineRun,
    may_become,
)

Outcome = PipelineRun.Outcome
PhaseStatus = PhaseRun.Status

OPEN_PHASES = (PhaseStatus.PENDING, PhaseStatus.IN_PROGRESS)
WITH_FAILURES = (PhaseStatus.COMPLETED_WITH_PARTIAL_SUCCESS, PhaseStatus.FAILED)


def _last_run(batch: Batch) -> PipelineRun | None:
    """By the ids of its phases: clocks of hosts differ."""
    return batch.runs.annotate(made=Max("phase_runs")).order_by("made").last()


def active_run(batch: Batch) -> PipelineRun | None:
    return batch.runs.filter(ended_at=None).first()


# --- a run begins -------------------------------------------------------------------------
def start(batch_id: UUID, requested: str, *, by: User) -> PipelineRun:
    """A person starts a pipeline on what is ready now; finished phases are left out.

    Raises UnknownPipeline, or Conflict: a run is active, no essay is ready, nothing is left to do.
    """
    registry.get(requested)
    with batches.held(batch_id) as batch:
        _refuse_while_busy(batch)
        lifecycle.go_on_with_what_is_here(batch)
        Batch.objects.filter(pk=batch.pk).update(requested_pipeline=requested)
        batch.requested_pipeline = requested
        run = top_up(batch, by=by, retry_failed=True)
        if run is None:
            raise Conflict("nothing_to_do", _("Every essay has been checked already."))
    return run


def retry_phase(
    batch_id: UUID, phase: str, *, essay_ids: Collection[UUID] | None, by: User
) -> PipelineRun:
    """Do a phase again where it has not succeeded, on all essays or some. Raises as `start`."""
    registry.get(phase)
    with batches.held(batch_id) as batch:
        _refuse_while_busy(batch)
        run = top_up(batch, by=by, pipeline=phase, essay_ids=essay_ids, retry_failed=True)
        if run is None:
            raise Conflict("nothing_to_do", _("Nothing failed that could be tried again."))
    return run


def _refuse_while_busy(batch: Batch) -> None:
    if active_run(batch) is not None:
        raise Conflict("run_active", _("This batch is being checked already."))
    if batch.status == Batch.Status.CANCELLED:
        raise Conflict("batch_cancelled", _("This batch is cancelled. Reopen it first."))


def start_if_automatic(batch_id: UUID) -> None:
    """The batch has become ready: start its pipeline, if it is to start by itself."""
    with batches.locked(batch_id) as batch:
        if batch is None or batch.status != Batch.Status.READY_FOR_PIPELINE_EXECUTION:
            return
        if not (batch.auto_start and top_up(batch)):
            outcomes.settle(batch)


def pick_up_late_essays(batch_id: UUID) -> None:
    """A text came after the batch had gone on; an active run takes it at its end."""
    with batches.locked(batch_id) as batch:
        last = _last_run(batch) if batch is not None else None
        if batch is None or last is None:
            return
        if last.outcome == Outcome.CANCELLED or top_up(batch) is None:
            outcomes.settle(batch)


def top_up(
    batch: Batch,
    *,
    by: User | None = None,
    pipeline: str = "",
    essay_ids: Collection[UUID] | None = None,
    retry_failed: bool = False,
) -> PipelineRun | None:
    """Start a run on what is missing: current texts × requested phases − succeeded − active.

    One function for the first start, late essays, replacements, corrections, retries and a second
    pipeline. None, and nothing changed, when a run is active, nothing is missing, or the batch
    waits for essays, whose coming will start one. Where people start the checks, what they left out
    when they chose some essays stays left out until somebody asks for it.
    """
    if Batch.Status.PROCESSING_PIPELINES not in NEXT[Batch.Status(batch.status)]:
        return None
    if active_run(batch) is not None:
        return None
    requested = pipeline or batch.requested_pipeline
    phases = registry.resolve(requested)
    left_out = _left_out(batch) if by is None and not batch.auto_start else []
    standing = work.Standing(batch, phases, essay_ids, but=left_out)
    missing = standing.missing(phases, retry_failed=retry_failed)
    if not missing:
        return None
    if essay_ids is not None:
        left_out = [text for text in work.current_texts(batch) if text not in standing.essay_of]
    batches.move(batch, Batch.Status.PROCESSING_PIPELINES, completed_at=None)
    run = PipelineRun.objects.create(
        batch=batch,
        requested=requested,
        phases=list(missing),
        text_ids=sorted({text for todo in missing.values() for text in todo}),
        left_out=left_out,
        requested_by=by,
        correlation_id=correlation.current() or batch.correlation_id,
        started_at=timezone.now(),
    )
    for phase in phases:
        if phase.name not in missing:
            _publish(PhaseSkipped(batch_id=batch.pk, phase=phase.name), run)
    phase_runs = [PhaseRun.objects.create(run=run, phase=name) for name in missing]
    _go_on(run, phase_runs, standing)
    return run


def _left_out(batch: Batch) -> list[int]:
    last = _last_run(batch)
    return list(last.left_out) if last is not None else []


def ask_for(batch: Batch, text_ids: Collection[int]) -> None:
    """These texts of a locked batch are not left out any more: the active run takes them up at its
    end, if it is not about them."""
    run = active_run(batch)
    if run is not None:
        left_out = [text for text in run.left_out if text not in text_ids]
        PipelineRun.objects.filter(pk=run.pk).update(left_out=left_out)


# --- a run goes on ------------------------------------------------------------------------
def _go_on(run: PipelineRun, phase_runs: Sequence[PhaseRun], standing: work.Standing) -> None:
    """Start every phase whose requirements have ended; end the run when nothing is left of it.

    phase_runs: all of the run, in the order in which they were made.
    """
    open_names = {row.phase for row in phase_runs if row.status in OPEN_PHASES}
    for row in phase_runs:
        phase = registry.get(row.phase)
        may_start = row.status == PhaseStatus.PENDING and open_names.isdisjoint(phase.requires)
        if may_start and not _start_phase(run, row, phase, standing):
            open_names.discard(row.phase)  # nothing to do there: what requires it may follow
    if not open_names:
        _end(run, phase_runs, standing)


def _start_phase(
    run: PipelineRun, phase_run: PhaseRun, phase: registry.Phase, standing: work.Standing
) -> bool:
    """Whether the phase has any text to begin on."""
    todo = standing.eligible(run.text_ids, phase)
    now = timezone.now()
    if not todo:
        _move_phase(phase_run, PhaseStatus.SKIPPED, ended_at=now)
        return False
    _move_phase(phase_run, PhaseStatus.IN_PROGRESS, started_at=now)
    steps = [EssayPhase(phase_run=phase_run, text_id=text_id) for text_id in todo]
    fill_window(phase_run, steps)
    bulk.insert(steps)
    _publish(
        phase.command(
            batch_id=standing.batch.pk,
            phase=phase.name,
            essays=tuple(DomainText(standing.essay_of[pk], pk) for pk in todo),
            language=standing.batch.language,
        ),
        run,
    )
    return True


def fill_window(phase_run: PhaseRun, new: Sequence[EssayPhase] = ()) -> bool:
    """Queue the next texts of a phase; whether any is open. new: the caller inserts them next."""
    open_rows = phase_run.essay_phases.filter(status__in=ACTIVE).order_by("text_id")
    task = registry.get(phase_run.phase).essay_task
    size = phase_run.run.batch.queue_window
    return window.fill(open_rows, task, size=size, together=settings.ESSAYS_PER_TASK, new=new)


def advance(batch: Batch, phase_run: PhaseRun) -> None:
    """A text of the phase has ended: queue the next one, or end the phase, or the run."""
    if fill_window(phase_run):
        return
    _end_phase(batch, phase_run)
    run = phase_run.run
    _go_on(run, list(run.phase_runs.order_by("pk")), _standing(batch, run))


def _standing(batch: Batch, run: PipelineRun) -> work.Standing:
    return work.Standing(batch, registry.resolve(run.requested, batch.requested_pipeline))


def _end_phase(batch: Batch, phase_run: PhaseRun) -> None:
    rows = phase_run.essay_phases.order_by("text__essay__position")
    by_status = list(rows.values_list("text__essay_id", "status"))
    processed = tuple(pk for pk, status in by_status if status == EssayPhase.Status.SUCCEEDED)
    failed = tuple(pk for pk, status in by_status if status == EssayPhase.Status.FAILED)
    status = PhaseStatus(_outcome(any_succeeded=bool(processed), any_failed=bool(failed)))
    _move_phase(phase_run, status, ended_at=timezone.now())
    _publish(
        ELSBatchPhaseOutcome(
            batch_id=batch.pk,
            phase=phase_run.phase,
            phase_status=status,
            processed_essay_ids=processed,
            failed_essay_ids=failed,
        ),
        phase_run.run,
    )


def _outcome(*, any_succeeded: bool, any_failed: bool) -> str:
    if not any_failed:
        return Outcome.COMPLETED_SUCCESSFULLY
    return Outcome.COMPLETED_WITH_PARTIAL_SUCCESS if any_succeeded else Outcome.FAILED


def _move_phase(phase_run: PhaseRun, target: PhaseStatus, **stamps: object) -> None:
    sources = may_become(target, NEXT_OF_PHASE_RUN)
    PhaseRun.objects.filter(pk=phase_run.pk, status__in=sources).update(status=target, **stamps)
    phase_run.status = target


# --- a run ends ---------------------------------------------------------------------------
def _end(run: PipelineRun, phase_runs: Sequence[PhaseRun], standing: work.Standing) -> None:
    succeeded = any(row.status in outcomes.ENDED_WELL for row in phase_runs)
    failed = any(row.status in WITH_FAILURES for row in phase_runs)
    outcome = Outcome(_outcome(any_succeeded=succeeded, any_failed=failed))
    outcomes.close_run(run, outcome, phase_runs, standing)
    phases = registry.resolve(standing.batch.requested_pipeline)
    if standing.missing(phases, retry_failed=False):  # it came late, while the run was active
        top_up(standing.batch)


def cancel(batch_id: UUID, *, by: User, only: str = "") -> None:
    """Cancel the active run, or, without one, the batch. Work that is under way ends harmlessly.

    only: "run" or "batch", as whoever asks has seen it: where it is the other by now, nothing
    happens. Raises IllegalMove when there is nothing to cancel.
    """
    with batches.held(batch_id) as batch:
        run = active_run(batch)
        is_done = batch.status == Batch.Status.CANCELLED
        if only and (is_done or only != ("batch" if run is None else "run")):
            return
        if run is None:
            batches.cancel(batch, by=by)
            return
        now = timezone.now()
        steps = EssayPhase.objects.filter(phase_run__run=run, status__in=ACTIVE)
        open_ids = list(steps.locked().values_list("pk", flat=True))
        EssayPhase.objects.filter(pk__in=open_ids).update(
            status=EssayPhase.Status.CANCELLED, ended_at=now
        )
        run.phase_runs.filter(status__in=OPEN_PHASES).update(
            status=PhaseStatus.CANCELLED, ended_at=now
        )
        phase_runs = list(run.phase_runs.order_by("pk"))
        outcomes.close_run(run, Outcome.CANCELLED, phase_runs, _standing(batch, run))


def _publish(event: DomainEvent, run: PipelineRun) -> None:
    publish(event, actor_id=run.requested_by_id, correlation_id=run.correlation_id)
