"""The CPU that a running site takes, with all that it starts."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import AbstractContextManager
from dataclasses import dataclass

import psutil

from bench.repeating import repeating

LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds of a process, and of those that it has reaped."""

    parent: int
    own_s: float
    reaped_s: float


class Cpu:
    """CPU seconds so far of some processes and of all that descends from them.

    A process that is reaped leaves what it has used to its parent. The reader of a worker that is
    renewed outlives it and leaves to nobody what it and all its children have used: so everyone is
    looked at every LOOK_S seconds, and what nobody has inherited is kept as it was last seen. Lost
    is still what such a process used after that, and one that came and was orphaned between two
    looks.
    """

    def __init__(self, roots: list[psutil.Process]) -> None:
        self._roots = roots
        self._seen: dict[int, Used] = {}
        self._left_to_nobody_s = 0.0
        self._looking = threading.Lock()

    def seconds(self) -> float:
        with self._looking:
            now = self._used()
            left_s: defaultdict[int, float] = defaultdict(float)  # by the one who should inherit
            for pid, used in self._seen.items():
                if pid not in now:
                    left_s[self._heir(used, now)] += used.own_s + used.reaped_s
            for heir, seconds in left_s.items():
                inherited_s = 0.0
                if heir in now and heir in self._seen:
                    inherited_s = now[heir].reaped_s - self._seen[heir].reaped_s
                self._left_to_nobody_s += max(0.0, seconds - inherited_s)
            self._seen = now
            living_s = sum(used.own_s + used.reaped_s for used in now.values())
            return living_s + self._left_to_nobody_s

    def _heir(self, used: Used, now: dict[int, Used]) -> int:
        heir = used.parent
        while heir not in now and heir in self._seen:
            heir = self._seen[heir].parent
        return heir

    def _used(self) -> dict[int, Used]:
        used = {}
        for root in self._roots:
            for process in [root, *root.children(recursive=True)]:
                try:
                    times, parent = process.cpu_times(), process.ppid()
                except psutil.NoSuchProcess:
                    continue
                reaped_s = times.children_user + times.children_system
                used[process.pid] = Used(parent, times.user + times.system, reaped_s)
        return used

    def watched(self) -> AbstractContextManager[None]:
        """Look again and again until the block ends."""
        return repeating(self.seconds, every_s=LOOK_S)
