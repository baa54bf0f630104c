"""The only door to django-q2: queue rows stand in the caller's transaction.

A state change and the work that it causes commit together or not at all; nothing is queued for a
change that was rolled back, and no change is left without its work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.signing import BadSignature, SignedPackage
from django_q.tasks import async_task

CROWD = 4  # tasks that no process has claimed


class _Rows(ORM):
    """The ORM broker, for rows that are inserted together and may have to wait."""

    def __init__(self, queue: str, delay_s: float) -> None:
        super().__init__(queue)
        self._due = timezone.now() + timedelta(seconds=delay_s)
        if delay_s:  # a delay, nobody's lease: see jobs.broker.lease_end
            self._due = self._due.replace(microsecond=0)
        self._rows: list[OrmQ] = []

    def enqueue(self, task: str) -> int:
        self._rows.append(OrmQ(key=self.list_key, payload=task, lock=self._due))
        return len(self._rows)

    def insert(self) -> None:
        OrmQ.objects.bulk_create(self._rows)


def queue_of(path: str) -> str:
    """The name of a task's queue: a setting says it, so that a retry finds the same one."""
    return str(settings.LONG_TASKS.get(path, settings.Q_CLUSTER["name"]))


def every_queue() -> list[str]:
    """The names of all queues, the short one first."""
    return [str(settings.Q_CLUSTER["name"]), *settings.Q_CLUSTER.get("ALT_CLUSTERS", {})]


def enqueue(path: str, *ids: UUID, delay_s: float = 0) -> None:
    """Queue the call `path(*ids)`, in the transaction that is open.

    path: dotted path of a function in an app's tasks.py, which the worker resolves.
    ids: positional only; django-q2 eats some keywords, and texts do not belong in a queue.
    """
    enqueue_each(path, [ids], delay_s=delay_s)


def enqueue_each(path: str, calls: Iterable[tuple[UUID, ...]], *, delay_s: float = 0) -> None:
    """Queue `path(*ids)` for each ids of `calls`, in one statement."""
    rows = _Rows(queue_of(path), delay_s)
    for ids in calls:
        async_task(path, *ids, broker=rows)
    rows.insert()


def is_crowded(path: str) -> bool:
    """So much is due in the task's queue that no process will want for work."""
    due = OrmQ.objects.filter(key=queue_of(path), lock__lte=timezone.now())
    return len(due.order_by().values_list("pk")[:CROWD]) == CROWD


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
