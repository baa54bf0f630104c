"""Files whose place in the queue was lost: a restored database, another SECRET_KEY."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from batches.flow import locked
from files import flow
from files.models import Upload
from jobs import sweeps, window


@sweeps.register
def sweep_lost_extractions(at: datetime | None = None) -> int:
    """Queue again what waits to be read but stands in no queue. Returns how many rows."""
    at = at or timezone.now()
    waiting = Upload.objects.filter(status=Upload.Status.RECEIVED)
    lost = [
        *window.lost(Upload.objects.waiting(), flow.EXTRACT_TASK, at=at),
        *window.lost(Upload.objects.scans(), flow.SCAN_TASK, at=at),
    ]
    before = at - timedelta(seconds=settings.Q_CLUSTER["retry"])
    stalled = waiting.filter(queued_at=None, received_at__lt=before)
    of_lost = Upload.objects.filter(pk__in=lost)
    batch_ids = {
        *of_lost.values_list("batch_id", flat=True),
        *stalled.values_list("batch_id", flat=True),
    }
    for batch_id in sorted(batch_ids):
        with locked(batch_id) as batch:
            if batch is None:
                continue
            batch.uploads.filter(pk__in=lost, status=Upload.Status.RECEIVED).update(queued_at=None)
            flow.fill_window(batch)
    return len(lost)
