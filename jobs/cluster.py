"""One django-q2 cluster in a process group of its own; it dies whole rather than in part.

Different from the original, and why:
- a killed process may leave a lock of the shared queues behind, for which its replacement would
  wait for ever. So only a worker that ended by itself, or hung outside of every lock, is replaced;
  after any other death the cluster ends and is started anew;
- the supervisor's word comes through a pipe, not by a signal whose handler can deadlock;
  an orphaned cluster stops, even where the system does not see to it (jobs/family.py);
- a task that hangs in foreign code is killed by elapsed time, whatever the guard cycle is.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
import uuid
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import RawValue
from typing import Any, NoReturn

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from django_q.cluster import Sentinel
from django_q.conf import Conf
from django_q.signals import post_execute, post_execute_in_worker, post_spawn, pre_execute

from jobs import broker, memory
from jobs.failures import forget_the_message
from jobs.niceness import yield_to_the_web
from jobs.pulse import Pulse

logger = logging.getLogger(__name__)

UNEXPECTED_DEATH = 70  # exit code of a sentinel that lost one of its own

HUNG, RECYCLED = 0, -2  # django-q2's words in a worker's timer; -1: idle; above 0: seconds left


class _SupervisorsWord:
    """What django-q2 expects of an event: set as soon as the supervisor has spoken or is gone."""

    def __init__(self, word: Connection) -> None:
        self.word = word
        self._supervisor = os.getppid()

    def is_set(self) -> bool:
        return self.word.poll() or os.getppid() != self._supervisor


_at_work = RawValue("q", 0)  # in a worker: its queue row, or 0, which its sentinel sees too


def _note_the_row(task: dict[str, Any], **_: object) -> None:
    _at_work.value = task["ack_id"].pk


def _note_the_end(**_: object) -> None:
    _at_work.value = 0


class FailFastSentinel(Sentinel):
    def start(self) -> None:
        self.broker.waiting = self.task_queue
        super().start()

    def spawn_worker(self) -> None:
        global _at_work
        _at_work = RawValue("q", 0)
        super().spawn_worker()
        self.pool[-1].at_work = _at_work

    def guard(self) -> None:
        self.start_event.set()
        logger.info(
            "worker ready: %d processes on queue %s"
            " [sentinel %d, monitor %d, pusher %d, workers %s]",
            len(self.pool),
            self.broker.list_key,
            os.getpid(),
            self.monitor.pid,
            self.pusher.pid,
            " ".join(str(process.pid) for process in self.pool),
        )
        looked_at = time.monotonic()
        while not self.stop_event.is_set():
            everyone = [*self.pool, self.monitor, self.pusher]
            wait([self.stop_event.word, *(p.sentinel for p in everyone)], Conf.GUARD_CYCLE)
            now = time.monotonic()
            for process in [*self.pool]:
                self._look_after(process, now - looked_at)
            looked_at = now
            for role, process in (("monitor", self.monitor), ("pusher", self.pusher)):
                if not process.is_alive() and not self.stop_event.is_set():
                    self._die(role, process)
        self.stop()

    def _look_after(self, process: Any, elapsed_s: float) -> None:
        timer = process.timer.get_obj()  # without its lock: a killed worker may hold it for ever
        if not process.is_alive():
            if process.exitcode != 0 or timer.value not in (HUNG, RECYCLED):
                self._die("worker", process)
            self.reincarnate(process)
        elif timer.value > 0 and process.timer.get_lock().acquire(timeout=1):
            if timer.value > 0:
                timer.value = max(timer.value - elapsed_s, HUNG)
            hung = timer.value == HUNG
            if hung:  # one whose task ends now would die with the lock that its successor waits for
                logger.error("worker %d hangs in a task and is killed", process.pid)
                process.kill()
                process.join(timeout=1)
            process.timer.get_lock().release()
            if hung:
                self.broker.pulse.progressed()
                self.reincarnate(process)

    def _die(self, role: str, process: Any) -> NoReturn:
        logger.error("%s %d died, exit code %s", role, process.pid, process.exitcode)
        if role == "worker":
            self.broker.pulse.blamed = process.at_work.value
        os._exit(UNEXPECTED_DEATH)  # the others die with their parent, or by the supervisor's hand


def _body(word: Connection, queue: str, owner: int, pulse: Pulse) -> None:
    yield_to_the_web(settings.WORKER_NICE)
    # The log of a database is in order: whoever loses this acknowledgement in its crash loses, or
    # keeps, the work before it as well. So no task waits for the disk. Elsewhere commits still do.
    database = connections.settings[Conf.ORM]
    if "postgresql" in database["ENGINE"]:
        said = database["OPTIONS"].get("options", "")
        database["OPTIONS"]["options"] = f"{said} -c synchronous_commit=off".strip()
    post_spawn.connect(memory.make_room)
    for path in settings.WORKER_START:
        post_spawn.connect(import_string(path), weak=False)
    pre_execute.connect(partial(broker.renew_if_late, owner=owner), weak=False)
    pre_execute.connect(_note_the_row)
    post_execute_in_worker.connect(_note_the_end)
    post_execute_in_worker.connect(forget_the_message)
    post_execute_in_worker.connect(memory.give_back)
    post_execute.connect(broker.give_back_if_failed)
    post_execute.connect(lambda **_: pulse.ended(), weak=False)
    FailFastSentinel(
        stop_event=_SupervisorsWord(word),
        start_event=threading.Event(),
        cluster_id=uuid.uuid4(),
        broker=broker.LeaseBroker(queue, owner, pulse),
    )
    os._exit(0)  # all of its children have ended: nothing to wait for


class Cluster:
    """A running cluster, as its supervisor sees it."""

    def __init__(self, queue: str, owner: int, pulse: Pulse) -> None:
        pulse.progressed()
        pulse.blamed = 0
        self.started = time.monotonic()
        connections.close_all()  # no connection crosses a fork
        theirs, self._word = multiprocessing.Pipe(duplex=False)
        self.process = ForkProcess(target=_body, args=(theirs, queue, owner, pulse))
        self.process.start()
        theirs.close()

    @property
    def has_died(self) -> bool:
        return not self.process.is_alive()

    def ask_to_stop(self) -> None:
        """Let it finish what it has begun, and take nothing new."""
        with suppress(BrokenPipeError):
            self._word.send("stop")

    def kill(self) -> None:
        """End all of its processes, now."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()

    @property
    def pid(self) -> int:
        assert self.process.pid is not None  # noqa: S101 - started in __init__
        return self.process.pid
