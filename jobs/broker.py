"""The queue as the worker's processes see it: django-q2's ORM broker, with owned leases.

Different from the original, and why:
- the oldest row comes first; the original takes rows in any order;
- a lost connection costs RECONNECT_S, not the ten seconds that django-q2's pusher sleeps, and the
  claim whose answer got lost with it is looked up instead of waiting for its lease to end;
- connections are closed after an error, not examined before every statement;
- a lease names its owner, so that it can be ended when the owner is known to be dead;
- no more tasks wait in the cluster than it has processes, so that each waits for one task at most
  and no process waits for a claim; the original holds queue_limit and one more, whose leases may
  end before their work begins. With a queue_limit of 0 none waits: what would wait for minutes is
  left to a worker that is free;
- a lease that waiting has partly used up is renewed when the task begins;
- a task that failed comes back after FAILURE_PAUSE_S, not when its lease ends;
- a row whose task may have ended before the database crashed is due again, not dropped: the end
  may be lost with the database's last moments, and a second try finds out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

from django.db import connections
from django.db.backends.signals import connection_created
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.queues import Queue

from jobs import attempts, leases
from jobs.attempts import DATABASE_LOST
from jobs.failures import took_too_long
from jobs.pulse import GLANCE_S, Pulse, longest_task_s

logger = logging.getLogger(__name__)

RECONNECT_S = 0.5
FAILURE_PAUSE_S = 1.0
OLDEST_DUE = (
    f"SELECT * FROM {OrmQ._meta.db_table}"  # noqa: S608 - no data
    " WHERE key = %s AND lock < %s ORDER BY id LIMIT 1"
)

Answer = TypeVar("Answer")


class Lease(NamedTuple):
    """The right to work on one queue row until a moment; what django-q2 calls ack_id."""

    pk: int
    until: datetime


def lease_end(owner: int) -> datetime:
    """The end of a lease that begins now: in Q_CLUSTER["retry"] seconds, or up to one more.

    Its microseconds are the owner's number, 1 to 999999. A moment without microseconds is nobody's
    lease: it is the delay of `jobs.queue.enqueue`.
    """
    earliest = timezone.now() + timedelta(seconds=Conf.RETRY)
    end = earliest.replace(microsecond=owner)
    return end if end >= earliest else end + timedelta(seconds=1)


class LeaseBroker(ORM):
    def __init__(self, queue: str, owner: int, pulse: Pulse) -> None:
        super().__init__(queue)
        self.owner = owner
        self.pulse = pulse
        self.waiting: Queue | None = None  # claimed tasks on their way to a worker
        self._unanswered: Lease | None = None
        self._is_new_connection = True
        self._incarnation: str | None = None  # of the database, when this process last asked
        self._lost_before: datetime | None = None  # ends of tasks, maybe, in a crash
        connection_created.connect(self._note_connection)

    def _note_connection(self, **_: object) -> None:
        self._is_new_connection = True

    @staticmethod
    def get_connection(list_key: str | None = None) -> Any:
        return OrmQ.objects.using(Conf.ORM)

    def dequeue(self) -> list[tuple[Lease, str]]:
        """At most one task: the oldest that is due. Waits a moment when there is none to take."""
        self.pulse.looked()
        if self.waiting is not None and self.waiting.qsize() >= Conf.WORKERS:
            time.sleep(GLANCE_S)
            return []
        try:
            if not self._may_claim():
                self.pulse.await_progress(Conf.POLL)
                return []
            row = self._claim()
        except DATABASE_LOST as fault:
            forget_connection(fault)
            return []
        if row is None:
            time.sleep(Conf.POLL)
            return []
        return [row]

    def _may_claim(self) -> bool:
        if Conf.QUEUE_LIMIT or self._unanswered is not None:
            return True
        return len(leases.held(self.list_key, self.owner)) < int(Conf.WORKERS)

    def _claim(self) -> tuple[Lease, str] | None:
        if self._unanswered is not None:
            pk, until = self._unanswered
            held = OrmQ.objects.filter(pk=pk, lock=until).first()
            self._unanswered = None
            if held is not None:
                return Lease(pk, until), held.payload
        while (row := self._oldest_due()) is not None:
            lease = self._unanswered = Lease(row.pk, lease_end(self.owner))
            won = OrmQ.objects.filter(pk=row.pk, lock=row.lock).update(lock=lease.until)
            self._unanswered = None
            if won:
                return lease, row.payload
        return None

    def _oldest_due(self) -> OrmQ | None:
        """Asked twenty times a second, and so in SQL: to make it of a queryset takes longer."""
        asked = self.get_connection().raw(OLDEST_DUE, [self.list_key, timezone.now()])
        return next(iter(asked), None)

    def delete(self, task_id: Lease) -> None:
        """Drop a row for good: its task is done, or nobody can read it."""
        row = OrmQ.objects.filter(pk=task_id.pk)

        def drop() -> None:
            if self._may_be_lost(task_id):
                row.update(lock=timezone.now())
            else:
                row.delete()

        insist(drop)

    def _may_be_lost(self, lease: Lease) -> bool:
        """The lease began before the database crashed."""
        connections[Conf.ORM].ensure_connection()
        if self._is_new_connection:
            before, self._incarnation = self._incarnation, leases.incarnation()
            if before not in (None, self._incarnation):
                self._lost_before = timezone.now()
            self._is_new_connection = False
        longest = timedelta(seconds=Conf.RETRY + 1)
        return self._lost_before is not None and lease.until - longest < self._lost_before


def renew_if_late(sender: object, task: dict[str, Any], owner: int, **_: object) -> None:
    """In a worker, before a task: give it a whole lease if waiting has used up too much of it."""
    lease: Lease = task["ack_id"]
    task["lease"] = lease  # django-q2 drops ack_id before it says that a task has ended
    enough = timedelta(seconds=longest_task_s())
    if lease.until - timezone.now() < enough:
        held = OrmQ.objects.filter(pk=lease.pk, lock=lease.until)
        try:
            held.update(lock=lease_end(owner))
        except DATABASE_LOST as fault:  # the task will meet the same fault, and deals with it
            forget_connection(fault)


def give_back_if_failed(sender: object, task: dict[str, Any], **_: object) -> None:
    """In the monitor, after a task: one that failed is due again soon, where it is still ours.

    It is nobody's attempt, unless its time was over: but for that, only a database that was away
    lets a task of `jobs.attempts` fail.
    """
    if not task["success"]:
        if not took_too_long(task):
            insist(partial(attempts.take_back, task["func"], *task["args"]))
        soon = timezone.now() + timedelta(seconds=FAILURE_PAUSE_S)
        insist(partial(_put_off, task["lease"], soon.replace(microsecond=0)))


def _put_off(lease: Lease, until: datetime) -> None:
    owner = lease.until.microsecond
    for row in OrmQ.objects.filter(pk=lease.pk):
        if row.lock.microsecond == owner:
            OrmQ.objects.filter(pk=row.pk, lock=row.lock).update(lock=until)


def insist(statement: Callable[[], Answer]) -> Answer:
    """Repeat one idempotent statement until the database answers."""
    while True:
        try:
            return statement()
        except DATABASE_LOST as fault:
            forget_connection(fault)


def forget_connection(fault: Exception) -> None:
    logger.warning("queue: database fault %s, connecting again", type(fault).__name__)
    connections[Conf.ORM].close()
    time.sleep(RECONNECT_S)
