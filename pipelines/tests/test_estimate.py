"""How long a batch still needs, at the pace measured lately; and when nothing is said."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from batches import flow as batches
from jobs.models import Worker
from lifecycle import flow as lifecycle
from lifecycle.models import Essay
from pipelines import estimate, flow
from pipelines.models import EssayPhase
from pipelines.tests.conftest import being_checked, pretend_paces
from tests.essays import fresh, hand_in_good, register

Drain = Callable[..., int]


pytestmark = pytest.mark.django_db


def test_batch_that_is_checked_needs_its_checks(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    batch = being_checked(teacher, 6, drain)

    assert estimate.seconds_left(batch) == 6 * 4 / 2


def test_estimate_shrinks_as_checks_end(
    teacher: User, drain: Drain, worker: Worker, measured: None, settings: LazySettings
) -> None:
    settings.ESSAYS_PER_TASK = 1
    batch = being_checked(teacher, 6, drain)
    before = estimate.seconds_left(batch)

    drain(limit=2)
    pretend_paces()
    cache.clear()

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


def hinder(essay: Essay) -> None:
    with batches.held(essay.batch_id) as batch:
        lifecycle.content_waits(batch, essay, "storage_unavailable")


def test_file_that_is_hindered_leaves_only_the_reading_of_the_others(
    teacher: User, worker: Worker, measured: None
) -> None:
    batch = register(teacher, 5)
    hand_in_good(batch, 5)

    hinder(batch.essays.all()[0])

    assert estimate.seconds_left(fresh(batch)) == 4 * 2 / 2


def test_nothing_is_said_where_only_hindered_files_are_left(
    teacher: User, worker: Worker, measured: None
) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 2)

    for essay in batch.essays.all():
        hinder(essay)

    assert estimate.seconds_left(fresh(batch)) is None


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


def test_time_left_falls_as_time_passes_without_another_look(
    teacher: User,
    drain: Drain,
    worker: Worker,
    measured: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = being_checked(teacher, 6, drain)
    before, now = estimate.seconds_left(batch), timezone.now()

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=2))
    with CaptureQueriesContext(connection) as asked:
        after = estimate.seconds_left(batch)

    assert (before, after) == (12, 10)
    assert len(asked) <= 1


def test_time_left_is_never_less_than_a_second(
    teacher: User, drain: Drain, worker: Worker, measured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = being_checked(teacher, 1, drain)
    estimate.seconds_left(batch)
    later = timezone.now() + timedelta(minutes=1)

    monkeypatch.setattr(timezone, "now", lambda: later)

    assert estimate.seconds_left(batch) == 1


def test_texts_that_a_task_has_had_for_a_while_need_only_the_rest(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    batch = being_checked(teacher, 6, drain)
    began = timezone.now() - timedelta(seconds=8)
    steps = EssayPhase.objects.filter(phase_run__run__batch=batch)
    steps.update(status=EssayPhase.Status.IN_PROGRESS, attempts=1, started_at=began)

    assert estimate.seconds_left(batch) == (6 - 2) * 4 / 2


def test_texts_that_wait_to_go_on_alone_need_all_of_their_time(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    batch = being_checked(teacher, 6, drain)
    began = timezone.now() - timedelta(seconds=8)
    steps = EssayPhase.objects.filter(phase_run__run__batch=batch)
    steps.update(status=EssayPhase.Status.IN_PROGRESS, attempts=0, started_at=began)

    assert estimate.seconds_left(batch) == 6 * 4 / 2


def test_files_that_came_after_the_last_look_count_at_once(
    teacher: User, worker: Worker, measured: None
) -> None:
    batch = register(teacher, None)
    hand_in_good(batch, 2)
    before = estimate.seconds_left(fresh(batch))

    hand_in_good(batch, 4, prefix="more")

    assert (before, estimate.seconds_left(fresh(batch))) == (2, 6)


def test_estimate_costs_the_same_for_three_essays_and_for_thirty(
    teacher: User, colleague: User, drain: Drain, worker: Worker, measured: None
) -> None:
    few, many = being_checked(teacher, 3, drain), being_checked(colleague, 30, drain)

    with CaptureQueriesContext(connection) as for_few:
        estimate.seconds_left(few)
    cache.clear()
    with CaptureQueriesContext(connection) as for_many:
        estimate.seconds_left(many)

    assert len(for_few) == len(for_many) <= 10
    assert math.isfinite(estimate.seconds_left(many) or math.inf)
