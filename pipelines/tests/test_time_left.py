"""How long work takes that is shared with others: the arithmetic of the estimate."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pace import Load, Step, time_left

NOW = datetime(2026, 3, 2, 10, tzinfo=timezone.get_fixed_timezone(0))


def load(n: int, seconds: float = 1, *, window: int = 8, is_ahead: bool = True) -> Load:
    return Load([Step(n, seconds)], window, is_ahead)


# --- the arithmetic -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mine", "others", "processes", "seconds"),
    [
        (load(10, 2), [], 1, 20),
        (load(10, 2), [], 2, 10),
        (load(3, 2), [], 2, 4),
        (load(1, 5), [], 4, 5),
        (load(3), [load(300)], 1, 3 + 8),
        (load(16), [load(300)], 1, 16 + 16),
        (load(16), [load(4)], 1, 16 + 4),
        (load(8), [load(300, is_ahead=False)], 1, 8),
        (load(16), [load(300, is_ahead=False)], 1, 16 + 8),
        (load(8, window=4), [load(300, window=16)], 1, 8 + 32),
        (load(16, window=16), [load(300, window=8)], 1, 16 + 8),
        (Load([Step(4, 1), Step(4, 3)], 8), [load(300)], 2, (16 + 16) / 2),
        (load(8), [Load([Step(8, 1), Step(8, 3)], 8)], 1, 8 + 8),
    ],
    ids=[
        "alone",
        "two processes share",
        "the last task keeps one idle",
        "one task is done by one process",
        "three beside three hundred wait for one window",
        "equal batches take turns",
        "another that is nearly done",
        "another that came later",
        "another that came later takes its turn",
        "a low priority beside a high one",
        "a high priority beside a normal one",
        "each step waits for its own round",
        "another whose first step comes before",
    ],
)
def test_time_left(mine: Load, others: list[Load], processes: int, seconds: float) -> None:
    assert time_left(mine, others, processes=processes) == pytest.approx(seconds)


loads = st.builds(load, st.integers(1, 300), st.floats(0.01, 5), window=st.sampled_from([4, 8, 16]))


@given(loads, st.lists(loads, max_size=5), loads, st.integers(1, 8))
def test_time_left_grows_with_others_and_shrinks_with_processes(
    mine: Load, others: list[Load], one_more: Load, processes: int
) -> None:
    seconds = time_left(mine, others, processes=processes)

    assert mine.seconds / processes <= seconds + 1e-9
    assert seconds <= time_left(mine, [*others, one_more], processes=processes) + 1e-9
    assert seconds >= time_left(mine, others, processes=processes + 1) - 1e-9


@given(loads, st.integers(1, 8))
def test_time_left_is_shared_by_the_processes_where_nothing_is_ahead(
    mine: Load, processes: int
) -> None:
    seconds = time_left(mine, [], processes=processes)

    assert -1e-9 <= seconds - mine.seconds / processes <= mine.steps[0].seconds + 1e-9


def simulated(mine: Load, others: Sequence[Load], processes: int) -> float:
    """When the last task of `mine` ends in a queue that is filled and worked off as the real one.

    Each load has one step.
    """
    ahead = [other for other in others if other.is_ahead]
    place = len(ahead)
    batches = [*ahead, mine, *(other for other in others if not other.is_ahead)]
    left = [round(batch.n) for batch in batches]  # not queued yet
    queued = [0 for _ in batches]
    queue: deque[int] = deque()
    free_at = [0.0] * processes
    running: list[tuple[float, int]] = []

    def fill(i: int) -> None:
        room = batches[i].window - queued[i]
        if left[i] and queued[i] <= batches[i].window // 2:
            n = min(room, left[i])
            queue.extend([i] * n)
            queued[i] += n
            left[i] -= n

    for i in range(len(batches)):
        fill(i)
    ends = 0.0
    while queue or running:
        free = min(range(processes), key=lambda p: free_at[p])
        due = sorted(done for done in running if done[0] <= free_at[free])
        if not queue and not due:
            due = [min(running)]
            free_at[free] = max(free_at[free], due[0][0])
        for done in due:
            running.remove(done)
            queued[done[1]] -= 1
            fill(done[1])
        if queue:
            i = queue.popleft()
            free_at[free] += batches[i].steps[0].seconds
            running.append((free_at[free], i))
            ends = free_at[free] if i == place else ends
    return ends


@pytest.mark.parametrize("processes", [1, 2, 4])
@pytest.mark.parametrize(
    ("mine", "others"),
    [
        (load(30), []),
        (load(3), [load(300)]),
        (load(30), [load(30)] * 9),
        (load(30, 0.1), [load(30, 2)] * 3),
        (load(300), [load(30)] * 20),
        (load(30, window=16), [load(300)] * 5),
        (load(30, window=4), [load(300, window=16)] * 2),
        (load(1), [load(10)] * 100),
        (load(30, window=30), [load(30, window=30, is_ahead=i < 5) for i in range(30)]),
        (load(30), [load(30, is_ahead=i < 5) for i in range(20)]),
    ],
    ids=lambda value: f"{value.n}" if isinstance(value, Load) else f"{len(value)} others",
)
def test_time_left_is_close_to_what_such_a_queue_takes(
    mine: Load, others: list[Load], processes: int
) -> None:
    took = simulated(mine, others, processes)

    assert time_left(mine, others, processes=processes) == pytest.approx(took, rel=0.35)
