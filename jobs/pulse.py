"""Signs of life that a cluster's processes leave in memory shared with their supervisor."""

from __future__ import annotations

import time
from multiprocessing.sharedctypes import RawArray


class Pulse:
    """Two moments of the machine's monotonic clock, written without a lock: no kill wedges it."""

    def __init__(self) -> None:
        now = time.monotonic()
        self._moments = RawArray("d", [now, now])

    def looked(self) -> None:
        """The pusher has asked the queue for work."""
        self._moments[0] = time.monotonic()

    def progressed(self) -> None:
        """A task has ended, or there is a good reason why none did."""
        self._moments[1] = time.monotonic()

    @property
    def silence_s(self) -> float:
        """Seconds since any sign of life."""
        return float(time.monotonic() - max(self._moments))

    @property
    def standstill_s(self) -> float:
        """Seconds since the last progress."""
        return float(time.monotonic() - self._moments[1])
