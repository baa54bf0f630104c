"""The short, fair queue: of each batch only a few rows are queued at a time.

So three essays never wait behind another teacher's three hundred, cancelling is instant, and work
whose queue row was lost is found by one query. The rows of a step have a column `queued_at`: null
means that the row waits for its turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from jobs import hindrances
from jobs.queue import enqueue_each, is_crowded, queued_calls


def fill(
    open_rows: QuerySet[Any],
    path: str,
    *,
    size: int | None = None,
    together: int = 1,
    new: Sequence[Any] = (),
) -> bool:
    """Queue the next rows of one batch's step, up to `size` or QUEUE_WINDOW. The batch is locked.

    open_rows: the rows of the step that have not ended, in the order of their turns.
    new: rows that the caller inserts next, which come after all others; their `queued_at` is set.
    together: how many rows a task may take, of those that nobody has tried yet; twice as many where
        so much waits that no process goes without when a batch's rows are not shared out.
    Returns whether any row is open at all. What has long been hindered keeps no other from its
    place. The window is filled when half of it is empty, so that
    several rows share a statement.
    """
    size = size or settings.QUEUE_WINDOW
    order = open_rows.query.order_by or open_rows.model._meta.ordering
    goes_on = Q(queued_at=None) | ~Q(pk__in=hindrances.lasting())
    in_turn = open_rows.filter(goes_on).order_by(F("queued_at").asc(nulls_last=True), *order)
    window = list(in_turn.values_list("pk", "queued_at", "attempts")[:size])
    entering = new[: size - len(window)]
    window += [(row.pk, None, 0) for row in entering]
    waiting = [pk for pk, queued_at, _ in window if queued_at is None]
    n_queued = len(window) - len(waiting)
    if waiting and n_queued <= size // 2:
        now = timezone.now()
        for row in entering:
            row.queued_at = now  # of those that wait for their turn it stays null
        if len(waiting) > len(entering):
            open_rows.model._default_manager.filter(pk__in=waiting).update(queued_at=now)
        fresh = [pk for pk, queued_at, attempts in window if queued_at is None and not attempts]
        calls = [(pk,) for pk in waiting if pk not in fresh]
        most = 2 * together if together > 1 and is_crowded(path) else together
        enqueue_each(path, [*calls, *_shared_out(fresh, most)])
    return bool(window) or open_rows.exists()


def _shared_out(pks: list[UUID], together: int) -> list[tuple[UUID, ...]]:
    """The ids in their order, in groups of at most `together`, as even as can be."""
    n_groups = -(-len(pks) // together)
    ends = [len(pks) * n // n_groups for n in range(1, n_groups + 1)]
    return [tuple(pks[first:end]) for first, end in zip([0, *ends], ends, strict=False)]


def lost(open_rows: QuerySet[Any], path: str, *, at: datetime | None = None) -> list[UUID]:
    """The rows, of any batch, that were queued longer ago than two leases and stand in no queue."""
    before = (at or timezone.now()) - timedelta(seconds=2 * settings.Q_CLUSTER["retry"])
    old = set(open_rows.filter(queued_at__lt=before).values_list("pk", flat=True))
    if not old:
        return []
    return sorted(old.difference(*(ids for _, queued, ids in queued_calls() if queued == path)))
