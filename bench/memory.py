"""What the processes of a measured site hold of the machine's memory, while it works and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
from running import Site

from bench.in_use import InUse
from bench.repeating import repeating

SAMPLE_S = 2.0
SMALL = 5_000_000  # bytes; processes that hold less alone are not told


class Memory:
    """The largest that was seen of the web's processes and of the worker's, and what they held at
    the end, together and each by itself."""

    def __init__(self, running: Site, in_use: InUse) -> None:
        self._in_use = in_use
        self._roots = dict(zip(("web", "worker"), running.pids(), strict=True))
        self._peak: Counter[str] = Counter()  # bytes, as the next
        self._together: Counter[str] = Counter()
        self._of: dict[str, dict[int, dict[str, float]]] = {role: {} for role in self._roots}

    @contextmanager
    def sampled(self) -> Iterator[None]:
        """While it works; and at its end, at rest."""
        with repeating(self._note_peaks, every_s=SAMPLE_S):
            yield
        self._note_peaks()
        for role, process in self._processes():
            self._note_rest(role, process)
        self.ask()

    def ask(self) -> None:
        for role, process in self._processes():
            said = self._in_use.of(process)
            if said and (shown := self._of[role].get(process.pid)):
                shown |= {"kblocks": round(said["blocks"] / 1e3, 1), "malloc": _mb(said["malloc"])}

    def cpu_s(self, role: str) -> float:
        """CPU seconds so far of a role's processes that live."""
        children = psutil.Process(self._roots[role]).children(recursive=True)
        times = [process.cpu_times() for process in children]
        return float(sum(time.user + time.system for time in times))

    def summary(self) -> dict[str, Any]:
        shown: dict[str, Any] = {f"{role}_resident_mb": _mb(n) for role, n in self._peak.items()}
        for role, each in self._of.items():
            shown[f"{role}_together_mb"] = _mb(self._together[role])
            shown[f"{role}_alone_mb"] = max((held["alone"] for held in each.values()), default=0.0)
            shown[f"{role}_mb_of"] = dict(sorted(each.items()))
        return shown

    def _processes(self) -> Iterator[tuple[str, psutil.Process]]:
        for role, pid in self._roots.items():
            root = psutil.Process(pid)
            yield role, root
            for process in root.children(recursive=True):
                yield role, process

    def _note_peaks(self) -> None:
        for role, process in self._processes():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                self._peak[role] = max(self._peak[role], process.memory_info().rss)

    def _note_rest(self, role: str, process: psutil.Process) -> None:
        """What costs the process and this one a moment each."""
        try:
            held = process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return
        self._together[role] += held.pss
        if held.uss >= SMALL:
            self._of[role][process.pid] = {
                "resident": _mb(held.rss),
                "anonymous": _mb(held.rss - held.shared),
                "alone": _mb(held.uss),
            }


def _mb(n_bytes: int) -> float:
    return round(n_bytes / 1e6, 2)
