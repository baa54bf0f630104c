"""What was lost: places of steps in the queue, ends of phases, starts of batches, late essays."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from batches.flow import locked
from batches.models import Batch
from events.models import Event
from jobs import sweeps, window
from lifecycle.models import Essay
from pipelines import flow, outcomes, registry
from pipelines.models import ACTIVE, EssayPhase, PhaseRun
from pipelines.receivers import CHANGE_AN_OUTCOME

WEEK = timedelta(days=7)


@sweeps.register
def sweep_lost_steps(at: datetime | None = None) -> int:
    """Queue again what waits for a phase but stands in no queue. Returns how many rows."""
    at = at or timezone.now()
    open_steps = EssayPhase.objects.filter(status__in=ACTIVE)
    lost = [
        pk
        for name in registry.names()
        for pk in window.lost(
            open_steps.filter(phase_run__phase=name), registry.get(name).essay_task, at=at
        )
    ]
    before = at - timedelta(seconds=settings.Q_CLUSTER["retry"])
    stalled = Q(queued_at=None, phase_run__started_at__lt=before)
    steps = open_steps.filter(Q(pk__in=lost) | stalled).order_by()
    phase_runs = PhaseRun.objects.filter(pk__in=steps.values("phase_run"))
    for phase_run in phase_runs.select_related("run"):
        batch_id = phase_run.run.batch_id
        with sweeps.apart(batch_id), locked(batch_id) as batch:
            if batch is not None:
                mine = phase_run.essay_phases.filter(pk__in=lost, status__in=ACTIVE)
                mine.update(queued_at=None)
                flow.fill_window(phase_run)
    return len(lost)


@sweeps.register
def sweep_unstarted_batches(at: datetime | None = None) -> int:
    """Start what is ready and should have started by itself. Returns how many batches."""
    before = (at or timezone.now()) - timedelta(seconds=2 * settings.Q_CLUSTER["retry"])
    ready = Batch.objects.filter(
        status=Batch.Status.READY_FOR_PIPELINE_EXECUTION, auto_start=True, ready_at__lt=before
    )
    batch_ids = list(ready.values_list("pk", flat=True))
    for batch_id in batch_ids:
        with sweeps.apart(batch_id):
            flow.start_if_automatic(batch_id)
    return len(batch_ids)


@sweeps.register
def sweep_unended_phases() -> int:
    """End the phases without an open step: the last one went with its essay. Returns how many."""
    open_steps = EssayPhase.objects.filter(phase_run=OuterRef("pk"), status__in=ACTIVE)
    stuck = PhaseRun.objects.filter(
        ~Exists(open_steps),
        run__batch__status=Batch.Status.PROCESSING_PIPELINES,
        status=PhaseRun.Status.IN_PROGRESS,
    )
    found = list(stuck.values_list("pk", "run__batch_id"))
    for pk, batch_id in found:
        with sweeps.apart(batch_id), locked(batch_id) as batch:
            phase_run = stuck.select_related("run__batch").filter(pk=pk).first()
            if batch is not None and phase_run is not None:
                flow.advance(batch, phase_run)
    return len(found)


@sweeps.register_hourly
def sweep_unsettled_batches(at: datetime | None = None) -> int:
    """Count once more what has ended and had its essays changed in the last week: the news of that
    may be lost. Returns how many batches were not as their essays are."""
    since = (at or timezone.now()) - WEEK
    topics = [event.topic for event in CHANGE_AN_OUTCOME]
    changes = Event.objects.filter(event_type__in=topics, event_timestamp__gt=since).order_by()
    ended = Batch.objects.filter(status__in=outcomes.MAY_CHANGE, pk__in=changes.values("batch_id"))
    n_found = 0
    for batch_id in list(ended.values_list("pk", flat=True)):
        with sweeps.apart(batch_id), locked(batch_id) as batch:
            n_found += batch is not None and outcomes.settle(batch)
    return n_found


@sweeps.register_hourly
def sweep_late_essays(at: datetime | None = None) -> int:
    """Check the texts that came late and that no run has taken up. Returns how many batches."""
    before = (at or timezone.now()) - timedelta(seconds=2 * settings.Q_CLUSTER["retry"])
    steps = EssayPhase.objects.filter(text=OuterRef("current_text"))
    late = Essay.objects.ready().filter(
        ~Exists(steps),
        batch__auto_start=True,
        batch__status__in=[
            Batch.Status.COMPLETED_SUCCESSFULLY,
            Batch.Status.COMPLETED_WITH_FAILURES,
            Batch.Status.FAILED_CRITICALLY,
        ],
        content_ready_at__lt=before,
    )
    batch_ids = set(late.order_by().values_list("batch_id", flat=True))
    for batch_id in batch_ids:
        with sweeps.apart(batch_id):
            flow.pick_up_late_essays(batch_id)
    return len(batch_ids)
