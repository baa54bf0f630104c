"""How long a batch still needs: the arithmetic, the measured paces, and when nothing is said."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from batches.models import Batch
from jobs.models import Worker
from lifecycle.models import EssayText
from pipelines import estimate, flow
from pipelines.estimate import Load, Step, pace_of_reading, time_left
from pipelines.models import EssayPhase
from tests.essays import fresh, hand_in_good, register

Drain = Callable[..., int]
NOW = datetime(2026, 3, 2, 10, tzinfo=timezone.get_fixed_timezone(0))


def load(n: int, seconds: float = 1, *, window: int = 8) -> Load:
    return Load([Step(n, seconds)], window)


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
        (load(8, window=4), [load(300, window=16)], 1, 8 + 32),
        (load(16, window=16), [load(300, window=8)], 1, 16 + 8),
        (Load([Step(4, 1), Step(4, 3)], 8), [load(300)], 2, (16 + 16) / 2),
    ],
    ids=[
        "alone",
        "two processes share",
        "the last task keeps one idle",
        "one task is done by one process",
        "three beside three hundred wait for one window",
        "equal batches take turns",
        "another that is nearly done",
        "a low priority beside a high one",
        "a high priority beside a normal one",
        "each step waits for its own round",
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


def simulated(mine: Load, others: Sequence[Load], processes: int) -> float:
    """When the last task of `mine` ends in a queue that is filled and worked off as the real one.

    Others are in the queue before it. Each load has one step.
    """
    batches = [*others, mine]
    left = [batch.n for batch in batches]  # not queued yet
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
            ends = free_at[free] if i == len(others) else ends
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
    ],
    ids=lambda value: f"{value.n}" if isinstance(value, Load) else f"{len(value)} others",
)
def test_time_left_is_close_to_what_such_a_queue_takes(
    mine: Load, others: list[Load], processes: int
) -> None:
    took = simulated(mine, others, processes)

    assert time_left(mine, others, processes=processes) == pytest.approx(took, rel=0.35)


# --- the pace of reading ------------------------------------------------------------------
def moments(*seconds: float) -> list[datetime]:
    return [NOW + timedelta(seconds=at) for at in seconds]


@pytest.mark.parametrize(
    ("ends", "checks", "processes", "pace"),
    [
        ((0, 1, 2, 3), [], 1, 1.0),
        ((0, 1, 2, 3), [], 2, 2.0),
        ((0, 1, 2, 3, 60, 61), [], 1, 1.0),
        ((0, 1, 2, 3), [(0.5, 0.3), (1.5, 0.6), (50, 9.0)], 1, 0.7),
        ((0, 1, 2), [], 1, None),
        ((0, 10, 20, 30), [], 1, None),
        ((), [], 1, None),
    ],
    ids=["one", "two processes", "a pause", "checks between", "too few", "never busy", "none"],
)
def test_pace_of_reading(
    ends: tuple[float, ...],
    checks: list[tuple[float, float]],
    processes: int,
    pace: float | None,
) -> None:
    meanwhile = [(NOW + timedelta(seconds=at), seconds) for at, seconds in checks]

    found = pace_of_reading(moments(*ends), meanwhile, processes=processes)

    assert found == (pace if pace is None else pytest.approx(pace))


# --- a batch ------------------------------------------------------------------------------
@pytest.fixture
def worker(db: None) -> Worker:
    """Two processes that live."""
    now = timezone.now()
    return Worker.objects.create(
        host="here", pid=1, queue="huleedu", processes=2, started_at=now, seen_at=now
    )


@pytest.fixture
def measured(colleague: User, drain: Drain) -> None:
    """Lately a process read a file in 2 s and checked it in 4 s."""
    hand_in_good(register(colleague, 4), 4)
    drain()
    pretend_paces()


def pretend_paces() -> None:
    """A text each second, by two processes, long before the checks of 4 s."""
    start = timezone.now() - timedelta(hours=1)
    for i, text in enumerate(EssayText.objects.order_by("pk")):
        EssayText.objects.filter(pk=text.pk).update(created_at=start + timedelta(seconds=i))
    done = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED)
    for step in done:  # each in a task of its own
        done.filter(pk=step.pk).update(started_at=timezone.now())
    done.update(ended_at=F("started_at") + timedelta(seconds=4))


pytestmark = pytest.mark.django_db


def being_checked(owner: User, n: int, drain: Drain) -> Batch:
    batch = register(owner, n)
    hand_in_good(batch, n)
    while not batch.runs.exists():
        drain(limit=1)
    return fresh(batch)


def test_batch_that_is_checked_needs_its_checks(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    batch = being_checked(teacher, 6, drain)

    assert estimate.seconds_left(batch) == 6 * 4 / 2


def test_texts_that_a_task_took_together_share_its_time(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    done = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED)
    start = timezone.now()
    done.update(started_at=start, ended_at=start + timedelta(seconds=4))  # all four of them
    batch = being_checked(teacher, 6, drain)

    assert estimate.seconds_left(batch) == 6 * 4 / 4 / 2


def test_estimate_shrinks_as_checks_end(
    teacher: User, drain: Drain, worker: Worker, measured: None, settings: LazySettings
) -> None:
    settings.ESSAYS_PER_TASK = 1
    batch = being_checked(teacher, 6, drain)
    before = estimate.seconds_left(batch)

    drain(limit=2)
    pretend_paces()

    assert (before, estimate.seconds_left(batch)) == (12, 8)


def test_batch_whose_files_are_all_in_needs_reading_and_checks(
    teacher: User, worker: Worker, measured: None
) -> None:
    batch = register(teacher, 4)
    hand_in_good(batch, 4)

    assert estimate.seconds_left(fresh(batch)) == (4 * 2 + 4 * 4) / 2


@pytest.mark.parametrize(
    ("n_expected", "auto_start"),
    [(9, True), (None, True), (4, False)],
    ids=["essays are missing", "open", "the teacher starts it"],
)
def test_batch_that_waits_for_somebody_needs_only_reading(
    teacher: User, worker: Worker, measured: None, n_expected: int | None, auto_start: bool
) -> None:
    batch = register(teacher, n_expected, auto_start=auto_start)
    hand_in_good(batch, 4)

    assert estimate.seconds_left(fresh(batch)) == 4 * 2 / 2


def test_others_lengthen_it_by_their_window(
    teacher: User,
    colleague: User,
    drain: Drain,
    worker: Worker,
    measured: None,
    settings: LazySettings,
) -> None:
    settings.QUEUE_WINDOW = 8
    being_checked(colleague, 20, drain)
    pretend_paces()
    batch = register(teacher, 2, auto_start=False)
    hand_in_good(batch, 2)

    assert estimate.seconds_left(fresh(batch)) == (2 * 2 + 8 * 4) / 2


def test_nothing_is_said_before_anything_was_measured(
    teacher: User, drain: Drain, worker: Worker
) -> None:
    assert estimate.seconds_left(being_checked(teacher, 6, drain)) is None


def test_nothing_is_said_while_no_worker_lives(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    batch = being_checked(teacher, 6, drain)
    Worker.objects.update(seen_at=timezone.now() - timedelta(hours=1))

    assert estimate.seconds_left(batch) is None


def test_worker_of_another_queue_does_not_count(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    batch = being_checked(teacher, 6, drain)
    Worker.objects.update(queue="long")

    assert estimate.seconds_left(batch) is None


@pytest.mark.parametrize("n_handed_in", [0, 1], ids=["waiting", "done"])
def test_nothing_is_said_where_nothing_goes_on(
    teacher: User, drain: Drain, worker: Worker, measured: None, n_handed_in: int
) -> None:
    batch = register(teacher, 1)
    hand_in_good(batch, n_handed_in)
    drain()

    assert estimate.seconds_left(fresh(batch)) is None


def test_cancelled_run_needs_nothing(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    batch = being_checked(teacher, 6, drain)

    flow.cancel(batch.pk, by=teacher)

    assert estimate.seconds_left(fresh(batch)) is None


def test_estimate_costs_the_same_for_three_essays_and_for_thirty(
    teacher: User, colleague: User, drain: Drain, worker: Worker, measured: None
) -> None:
    few, many = being_checked(teacher, 3, drain), being_checked(colleague, 30, drain)

    with CaptureQueriesContext(connection) as for_few:
        estimate.seconds_left(few)
    with CaptureQueriesContext(connection) as for_many:
        estimate.seconds_left(many)

    assert len(for_few) == len(for_many) <= 9
    assert math.isfinite(estimate.seconds_left(many) or math.inf)
