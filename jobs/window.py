"""The short, fair queue: of each batch only a few rows are queued at a time.

So three essays never wait behind another teacher's three hundred, cancelling is instant, and work
whose queue row was lost is found by one query. The rows of a step have a column `queued_at`: null
means that the row waits for its turn.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from jobs.queue import enqueue_each, queued_calls


def fill(open_rows: QuerySet[Any], path: str, *, size: int | None = None) -> bool:
    """Queue the next rows of one batch's step, up to `size` or QUEUE_WINDOW. The batch is locked.

    open_rows: the rows of the step that have not ended, in the order of their turns.
    Returns whether any row is open at all. The window is filled when half of it is empty, so that
    several rows share a statement.
    """
    size = size or settings.QUEUE_WINDOW
    order = open_rows.query.order_by or open_rows.model._meta.ordering
    window = list(
        open_rows.order_by(F("queued_at").asc(nulls_last=True), *order).values_list(
            "pk", "queued_at"
        )[:size]
    )
    waiting = [pk for pk, queued_at in window if queued_at is None]
    n_queued = len(window) - len(waiting)
    if waiting and n_queued <= size // 2:
        open_rows.model._default_manager.filter(pk__in=waiting).update(queued_at=timezone.now())
        enqueue_each(path, [(pk,) for pk in waiting])
    return bool(window)


def lost(open_rows: QuerySet[Any], path: str, *, at: datetime | None = None) -> list[UUID]:
    """The rows, of any batch, that were queued longer ago than two leases and stand in no queue."""
    before = (at or timezone.now()) - timedelta(seconds=2 * settings.Q_CLUSTER["retry"])
    old = set(open_rows.filter(queued_at__lt=before).values_list("pk", flat=True))
    if not old:
        return []
    return sorted(old - {ids[0] for _, queued, ids in queued_calls() if queued == path and ids})
