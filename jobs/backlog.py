"""How much stands in the queues, and how long the oldest of it has been due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone
from django_q.models import OrmQ


@dataclass(frozen=True, slots=True)
class Backlog:
    """ready: due, and nobody works on them. later: worked on, or waiting for another try."""

    queue: str
    ready: int
    later: int
    oldest_ready_s: float  # 0 when nothing is ready


def backlogs(at: datetime | None = None) -> Iterator[Backlog]:
    """One for each queue that holds anything, in one query."""
    now = at or timezone.now()
    due = Q(lock__lte=now)
    rows = OrmQ.objects.order_by("key").values_list("key")
    for queue, n, n_ready, oldest in rows.annotate(
        n=Count("pk"), n_ready=Count("pk", filter=due), oldest=Min("lock", filter=due)
    ):
        age_s = (now - oldest).total_seconds() if oldest else 0.0
        yield Backlog(queue, n_ready, n - n_ready, age_s)
