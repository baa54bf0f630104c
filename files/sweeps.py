"""Files whose place in the queue was lost: a restored database, another SECRET_KEY; and files that
no virus scanner has seen, for it did not answer or there was none yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from batches.flow import locked
from files import reading
from files.models import Upload
from jobs import sweeps, window
from jobs.queue import enqueue_each, queued_calls

MOST_SCANS = 50  # queued by one sweep


@sweeps.register
def sweep_lost_extractions(at: datetime | None = None) -> int:
    """Queue again what waits to be read but stands in no queue. Returns how many rows."""
    at = at or timezone.now()
    waiting = Upload.objects.filter(status=Upload.Status.RECEIVED)
    lost = [
        *window.lost(Upload.objects.short(), reading.EXTRACT_TASK, at=at),
        *window.lost(Upload.objects.long(), reading.LONG_TASK, at=at),
    ]
    before = at - timedelta(seconds=settings.Q_CLUSTER["retry"])
    stalled = waiting.filter(queued_at=None, received_at__lt=before)
    of_lost = Upload.objects.filter(pk__in=lost)
    batch_ids = {
        *of_lost.values_list("batch_id", flat=True),
        *stalled.values_list("batch_id", flat=True),
    }
    for batch_id in sorted(batch_ids):
        with sweeps.apart(batch_id), locked(batch_id) as batch:
            if batch is None:
                continue
            batch.uploads.filter(pk__in=lost, status=Upload.Status.RECEIVED).update(queued_at=None)
            reading.fill_window(batch)
            reading.fill_long_window(batch)
    return len(lost)


@sweeps.register
def sweep_unscanned() -> int:
    """Queue files that are kept but were never scanned, where there is a scanner. Returns how many.

    In no order: what the scanner can never take, such as a file too large for it, stops no other.
    """
    if not settings.CLAMD_URL:
        return 0
    task = reading.SCAN_KEPT_TASK
    queued = {ids[0] for _, path, ids in queued_calls() if path == task}
    unscanned = Upload.objects.unscanned().exclude(pk__in=queued).order_by("?")
    found = unscanned.values_list("pk", flat=True)[: max(MOST_SCANS - len(queued), 0)]
    enqueue_each(task, [(pk,) for pk in found])
    return len(found)
