"""Which leases may be ended early, how a worker knows that it is alone on its queue, and who of the
others is dead."""

from __future__ import annotations

import fcntl
import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ

from jobs import attempts, hindrances, sweeps
from jobs.models import Worker
from jobs.queue import queued_calls

LONGEST_DELAY = timedelta(hours=1)  # of a try after a fault
CLUSTER_DIED = "its worker was ended for another reason"
LAST_BREATH_S = 1.0  # how long killed processes may take to let go of their locks
SILENT_S = 10.0  # a worker that has not beaten for so long is taken for dead
FORGOTTEN = timedelta(days=1)  # after which the row of a worker that vanished is dropped
BETWEEN_LOOKS_S = 2.0  # what a look adds to a silence at most: the beat is one second


def held(queue: str, owner: int | None = None) -> dict[int, datetime]:
    """The leases of one owner (None: everyone's) that have not ended: row → end. No delays."""
    future = OrmQ.objects.filter(key=queue, lock__gt=timezone.now()).values_list("pk", "lock")
    return {pk: lock for pk, lock in future if _belongs_to(owner, lock.microsecond)}


def release(queue: str, owner: int | None = None) -> int:
    """End one owner's leases now (None: everyone's), no delays. Returns how many."""
    leased = held(queue, owner)
    rows = OrmQ.objects.filter(pk__in=leased, lock__in=leased.values())  # not another's since
    return int(rows.update(lock=timezone.now()))


def forgive(queue: str, owner: int, blamed: int) -> int:
    """Take back the attempts that an owner's cluster has begun and lost. Returns how many.

    blamed: the one row that still has to answer for the cluster's death; 0: none. So do those that
    `hindrances` bears no longer: a scan that takes longer than any cluster lives.
    """
    mine = held(queue, owner).keys() - {blamed}
    lost = [(path, ids) for pk, path, ids in queued_calls() if pk in mine and ids]
    for path, ids in lost:
        waits = {pk: hindrances.note(pk, path, CLUSTER_DIED, again_in_s=0) for pk in ids}
        attempts.take_back(path, *(pk for pk in ids if waits[pk] is not None))
    return len(lost)


@sweeps.register
def sweep_rows_of_the_future() -> int:
    """Make due what no lease and no delay can have put off so far: the clock has gone back since.

    Returns how many.
    """
    now = timezone.now()
    queues = [settings.Q_CLUSTER, *settings.Q_CLUSTER.get("ALT_CLUSTERS", {}).values()]
    longest_lease = timedelta(seconds=max(queue["retry"] for queue in queues) + 1)
    put_off = OrmQ.objects.filter(lock__gt=now + longest_lease).values_list("pk", "lock")
    early = [pk for pk, lock in put_off if lock.microsecond or lock > now + LONGEST_DELAY]
    return int(OrmQ.objects.filter(pk__in=early).update(lock=now)) if early else 0


@sweeps.register_hourly
def sweep_vanished_workers() -> int:
    """Forget the workers that nobody has seen for a day. Returns how many."""
    return Worker.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN).delete()[0]


def is_busy(queue: str, owner: int) -> bool:
    """Is there anything that this owner's cluster should be working on?"""
    is_due = OrmQ.objects.filter(key=queue, lock__lte=timezone.now()).exists()
    return is_due or bool(held(queue, owner))


def _belongs_to(owner: int | None, microsecond: int) -> bool:
    return microsecond == owner if owner else microsecond != 0


class Watch:
    """Looks which other owners of a queue's leases are silent: their beats stay the same.

    No host's time of day matters, only the watcher's own monotonic clock. While the watcher itself
    stands still, or has no database, it sees nothing, and nobody is silent for that.
    """

    def __init__(self, queue: str, owner: int) -> None:
        self._queue = queue
        self._owner = owner
        self._looked_at = time.monotonic()
        self._silent_s: dict[tuple[int, int | None], float] = {}  # by owner and beats

    def silent(self) -> list[int]:
        """The owners of leases that have been silent for SILENT_S; asked at each beat."""
        now = time.monotonic()
        since_s, self._looked_at = min(now - self._looked_at, BETWEEN_LOOKS_S), now
        owners = {lock.microsecond for lock in held(self._queue).values()} - {self._owner}
        rows = Worker.objects.filter(queue=self._queue, owner__in=owners)
        beats = dict(rows.values_list("owner", "beats"))
        before = self._silent_s
        shown = [(owner, beats.get(owner)) for owner in owners]
        self._silent_s = {sign: before[sign] + since_s if sign in before else 0 for sign in shown}
        return [owner for (owner, _), s in self._silent_s.items() if s > SILENT_S]


def incarnation() -> str:
    """Another one after each crash of the database, in which it may lose its last moments."""
    database = connections[Conf.ORM]
    if database.vendor == "sqlite":
        return ""
    with database.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_last_wal_replay_lsn()::text, '')")
        (replayed,) = cursor.fetchone()
    return str(replayed)


def presence(queue: str) -> Presence:
    database = connections[Conf.ORM]
    if database.vendor == "sqlite":
        return FilePresence(Path(f"{database.settings_dict['NAME']}-worker-{queue}.lock"))
    return SessionPresence(queue)


class Presence(ABC):
    """A lock that all workers of a queue share; whoever gets it for himself is alone."""

    def settle(self, when_alone: Callable[[], None] | None) -> bool:
        """Take part in the lock; if nobody else does, call `when_alone` first. Was it alone?"""
        alone = when_alone is not None and _within(LAST_BREATH_S, self.try_exclusive)
        if alone and when_alone is not None:
            when_alone()
        self.share(from_exclusive=alone)
        return alone

    @abstractmethod
    def try_exclusive(self) -> bool: ...

    @abstractmethod
    def share(self, *, from_exclusive: bool) -> None: ...


class FilePresence(Presence):
    """For SQLite: a lock on a file beside the database's."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    def try_exclusive(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self, *, from_exclusive: bool) -> None:
        fcntl.flock(self._file, fcntl.LOCK_SH)


class SessionPresence(Presence):
    """For PostgreSQL: an advisory lock of the session; it needs a connection without a pooler."""

    def __init__(self, queue: str) -> None:
        self._key = zlib.crc32(f"huleedu worker {queue}".encode())

    def try_exclusive(self) -> bool:
        return self._ask("pg_try_advisory_lock")

    def share(self, *, from_exclusive: bool) -> None:
        self._ask("pg_advisory_lock_shared")
        if from_exclusive:
            self._ask("pg_advisory_unlock")

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
