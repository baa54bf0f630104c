"""How a sentinel looks after its workers."""

from __future__ import annotations

import time
from multiprocessing import Value
from multiprocessing.context import ForkProcess
from types import SimpleNamespace
from typing import Any

from jobs.cluster import FailFastSentinel
from jobs.pulse import Pulse


class LoneSentinel(FailFastSentinel):
    """It has started nobody, and starts nobody anew; but it reads the timer of whom it would."""

    def __init__(self) -> None:
        self.broker = SimpleNamespace(pulse=Pulse())
        self.has_read = False

    def reincarnate(self, process: Any) -> None:
        self.has_read = process.timer.get_lock().acquire(timeout=3)


class Sluggish:
    """A worker's timer; between the release of its lock and what comes next the worker runs."""

    def __init__(self) -> None:
        self.timer = Value("f", 0.1)
        self.get_obj = self.timer.get_obj

    def get_lock(self) -> Sluggish:
        return self

    def acquire(self, timeout: float) -> bool:
        return self.timer.get_lock().acquire(timeout=timeout)

    def release(self) -> None:
        self.timer.get_lock().release()
        time.sleep(0.1)


def end_one_task_after_another(timer: Any) -> None:
    while True:
        with timer.get_lock():
            time.sleep(0.2)
        time.sleep(0.01)


def test_worker_whose_task_ends_as_it_is_killed_takes_no_lock_with_it() -> None:
    sentinel = LoneSentinel()
    sluggish = Sluggish()
    worker = ForkProcess(target=end_one_task_after_another, args=(sluggish.timer,))
    worker.timer = sluggish  # type: ignore[attr-defined]  # as django-q2 does
    worker.start()
    time.sleep(0.1)

    sentinel._look_after(worker, elapsed_s=60)

    assert sentinel.has_read
    assert not worker.is_alive()
