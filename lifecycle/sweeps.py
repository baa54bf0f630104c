"""What time brings about: a batch that has waited long enough goes on with most of its essays."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from batches.flow import locked
from batches.models import Batch
from events.bus import publish
from events.models import Event
from events.topics import BatchReadinessTimeout, BatchReopened, EssaySlotAssigned
from jobs import sweeps
from lifecycle import readiness
from lifecycle.models import Essay

RESTART_THE_CLOCK = (EssaySlotAssigned.topic, BatchReopened.topic)


@sweeps.register
def sweep_readiness_timeouts(at: datetime | None = None) -> int:
    """Time out the batches that have waited timeout_seconds since a file came or they reopened."""
    at = at or timezone.now()
    last_file = (
        Event.objects.filter(batch_id=OuterRef("pk"), event_type__in=RESTART_THE_CLOCK)
        .order_by()
        .values("batch_id")
        .annotate(last=Max("event_timestamp"))
        .values("last")
    )
    waiting = (
        Batch.objects.waiting_for_essays()
        .filter(readiness_timed_out_at=None, expected_essay_count__isnull=False)
        .annotate(since=Coalesce(Subquery(last_file), F("registered_at")))
        .values_list("pk", "since", "timeout_seconds")
    )
    overdue = [pk for pk, since, seconds in waiting if since + timedelta(seconds=seconds) <= at]
    n_timed_out = 0
    for batch_id in overdue:
        with sweeps.apart(batch_id):
            n_timed_out += time_out(batch_id, at)
    return n_timed_out


def time_out(batch_id: UUID, at: datetime) -> bool:
    """Say once that the batch has waited long enough; it goes on if enough essays are ready."""
    with locked(batch_id) as batch:
        if batch is None or batch.readiness_timed_out_at or batch.is_open:
            return False
        if batch.status != Batch.Status.AWAITING_CONTENT_VALIDATION:
            return False
        Batch.objects.filter(pk=batch.pk).update(readiness_timed_out_at=at)
        batch.readiness_timed_out_at = at
        by_status = list(batch.essays.order_by("position").values_list("pk", "status"))
        ready = tuple(pk for pk, s in by_status if s == Essay.Status.READY_FOR_PROCESSING)
        missing = tuple(pk for pk, s in by_status if s == Essay.Status.AWAITING_CONTENT)
        publish(
            BatchReadinessTimeout(
                batch_id=batch.pk,
                ready_essay_ids=ready,
                missing_essay_ids=missing,
                expected_count=sum(status != Essay.Status.ABSENT for _, status in by_status),
                actual_count=len(ready),
                timeout_duration_seconds=batch.timeout_seconds,
            ),
            correlation_id=batch.correlation_id,
        )
        readiness.evaluate(batch)
    return True
