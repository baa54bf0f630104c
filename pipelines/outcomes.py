"""How a batch stands after its runs: counted when one ends, and again when its essays change."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from batches import flow as batches
from batches.models import Batch
from events.bus import publish
from events.topics import BatchOutcomeChanged, BatchPipelineCompleted
from lifecycle import readiness
from pipelines import registry, work
from pipelines.models import PhaseRun, PipelineRun

Outcome = PipelineRun.Outcome

ENDED_WELL = (
    PhaseRun.Status.COMPLETED_SUCCESSFULLY,
    PhaseRun.Status.COMPLETED_WITH_PARTIAL_SUCCESS,
)
# A batch that is ready may have nothing left that lacks a check.
MAY_CHANGE = (
    Batch.Status.READY_FOR_PIPELINE_EXECUTION,
    Batch.Status.COMPLETED_SUCCESSFULLY,
    Batch.Status.COMPLETED_WITH_FAILURES,
    Batch.Status.FAILED_CRITICALLY,
)


def close_run(
    run: PipelineRun, outcome: Outcome, phase_runs: Sequence[PhaseRun], standing: work.Standing
) -> None:
    """Write how the run ended, give the batch its status by true counts, and say both."""
    batch, now = standing.batch, timezone.now()
    PipelineRun.objects.filter(pk=run.pk, ended_at=None).update(ended_at=now, outcome=outcome)
    run.ended_at, run.outcome = now, outcome
    counts = standing.counts(registry.resolve(batch.requested_pipeline))
    by_counts = status_of(counts.finished, counts.expected)
    if outcome != Outcome.CANCELLED:
        batches.move(batch, by_counts, completed_at=now)
    elif counts.finished and _had_ended_before(run):
        batches.move(batch, by_counts, completed_at=now, auto_start=False)
    else:
        batches.move(batch, Batch.Status.READY_FOR_PIPELINE_EXECUTION, auto_start=False)
    publish(
        BatchPipelineCompleted(
            batch_id=batch.pk,
            run_id=run.pk,
            completed_phases=tuple(row.phase for row in phase_runs if row.status in ENDED_WELL),
            outcome=outcome,
            final_status=batch.status,
            successful_essay_count=counts.finished,
            failed_essay_count=counts.failed,
            unfinished_essay_count=counts.unfinished,
            processing_duration_seconds=(now - run.started_at).total_seconds(),
        ),
        actor_id=run.requested_by_id,
        correlation_id=run.correlation_id,
    )


def status_of(n_finished: int, n_expected: int) -> Batch.Status:
    """Of a batch that has ended."""
    if not n_finished:
        return Batch.Status.FAILED_CRITICALLY
    if n_finished < n_expected:
        return Batch.Status.COMPLETED_WITH_FAILURES
    return Batch.Status.COMPLETED_SUCCESSFULLY


def _had_ended_before(run: PipelineRun) -> bool:
    others = PipelineRun.objects.filter(batch=run.batch_id).exclude(pk=run.pk)
    return others.exclude(outcome=Outcome.CANCELLED).exists()


def settle(batch: Batch) -> bool:
    """Give a locked batch without an active run the status that its essays have by now, and say so.

    Nothing changes while a file is being read, or where no run has been. What waits for its start
    goes on waiting, unless nothing is left to be started. Returns whether it had another status.
    """
    is_active = batch.runs.filter(ended_at=None)
    if batch.status not in MAY_CHANGE or not batch.runs.exists() or is_active.exists():
        return False
    slots = readiness.count(batch)
    if slots.ingesting:
        return False
    phases = registry.resolve(batch.requested_pipeline)
    standing = work.Standing(batch, phases)
    if batch.auto_start and standing.missing(phases, retry_failed=False):
        return False  # a run is on its way, which ends with a count
    counts = standing.counts(phases)
    target = status_of(counts.finished, counts.expected)
    if not counts.finished and not slots.ready and not slots.is_complete:
        target = Batch.Status.AWAITING_CONTENT_VALIDATION
    waits = batch.status == Batch.Status.READY_FOR_PIPELINE_EXECUTION
    if target == batch.status or (waits and standing.missing(phases, retry_failed=True)):
        return False
    if target == Batch.Status.AWAITING_CONTENT_VALIDATION:
        batches.move(batch, target, ready_at=None, completed_at=None)
    else:
        batches.move(batch, target, completed_at=batch.completed_at or timezone.now())
    publish(
        BatchOutcomeChanged(
            batch_id=batch.pk,
            final_status=batch.status,
            successful_essay_count=counts.finished,
            failed_essay_count=counts.failed,
            unfinished_essay_count=counts.unfinished,
        ),
        correlation_id=batch.correlation_id,
    )
    return True
