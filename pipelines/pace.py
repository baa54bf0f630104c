"""How long work takes that shares its processes with others: the arithmetic of the estimate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


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
