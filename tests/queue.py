"""The queue's real rows, worked off in the test's own process: what a worker would do, in order."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from jobs.models import Hindrance

MAX_TASKS = 10_000  # a queue that fills itself for ever fails the test instead of hanging it


def drain(*, skip_delays: bool = False, limit: int | None = None) -> int:
    """Run queued tasks until none is due, or until `limit` have run. Returns how many ran.

    skip_delays: also those that wait for a later try, as if the time had passed.
    """
    for n_run in range(MAX_TASKS):
        if n_run == limit:
            return n_run
        horizon = timezone.now() + (timedelta(days=1) if skip_delays else timedelta(seconds=0))
        row = OrmQ.objects.filter(lock__lte=horizon).order_by("pk").first()
        if row is None:
            return n_run
        row.delete()
        task = row.task
        import_string(task["func"])(*task["args"])
    raise AssertionError(f"The queue was not empty after {MAX_TASKS} tasks.")


def let_hindrances_last(time: timedelta) -> None:
    """As if what hinders rows had done so for so much longer."""
    Hindrance.objects.update(lasted=F("lasted") + time)
