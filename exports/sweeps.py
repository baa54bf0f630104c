"""Exports whose time is over, and those whose place in the queue was lost."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from batches.flow import locked
from exports import flow
from exports.models import Export
from jobs import sweeps, window
from jobs.queue import enqueue


@sweeps.register
def sweep_expired_exports(at: datetime | None = None) -> int:
    """Delete what was kept long enough: pupils' texts lie nowhere longer than they are of use."""
    at = at or timezone.now()
    batch_ids = set(Export.objects.expired(at).values_list("batch_id", flat=True))
    n_removed = 0
    for batch_id in sorted(batch_ids):
        with sweeps.apart(batch_id), locked(batch_id) as batch:
            if batch is not None:
                n_removed += flow.remove(Export.objects.expired(at).filter(batch=batch))
    return n_removed


@sweeps.register
def sweep_lost_exports(at: datetime | None = None) -> int:
    """Queue again what is to be made but stands in no queue. Returns how many."""
    lost = window.lost(Export.objects.pending(), flow.MAKE_TASK, at=at)
    for export in Export.objects.filter(pk__in=lost):
        with sweeps.apart(export.batch_id), locked(export.batch_id) as batch:
            mine = Export.objects.pending().filter(pk=export.pk)
            if batch is not None and mine.update(queued_at=timezone.now()):
                enqueue(flow.MAKE_TASK, export.pk)
    return len(lost)
