"""Signs of life that a cluster's processes leave in memory shared with their supervisor."""

from __future__ import annotations

import time
from multiprocessing.sharedctypes import RawArray, RawValue

from django.conf import settings
from django_q.conf import Conf

GLANCE_S = 0.005  # between two looks at what another process may have changed
GUARD_BUFFER_S = 3  # django-q2 gives a task so much more than its timeout before it is killed


def longest_task_s(timeout_s: float | None = None) -> float:
    """timeout_s: of a queue, or of the one that this process serves."""
    return float((timeout_s or Conf.TIMEOUT) + GUARD_BUFFER_S)


def longest_silence_s(timeout_s: float | None = None) -> float:
    """A cluster of which nothing is heard for longer is not well."""
    return longest_task_s(timeout_s) + settings.WORKER_SILENCE_S


class Pulse:
    """Moments of the machine's monotonic clock, written without a lock: no kill wedges it."""

    def __init__(self) -> None:
        now = time.monotonic()
        self._moments = RawArray("d", [now, now, now])
        self._blamed = RawValue("q", 0)

    def looked(self) -> None:
        """The pusher has looked for something to do."""
        self._moments[0] = time.monotonic()

    def progressed(self) -> None:
        """A task has ended, or there is a good reason why none did."""
        self._moments[1] = time.monotonic()

    def ended(self) -> None:
        """A task has ended."""
        self.progressed()
        self._moments[2] = self._moments[1]

    def await_progress(self, seconds: float) -> None:
        """Until then, or for so long."""
        before, deadline = self._moments[1], time.monotonic() + seconds
        while self._moments[1] == before and time.monotonic() < deadline:
            time.sleep(GLANCE_S)

    @property
    def blamed(self) -> int:
        """The queue row whose task killed its worker, and with it the last cluster; 0: none did."""
        return int(self._blamed.value)

    @blamed.setter
    def blamed(self, row: int) -> None:
        self._blamed.value = row

    @property
    def silence_s(self) -> float:
        """Seconds since the pusher last looked."""
        return float(time.monotonic() - self._moments[0])

    @property
    def standstill_s(self) -> float:
        """Seconds since the last progress."""
        return float(time.monotonic() - self._moments[1])

    @property
    def barren_s(self) -> float:
        """Seconds since a task has ended."""
        return float(time.monotonic() - self._moments[2])
