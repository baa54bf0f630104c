"""How long what is not a row's fault may keep it from being worked on.

An outage ends, and what waited for it goes on: a full disk over a weekend fails no essay. But what
hinders one row for ever, such as a page that takes more memory than the machine has, must not keep
its batch waiting for ever either.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from jobs import sweeps
from jobs.models import Hindrance

LONGEST_WAIT = timedelta(minutes=10)  # when an outage is over, teachers wait no longer
LONGEST_PAUSE = timedelta(hours=1)  # what counts of the time between two: no worker may have run
KEEPS_ITS_PLACE = timedelta(minutes=10)  # among the rows of its batch that are queued
FORGOTTEN_AFTER = timedelta(days=30)  # without another


def note(row: UUID, path: str, fault: str, *, again_in_s: float) -> float | None:
    """Seconds until the row is worth another try, a tenth of those that it has been hindered for,
    but at least `again_in_s`; None when it has been for too long.

    path: of the task. fault: its type and place. Where no worker runs, or the clock jumps, an hour
    counts at most.
    """
    now = timezone.now()
    told = {"path": path, "fault": fault[:200], "last_at": now}
    hindrance, is_new = Hindrance.objects.get_or_create(row=row, defaults=told)
    if is_new:
        return again_in_s
    pause = min(max(now - hindrance.last_at, timedelta(0)), LONGEST_PAUSE)
    lasted = hindrance.lasted + pause
    Hindrance.objects.filter(row=row).update(lasted=lasted, **told)
    if lasted > timedelta(days=settings.HINDERED_MOST_DAYS):
        return None
    return max(again_in_s, min(lasted / 10, LONGEST_WAIT).total_seconds())


def lasting() -> QuerySet[Hindrance, Any]:
    """The ids of rows that have been hindered for so long that others need not wait for them."""
    return Hindrance.objects.filter(lasted__gt=KEEPS_ITS_PLACE).order_by().values("row")


def forget(row: UUID) -> None:
    """The row has been given up, or somebody asks for another try."""
    Hindrance.objects.filter(row=row).delete()


@sweeps.register_hourly
def sweep_hindrances() -> int:
    """Forget what has hindered nobody for a month. Returns how many."""
    old = Hindrance.objects.filter(last_at__lt=timezone.now() - FORGOTTEN_AFTER)
    return old.delete()[0]
