"""How long work takes that shares its processes with others: the arithmetic of the estimate."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.attempts import TOGETHER_S

N_ENOUGH = 3  # measurements: fewer say nothing
MOMENT = timedelta(seconds=0.05)  # in which texts are stored that a task has read
PAUSE_S = TOGETHER_S + 2  # that no task takes: longer, and nobody was reading


@dataclass(frozen=True, slots=True)
class Step:
    """n texts that are left of a step, and how long a worker's process takes for one."""

    n: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """What is left of one batch, step after step.

    window: its tasks in the queue at a time. is_ahead: they stand there before those of the batch
    in question.
    """

    steps: Sequence[Step]
    window: int
    is_ahead: bool = True

    @property
    def n(self) -> float:
        return sum(step.n for step in self.steps)

    @property
    def seconds(self) -> float:
        return sum(step.n * step.seconds for step in self.steps)

    def seconds_of(self, n: float) -> float:
        """Of its first n texts, step after step."""
        seconds = 0.0
        for step in self.steps:
            n_here = min(n, step.n)
            seconds += n_here * step.seconds
            n -= n_here
        return seconds


def time_left(mine: Load, others: Iterable[Load], *, processes: int) -> float:
    """Seconds until the last task of `mine` ends, when nothing else comes in.

    The queue goes round: before each window of mine, every other batch gets as much as its own
    window holds, until it has ended; before the first one only those that are ahead of it. The last
    tasks of a step keep some processes idle.
    """
    rounds = sum(math.ceil(step.n / mine.window) for step in mine.steps)
    between = sum(
        other.seconds_of((rounds - (not other.is_ahead)) * other.window) for other in others
    )
    alone = sum(math.ceil(step.n / processes) * step.seconds for step in mine.steps)
    return max(alone, (mine.seconds + between) / processes)


def pace_of_reading(
    ends: Sequence[datetime], checks: Iterable[tuple[datetime, float]], *, processes: int
) -> float | None:
    """Seconds that a process takes to read a file, from the moments when texts were stored.

    ends: in their order. checks: end and seconds of the phases done meanwhile, whose time is taken
    off. Nobody writes down when reading began, so this is what the processes had for each text: an
    upper bound when they had to wait for files.
    """
    moments: list[datetime] = []
    n_read: list[int] = []
    for at in ends:
        if moments and at - moments[-1] <= MOMENT:
            n_read[-1] += 1
        else:
            moments.append(at)
            n_read.append(1)
    checked_s: defaultdict[int, float] = defaultdict(float)
    for at, seconds in checks:
        checked_s[bisect_left(moments, at)] += seconds
    had_s = {
        i: processes * (moments[i] - moments[i - 1]).total_seconds() - checked_s[i]
        for i in range(1, len(moments))
    }
    busy = [i for i, seconds in had_s.items() if seconds <= processes * PAUSE_S]
    if len(busy) < N_ENOUGH:
        return None
    return max(0.0, sum(had_s[i] for i in busy)) / sum(n_read[i] for i in busy)
