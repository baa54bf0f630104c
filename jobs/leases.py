"""Which leases may be ended early, and how a worker knows that it is alone on its queue."""

from __future__ import annotations

import fcntl
import os
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from django.db import connections
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ

LAST_BREATH_S = 1.0  # how long killed processes may take to let go of their locks


def release(queue: str, owner: int | None = None) -> int:
    """End one owner's leases now (None: everyone's), no delays. Returns how many."""
    now = timezone.now()
    future = OrmQ.objects.filter(key=queue, lock__gt=now).values_list("pk", "lock")
    leased = [pk for pk, lock in future if _belongs_to(owner, lock.microsecond)]
    return int(OrmQ.objects.filter(pk__in=leased).update(lock=now))


def is_busy(queue: str, owner: int) -> bool:
    """Is there anything that this owner's cluster should be working on?"""
    overdue = timezone.now() - timedelta(seconds=1)
    rows = OrmQ.objects.filter(key=queue)
    if rows.filter(lock__lt=overdue).exists():
        return True
    future = rows.filter(lock__gt=timezone.now()).values_list("lock", flat=True)
    return any(_belongs_to(owner, lock.microsecond) for lock in future)


def _belongs_to(owner: int | None, microsecond: int) -> bool:
    return microsecond == owner if owner else microsecond != 0


class Presence(Protocol):
    """A lock shared by all workers of a queue; whoever gets it for himself is alone."""

    def settle(self, when_alone: Callable[[], None] | None) -> bool:
        """Take the shared lock; if nobody else has it, call `when_alone` first. Was it alone?"""
        ...


def presence(queue: str) -> Presence:
    """Made in the supervisor, before it forks."""
    database = connections[Conf.ORM]
    if database.vendor == "sqlite":
        return FilePresence(f"{database.settings_dict['NAME']}-worker-{queue}.lock")
    return PostgresPresence(queue)


class FilePresence:
    """For SQLite. Forks inherit the lock: it stands until the last process of a cluster is gone."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def settle(self, when_alone: Callable[[], None] | None) -> bool:
        alone = when_alone is not None and _within(LAST_BREATH_S, self._try_exclusive)
        if alone and when_alone is not None:
            when_alone()
        fcntl.flock(self._file, fcntl.LOCK_SH)
        return alone

    def _try_exclusive(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class PostgresPresence:
    """An advisory lock of the session that settles; it needs a connection without a pooler."""

    def __init__(self, queue: str) -> None:
        self._key = zlib.crc32(f"huleedu worker {queue}".encode())

    def settle(self, when_alone: Callable[[], None] | None) -> bool:
        alone = when_alone is not None and _within(
            LAST_BREATH_S, lambda: self._ask("pg_try_advisory_lock")
        )
        if alone and when_alone is not None:
            when_alone()
        self._ask("pg_advisory_lock_shared")
        if alone:
            self._ask("pg_advisory_unlock")
        return alone

    def _ask(self, function: str) -> bool:
        with connections[Conf.ORM].cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [self._key])
            return bool(cursor.fetchone() == (True,))


def _within(seconds: float, attempt: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not attempt():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
