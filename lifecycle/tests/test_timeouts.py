"""A batch that has waited long enough goes on with most of its essays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from batches.models import Batch
from events.models import Event
from events.topics import BatchEssaysReady, BatchReadinessTimeout
from files import flow as files
from files import reading
from lifecycle.sweeps import sweep_readiness_timeouts
from pipelines import flow as pipelines
from tests.essays import essay_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]
TOMORROW = timedelta(days=1, minutes=1)


def test_batch_goes_on_with_four_of_five_when_the_time_is_over(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 5)
    hand_in_good(batch, 4)
    drain()

    assert sweep_readiness_timeouts(timezone.now() + TOMORROW) == 1
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES
    event = Event.objects.get(batch_id=batch.pk, event_type=BatchReadinessTimeout.topic)
    assert (event.data["expected_count"], event.data["actual_count"]) == (5, 4)
    assert len(event.data["missing_essay_ids"]) == 1


def test_batch_with_too_few_essays_waits_for_the_teacher(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 5)
    hand_in_good(batch, 3)
    drain()

    sweep_readiness_timeouts(timezone.now() + TOMORROW)
    drain()

    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION
    assert fresh(batch).readiness_timed_out_at is not None


def test_reopened_batch_waits_as_long_as_a_new_one(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 5)
    hand_in_good(batch, 4)
    drain()
    pipelines.cancel(batch.pk, by=teacher)
    Event.objects.update(event_timestamp=timezone.now() - timedelta(days=3))
    Batch.objects.update(registered_at=timezone.now() - timedelta(days=3))

    files.reopen(batch.pk, by=teacher)

    assert sweep_readiness_timeouts() == 0
    assert sweep_readiness_timeouts(timezone.now() + TOMORROW) == 1


def test_time_out_expects_no_essay_of_an_absent_pupil(teacher: User) -> None:
    batch = register(teacher, 3)
    files.mark_absent(batch.essays.order_by("position")[0].pk, absent=True, by=teacher)

    sweep_readiness_timeouts(timezone.now() + TOMORROW)

    event = Event.objects.get(batch_id=batch.pk, event_type=BatchReadinessTimeout.topic)
    assert event.data["expected_count"] == 2


def test_file_that_comes_after_the_time_can_be_the_one_that_was_needed(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 5)
    hand_in_good(batch, 3)
    drain()
    sweep_readiness_timeouts(timezone.now() + TOMORROW)

    hand_in(batch, essay_file("the fourth.txt"))
    drain()

    assert fresh(batch).completed_at is not None


def with_the_last_file_being_read(teacher: User, drain: Drain) -> Batch:
    batch = register(teacher, 5)
    hand_in_good(batch, 4)
    drain()
    hand_in(batch, essay_file("last.txt"))
    return batch


def test_batch_does_not_go_on_while_a_file_is_being_read(teacher: User, drain: Drain) -> None:
    batch = with_the_last_file_being_read(teacher, drain)

    sweep_readiness_timeouts(timezone.now() + TOMORROW)

    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION


def test_batch_goes_on_without_a_file_that_waits_for_the_storage(
    teacher: User, drain: Drain
) -> None:
    batch = with_the_last_file_being_read(teacher, drain)
    upload = batch.uploads.get(status="received")
    reading.say_why_it_waits(upload, "storage_unavailable")
    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION

    sweep_readiness_timeouts(timezone.now() + TOMORROW)
    assert fresh(batch).status == Batch.Status.READY_FOR_PIPELINE_EXECUTION

    drain()  # the storage answers again, and the essay comes late
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_file_that_begins_to_wait_when_the_time_is_over_is_not_waited_for(
    teacher: User, drain: Drain
) -> None:
    batch = with_the_last_file_being_read(teacher, drain)
    sweep_readiness_timeouts(timezone.now() + TOMORROW)

    reading.say_why_it_waits(batch.uploads.get(status="received"), "storage_unavailable")

    assert fresh(batch).status == Batch.Status.READY_FOR_PIPELINE_EXECUTION


def test_time_is_over_once(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 5)
    hand_in_good(batch, 4)
    drain()

    counts = [sweep_readiness_timeouts(timezone.now() + TOMORROW) for _ in range(3)]

    assert counts == [1, 0, 0]
    ready = Event.objects.filter(batch_id=batch.pk, event_type=BatchEssaysReady.topic)
    assert ready.count() == 1


def test_clock_starts_at_the_last_file(teacher: User) -> None:
    batch = register(teacher, 2)
    Batch.objects.filter(pk=batch.pk).update(registered_at=timezone.now() - timedelta(days=3))
    hand_in_good(batch, 1)

    assert sweep_readiness_timeouts() == 0


def test_open_batch_is_never_over(teacher: User, drain: Drain) -> None:
    batch = register(teacher, None)
    hand_in_good(batch, 2)
    drain()

    assert sweep_readiness_timeouts(timezone.now() + timedelta(days=30)) == 0
