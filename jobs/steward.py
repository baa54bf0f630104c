"""The supervisor's hand in the database: a process of its own, so that no connection is shared.

It waits for the database, holds the presence lock, ends the leases of the dead, shows that the
worker lives, tells when the work stands still, and runs the sweeps in a thread.
"""

from __future__ import annotations

import enum
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.db.models import F, QuerySet
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ

from jobs import leases, sweeps
from jobs.models import Worker
from jobs.niceness import yield_to_the_web
from jobs.pulse import Pulse, longest_silence_s

logger = logging.getLogger(__name__)

BEAT_S = 1.0
RECONNECT_S = 3.0  # between tries; the first comes at once, because the presence lock is lost

DATABASE_FAULTS = (DatabaseError, InterfaceError)


class Word(enum.Enum):
    CLEAR = "clear"  # to the supervisor: the leases of the dead are ended, a cluster may start
    STANDSTILL = "standstill"  # to the supervisor: there is work, and none was finished for long
    EMPTY = "empty"  # to the supervisor: no row is left in the queue
    BEAT = "beat"  # to the supervisor: the steward lives
    RELEASE = "release"  # to the steward: the cluster is dead, end its leases
    FORGIVE = "forgive"  # to the steward: so it is, and of its tasks only one can be to blame
    STOP = "stop"  # to the steward: the cluster is dead for good


class Steward:
    """A running steward, as its supervisor sees it."""

    def __init__(self, queue: str, owner: int, pulse: Pulse, *, first: bool) -> None:
        connections.close_all()  # no connection crosses a fork
        self.word, theirs = multiprocessing.Pipe()
        self.process = ForkProcess(target=_body, args=(theirs, queue, owner, pulse, first))
        self.process.start()
        theirs.close()
        self.heard = time.monotonic()

    def says(self) -> Iterator[Word]:
        """What it has said since the last call."""
        with suppress(EOFError, ConnectionResetError):
            while self.word.poll():
                self.heard = time.monotonic()
                yield self.word.recv()

    def tell(self, word: Word) -> None:
        with suppress(BrokenPipeError):  # it has died, which its supervisor sees by itself
            self.word.send(word)

    @property
    def has_died(self) -> bool:
        return not self.process.is_alive()

    @property
    def silence_s(self) -> float:
        return time.monotonic() - self.heard

    def stop(self, grace_s: float) -> None:
        self.tell(Word.STOP)
        self.process.join(grace_s)
        self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.word.close()


def _body(word: Connection, queue: str, owner: int, pulse: Pulse, first: bool) -> None:
    yield_to_the_web(settings.WORKER_NICE)  # Ctrl-C, too, is the supervisor's business
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _Service(word, queue, owner, pulse, first=first).run()


class _Service:
    """The steward's work. first: nothing of this supervisor has run before."""

    def __init__(
        self, word: Connection, queue: str, owner: int, pulse: Pulse, *, first: bool
    ) -> None:
        self.word = word
        self.queue = queue
        self.owner = owner
        self.pulse = pulse
        self.presence: leases.Presence | None = None
        self.incarnation: str | None = None
        self.watch = leases.Watch(queue, owner)
        self.first = first
        self.owes_release = first
        self.owes_forgiveness = False
        self.supervisor = os.getppid()
        self.started_at = timezone.now()
        self.idle_at = self.settled_at = time.monotonic()
        self.sweeper = threading.Thread(target=_sweep_for_ever, daemon=True)

    def run(self) -> None:
        patience_s = 0.0
        while True:
            try:
                self._settle()
                self._beat()
                patience_s = 0.0
                while self._hear(BEAT_S):
                    self._release()
                    self._beat()
                self._leave()
                return
            except DATABASE_FAULTS as fault:
                reason = str(fault).strip().partition("\n")[0]
                logger.warning("waiting for the database: %s", reason or type(fault).__name__)
                connections[Conf.ORM].close()
                self.word.send(Word.BEAT)
                if not self._hear(patience_s):
                    return
                patience_s = RECONNECT_S

    def _settle(self) -> None:
        connections[Conf.ORM].ensure_connection()
        self.settled_at = time.monotonic()  # without a database no task can end
        self.presence = self.presence or leases.presence(self.queue)
        alone = self.presence.settle(self._release_all if self.first else None)
        if self.first and not alone:
            logger.info("another worker serves queue %s: its leases are left alone", self.queue)
        if (
            self.first
        ):  # where process ids come again, as in containers, whoever had this one is dead
            self._my_process().delete()
        self.first = False
        self._show()  # before the cluster starts: leases whose owner shows nothing are ended
        self._release()
        before, self.incarnation = self.incarnation, leases.incarnation()
        if before not in (None, self.incarnation):  # ends of tasks may be lost, not their claims
            leases.release(self.queue, self.owner)
        if not self.sweeper.is_alive():
            self.sweeper.start()

    def _release_all(self) -> None:
        if n := leases.release(self.queue):
            logger.info("ended %d leases of the dead on queue %s", n, self.queue)

    def _hear(self, seconds: float) -> bool:
        """Listen to the supervisor for a while; false once it said stop, or is gone."""
        if not self.word.poll(seconds):
            return os.getppid() == self.supervisor
        try:
            said = self.word.recv()
        except EOFError:
            return False
        self.owes_release = True
        self.owes_forgiveness = said is not Word.RELEASE
        return said is not Word.STOP

    def _release(self) -> None:
        if self.owes_release:
            self._end_leases()
            self.owes_release = False
            self.word.send(Word.CLEAR)

    def _release_silent(self) -> None:
        """End the leases of other workers that are dead, or as good as dead.

        One that lives, cut off from the database, goes on: what is then done twice is stored once.
        """
        for owner in self.watch.silent():
            if n := leases.release(self.queue, owner):
                logger.warning("ended %d leases of a silent worker on queue %s", n, self.queue)

    def _beat(self) -> None:
        now = time.monotonic()
        if not leases.is_busy(self.queue, self.owner):
            self.idle_at = now
        self._show()
        self._release_silent()
        self.word.send(Word.BEAT)
        could_work_s = now - max(self.idle_at, self.settled_at)
        if min(self.pulse.standstill_s, could_work_s) > longest_silence_s():
            self.word.send(Word.STANDSTILL)
        if not OrmQ.objects.filter(key=self.queue).exists():
            self.word.send(Word.EMPTY)

    def _show(self) -> None:
        now = timezone.now()
        stuck_s = min(self.pulse.barren_s, time.monotonic() - self.idle_at)
        columns = {
            "queue": self.queue,
            "processes": Conf.WORKERS,
            "started_at": self.started_at,
            "seen_at": now - timedelta(seconds=self.pulse.silence_s),
            "progressed_at": now - timedelta(seconds=stuck_s),
        }
        if not self._me().update(beats=F("beats") + 1, **columns):
            Worker.objects.create(
                host=socket.gethostname(), pid=self.supervisor, owner=self.owner, **columns
            )

    def _end_leases(self) -> None:
        if self.owes_forgiveness:
            leases.forgive(self.queue, self.owner, self.pulse.blamed)
            self.owes_forgiveness = False
        leases.release(self.queue, self.owner)

    def _leave(self) -> None:
        self._end_leases()
        self._me().delete()

    def _me(self) -> QuerySet[Worker]:
        return self._my_process().filter(owner=self.owner)

    def _my_process(self) -> QuerySet[Worker]:
        return Worker.objects.filter(host=socket.gethostname(), pid=self.supervisor)


def _sweep_for_ever() -> None:
    rounds = sweeps.Rounds()
    while True:
        close_old_connections()
        rounds.make()
        time.sleep(settings.SWEEP_INTERVAL_S)
