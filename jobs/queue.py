"""The only door to django-q2: queue rows stand in the caller's transaction.

A state change and the work that it causes commit together or not at all; nothing is queued for a
change that was rolled back, and no change is left without its work.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.signing import BadSignature, SignedPackage
from django_q.tasks import async_task


class _Later(ORM):
    """The ORM broker, for a row that no worker takes before its delay is over."""

    def __init__(self, delay_s: float) -> None:
        super().__init__()
        self._delay = timedelta(seconds=delay_s)

    def enqueue(self, task: str) -> int:
        due = timezone.now() + self._delay
        if self._delay:
            due = due.replace(microsecond=0)  # a delay, nobody's lease: see jobs.broker.lease_end
        row = OrmQ.objects.create(key=self.list_key, payload=task, lock=due)
        return int(row.pk)


def enqueue(path: str, *ids: UUID, delay_s: float = 0) -> None:
    """Queue the call `path(*ids)`, in the transaction that is open.

    path: dotted path of a function in an app's tasks.py, which the worker resolves.
    ids: positional only; django-q2 eats some keywords, and texts do not belong in a queue.
    """
    async_task(path, *ids, broker=_Later(delay_s))


def queued_calls() -> Iterator[tuple[int, str, tuple[UUID, ...]]]:
    """(row id, path, ids) of everything queued or being worked on, less what cannot be read.

    A row is unreadable when SECRET_KEY has changed since: its work is then found by the sweeps.
    """
    for pk, payload in OrmQ.objects.order_by("pk").values_list("pk", "payload").iterator():
        try:
            task = SignedPackage.loads(payload)
        except BadSignature:
            continue
        yield pk, task["func"], tuple(task["args"])
