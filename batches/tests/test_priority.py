"""A batch's priority: its share of the workers while others wait, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from batches import flow as batches
from batches.models import Batch
from files import reading
from tests.essays import fresh, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def n_queued(batch: Batch) -> int:
    return batch.uploads.exclude(queued_at=None).count()


@pytest.mark.parametrize(("priority", "window"), [("low", 4), ("normal", 8), ("high", 16)])
def test_priority_bounds_how_many_files_of_a_batch_are_queued(
    teacher: User, settings: LazySettings, priority: str, window: int
) -> None:
    settings.QUEUE_WINDOW = 8
    batch = register(teacher, 30, priority=priority)

    hand_in_good(batch, 30)

    assert window // 2 < n_queued(batch) <= window  # filled up when half of it is empty


@pytest.mark.parametrize(("priority", "window"), [("low", 4), ("normal", 8), ("high", 16)])
def test_priority_holds_for_the_checks_too(
    teacher: User, drain: Drain, settings: LazySettings, priority: str, window: int
) -> None:
    settings.QUEUE_WINDOW = 8
    batch = register(teacher, 20, priority=priority)
    hand_in_good(batch, 20)

    while not batch.runs.exists():
        drain(limit=1)

    steps = batch.runs.get().phase_runs.get().essay_phases
    assert steps.exclude(queued_at=None).count() == window


@pytest.mark.parametrize(("priority", "window"), [("low", 1), ("normal", 2), ("high", 4)])
def test_few_files_of_a_batch_stand_in_the_long_queue(
    teacher: User, priority: str, window: int
) -> None:
    batch = register(teacher, 20, priority=priority)
    hand_in_good(batch, 20)
    batch.uploads.update(is_long=True, queued_at=None)  # as if they were pictures

    with batches.held(batch.pk) as locked:
        reading.fill_long_window(locked)

    assert n_queued(batch) == window


def test_batch_has_a_normal_priority_when_nothing_is_said(teacher: User) -> None:
    assert fresh(register(teacher)).priority == Batch.Priority.NORMAL


def test_low_priority_is_never_none(teacher: User, settings: LazySettings) -> None:
    settings.QUEUE_WINDOW = 1

    assert register(teacher, priority="low").queue_window == 1


def test_urgent_batch_overtakes_and_a_modest_one_is_not_starved(
    teacher: User, drain: Drain
) -> None:
    low, high = (register(teacher, 24, priority=word) for word in ("low", "high"))
    for batch in (low, high):
        hand_in_good(batch, 24)

    drain(limit=24)

    n_read = {batch.priority: batch.essays.ready().count() for batch in (low, high)}
    assert n_read["high"] > n_read["low"] > 0
    drain()
    assert fresh(low).status == fresh(high).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_unknown_priority_is_refused_by_field(teacher: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        register(teacher, priority="urgent")

    assert "priority" in refusal.value.message_dict


def test_database_knows_the_priorities(teacher: User) -> None:
    batch = register(teacher)

    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(priority="urgent")
