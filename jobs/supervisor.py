"""`manage.py worker`: keeps one cluster and one steward alive, and ends both when asked.

The supervisor itself has no connection and does no work, so there is nothing in it that can hang.
Asked to serve several queues, it keeps a supervisor of each of the others alive as well.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import time
from collections.abc import Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

from django.conf import settings
from django.utils.module_loading import autodiscover_modules, import_string
from django_q.conf import Conf

from jobs import memory
from jobs.cluster import Cluster
from jobs.family import children_die_with_their_parent
from jobs.pulse import Pulse
from jobs.steward import Steward, Word

logger = logging.getLogger(__name__)

LOOK_S = 0.5  # at most so late is a signal or a death noticed
SHORT_LIFE_S = 10.0  # after clusters that die younger, with no task ended, the next waits longer
LONGEST_WAIT_S = 5.0
RESPAWN_S = 0.5
STEWARD_SILENCE_S = 60.0  # it beats each second or two, and says so when the database is away
STEWARD_GRACE_S = 3.0


class UnknownQueue(Exception):
    def __init__(self, queue: str, known: list[str]) -> None:
        super().__init__(f"No queue {queue!r}; there are: {', '.join(known)}.")


def configure(queue: str | None, processes: int | None) -> str:
    """Give django-q2 the settings of one queue; it reads them at import, for its default only."""
    default = str(settings.Q_CLUSTER["name"])
    others: dict[str, dict[str, Any]] = settings.Q_CLUSTER.get("ALT_CLUSTERS", {})
    queue = queue or default
    if queue != default and queue not in others:
        raise UnknownQueue(queue, [default, *others])
    chosen = {"cluster_name": queue, **others.get(queue, {})}
    if processes is not None:
        chosen["workers"] = processes
    for name, value in chosen.items():
        setattr(Conf, name.upper(), value)
    return queue


class Sibling:
    """The supervisor of another queue, forked from this one, so that what is loaded is shared."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self._start()

    def _start(self) -> None:
        self.process = ForkProcess(target=_serve, args=(self.queue,))
        self.process.start()

    def tend(self) -> None:
        """Start it anew if it has died."""
        if not self.process.is_alive():
            logger.error("the supervisor of queue %s died: starting it anew", self.queue)
            self.process.join()
            time.sleep(RESPAWN_S)
            self._start()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


def _serve(queue: str) -> None:
    os.setpgrp()  # Ctrl-C is the first supervisor's business
    Supervisor(configure(queue, None)).run()


class Supervisor:
    """beside: the other queues that are served by siblings."""

    def __init__(self, queue: str, *, drain: bool = False, beside: Sequence[str] = ()) -> None:
        self.queue = queue
        self.beside = beside
        self.drain = drain
        self.owner = random.randrange(1, 1_000_000)  # noqa: S311 - a name, not a secret
        self.pulse = Pulse()
        self.stops_asked = 0
        self.cluster: Cluster | None = None
        self.has_run = False
        self.may_start = False  # the steward has ended the leases of the last one
        self.start_at = 0.0  # monotonic
        self.quick_deaths = 0

    def run(self) -> None:
        """Until SIGTERM or SIGINT; a second one ends it without grace."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._ask_to_stop)
        children_die_with_their_parent()
        _preload()
        self.siblings = [Sibling(queue) for queue in self.beside]
        self.steward = self._new_steward()
        while not self.stops_asked:
            self._tend_steward()
            self._tend_cluster()
            for sibling in self.siblings:
                sibling.tend()
            watched: list[Any] = [self.steward.word, self.steward.process.sentinel]
            if self.cluster is not None:
                watched.append(self.cluster.process.sentinel)
            wait(watched, LOOK_S)
        self._stop()

    def _new_steward(self) -> Steward:
        first = not self.has_run
        return Steward(self.queue, self.owner, self.pulse, first=first)

    def _ask_to_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stops_asked += 1

    def _tend_steward(self) -> None:
        for word in self.steward.says():
            match word:
                case Word.CLEAR:
                    self.may_start = True
                case Word.EMPTY if self.drain:
                    self.stops_asked += 1
                case Word.STANDSTILL if self.cluster is not None:
                    logger.error("no task has ended for too long: starting the cluster anew")
                    self._bury(self.cluster, Word.RELEASE)
        if self.steward.has_died or self.steward.silence_s > STEWARD_SILENCE_S:
            logger.error("the steward died or is silent: starting it anew")
            self.steward.kill()
            time.sleep(RESPAWN_S)
            self.steward = self._new_steward()
            if self.has_run and self.cluster is None:
                self.steward.tell(Word.RELEASE)

    def _tend_cluster(self) -> None:
        if self.cluster is None:
            if self.may_start and time.monotonic() >= self.start_at:
                self.has_run = True
                self.cluster = Cluster(self.queue, self.owner, self.pulse)
        elif self.cluster.has_died:
            logger.error("the cluster died: starting it anew")
            self._bury(self.cluster, Word.FORGIVE)

    def _bury(self, cluster: Cluster, rites: Word) -> None:
        cluster.kill()
        lived_s = time.monotonic() - cluster.started
        is_in_vain = lived_s < SHORT_LIFE_S and self.pulse.standstill_s >= lived_s
        self.quick_deaths = self.quick_deaths + 1 if is_in_vain else 0
        self.pulse.progressed()  # what stood still is over
        if self.quick_deaths > 1:
            self.start_at = time.monotonic() + min(self.quick_deaths * 0.5, LONGEST_WAIT_S)
        self.cluster = None
        self.may_start = False
        self.steward.tell(rites)

    def _stop(self) -> None:
        asked, deadline = self.stops_asked, time.monotonic() + settings.WORKER_GRACE_S
        for sibling in self.siblings:
            sibling.process.terminate()
        if self.cluster is not None:
            logger.info("worker stopping: %d s for what has begun", settings.WORKER_GRACE_S)
            self.cluster.ask_to_stop()
            while not self.cluster.has_died and self.stops_asked == asked:
                if time.monotonic() > deadline:
                    logger.warning("what has begun did not end in time: it goes back to the queue")
                    break
                wait([self.cluster.process.sentinel], LOOK_S)
            self.cluster.kill()
        self.steward.stop(STEWARD_GRACE_S)
        deadline += STEWARD_GRACE_S  # a sibling lets its own steward go as well
        for sibling in self.siblings:
            while sibling.process.is_alive() and self.stops_asked == asked:
                if time.monotonic() > deadline:
                    break
                sibling.process.join(LOOK_S)
            sibling.kill()
        logger.info("worker on queue %s stopped", self.queue)


def _preload() -> None:
    """Load what all processes share, once, before they are forked from this one."""
    autodiscover_modules("tasks")
    for path in settings.WORKER_PRELOAD:
        import_string(path)()
    memory.keep_what_is_loaded()
