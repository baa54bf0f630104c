"""A batch that has ended goes on saying the truth, whatever happens to its essays afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from batches.models import Batch
from events.models import Event
from events.topics import BatchOutcomeChanged, BatchPipelineCompleted
from files import flow as files
from lifecycle.models import Essay
from pipelines import flow, texts
from pipelines.models import EssayPhase
from pipelines.sweeps import (
    sweep_late_essays,
    sweep_unended_phases,
    sweep_unsettled_batches,
    sweep_unstarted_batches,
)
from spellcheck.again import check_again
from tests.essays import broken_file, essay_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]
Status = Batch.Status


def ended(teacher: User, drain: Drain, *, n_good: int, expected: int) -> Batch:
    """A batch that has been checked with what was there, in the order of its positions."""
    batch = register(teacher, expected)
    hand_in_good(batch, n_good)
    drain()
    if n_good < expected:
        flow.start(batch.pk, "spellcheck", by=teacher)
        drain()
    return fresh(batch)


def last_slot(batch: Batch) -> Essay:
    essay = batch.essays.order_by("position").last()
    assert essay is not None
    return essay


def counts_of(event: Event) -> list[int]:
    names = ("successful", "failed", "unfinished")
    return [event.data[f"{name}_essay_count"] for name in names]


def test_batch_is_done_when_the_last_missing_pupil_is_marked_absent(
    teacher: User, drain: Drain
) -> None:
    batch = ended(teacher, drain, n_good=2, expected=3)
    assert batch.status == Status.COMPLETED_WITH_FAILURES

    files.mark_absent(last_slot(batch).pk, absent=True, by=teacher)
    drain()

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY
    said = Event.objects.get(batch_id=batch.pk, event_type=BatchOutcomeChanged.topic)
    assert counts_of(said) == [2, 0, 0]


def test_batch_is_done_when_fewer_essays_are_expected(teacher: User, drain: Drain) -> None:
    batch = ended(teacher, drain, n_good=2, expected=3)

    files.expect(batch.pk, 2, by=teacher)
    drain()

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY


def test_batch_is_not_done_any_more_when_another_essay_is_expected(
    teacher: User, drain: Drain
) -> None:
    batch = ended(teacher, drain, n_good=2, expected=2)

    files.expect(batch.pk, 3, by=teacher)
    drain()

    assert fresh(batch).status == Status.COMPLETED_WITH_FAILURES


def test_batch_is_not_done_any_more_when_a_file_is_replaced_by_a_broken_one(
    teacher: User, drain: Drain
) -> None:
    batch = ended(teacher, drain, n_good=2, expected=2)
    first = batch.uploads.order_by("received_at")[0]

    hand_in(batch, broken_file("broken.pdf"), replaces=first.pk)
    drain()

    assert fresh(batch).status == Status.COMPLETED_WITH_FAILURES
    said = Event.objects.get(batch_id=batch.pk, event_type=BatchOutcomeChanged.topic)
    assert counts_of(said) == [1, 1, 0]


def test_batch_keeps_its_word_while_a_new_file_is_being_read(teacher: User, drain: Drain) -> None:
    batch = ended(teacher, drain, n_good=2, expected=2)
    first = batch.uploads.order_by("received_at")[0]

    hand_in(batch, essay_file("better.txt"), replaces=first.pk)
    files.expect(batch.pk, 3, by=teacher)
    files.expect(batch.pk, 2, by=teacher)
    drain()

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY
    assert not Event.objects.filter(event_type=BatchOutcomeChanged.topic).exists()


def test_batch_whose_every_file_is_taken_out_waits_again_and_is_checked_again(
    teacher: User, drain: Drain
) -> None:
    batch = ended(teacher, drain, n_good=1, expected=1)

    files.remove(batch.uploads.get().pk, by=teacher)
    drain()
    assert fresh(batch).status == Status.AWAITING_CONTENT_VALIDATION
    hand_in(batch, essay_file("another.txt"))
    drain()

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY


def test_correction_that_nobody_has_checked_leaves_the_batch_undone(
    teacher: User, drain: Drain
) -> None:
    batch = ended(teacher, drain, n_good=2, expected=2)
    Batch.objects.filter(pk=batch.pk).update(auto_start=False)

    texts.correct(last_slot(batch).pk, "Corrected by hand.", by=teacher)

    assert fresh(batch).status == Status.COMPLETED_WITH_FAILURES
    flow.start(batch.pk, "spellcheck", by=teacher)
    drain()
    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY


def test_correction_is_kept_where_the_batch_waits_for_other_essays(
    teacher: User, drain: Drain
) -> None:
    batch = ended(teacher, drain, n_good=2, expected=2)
    for upload in batch.uploads.all():
        files.remove(upload.pk, by=teacher)
    drain()
    hand_in(batch, essay_file("one.txt"))
    drain()
    essay = batch.essays.ready().get()

    text = texts.correct(essay.pk, "Corrected by hand.", by=teacher)

    assert Essay.objects.get(pk=essay.pk).current_text == text
    assert fresh(batch).status == Status.AWAITING_CONTENT_VALIDATION


# --- runs that are cancelled ----------------------------------------------------------------
def test_cancelled_check_of_a_late_essay_leaves_the_rest_as_it_was(
    teacher: User, drain: Drain
) -> None:
    batch = ended(teacher, drain, n_good=2, expected=3)
    hand_in(batch, essay_file("late.txt"))
    drain(limit=2)  # it is read, and its run starts

    flow.cancel(batch.pk, by=teacher)
    assert fresh(batch).status == Status.COMPLETED_WITH_FAILURES
    assert not fresh(batch).auto_start
    files.remove(batch.uploads.get(original_name="late.txt").pk, by=teacher)
    files.expect(batch.pk, 2, by=teacher)
    drain()

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY


def test_another_check_that_is_cancelled_leaves_the_batch_done(teacher: User, drain: Drain) -> None:
    batch = ended(teacher, drain, n_good=2, expected=2)
    check_again(batch.pk, by=teacher)
    assert fresh(batch).status == Status.PROCESSING_PIPELINES

    flow.cancel(batch.pk, by=teacher)
    drain()

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY


def test_first_check_that_is_cancelled_fails_no_essay(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3)
    hand_in_good(batch, 3)
    while not batch.runs.exists():
        drain(limit=1)

    flow.cancel(batch.pk, by=teacher)

    assert fresh(batch).status == Status.READY_FOR_PIPELINE_EXECUTION
    said = Event.objects.get(batch_id=batch.pk, event_type=BatchPipelineCompleted.topic)
    assert counts_of(said) == [0, 0, 3]


def test_batch_is_done_when_what_was_not_checked_is_taken_out(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2)
    hand_in(batch, essay_file("first.txt"))
    drain()
    flow.start(batch.pk, "spellcheck", by=teacher)
    hand_in(batch, essay_file("second.txt"))
    drain(limit=4)  # the first is checked, the second is read, and its run starts
    flow.cancel(batch.pk, by=teacher)
    drain()

    files.remove(batch.uploads.get(original_name="second.txt").pk, by=teacher)
    files.mark_absent(last_slot(batch).pk, absent=True, by=teacher)
    drain()

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY


def test_batch_whose_last_unchecked_file_is_replaced_by_a_broken_one_waits_for_no_start(
    teacher: User, drain: Drain, settings: LazySettings
) -> None:
    settings.ESSAYS_PER_TASK = 1
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    drain(limit=4)  # both are read, the run starts, and one is checked
    flow.cancel(batch.pk, by=teacher)
    checked = EssayPhase.objects.get(status=EssayPhase.Status.SUCCEEDED).text.essay_id

    unchecked = batch.uploads.exclude(essay=checked).get()
    hand_in(batch, broken_file("b.pdf"), replaces=unchecked.pk)
    drain()

    assert fresh(batch).status == Status.COMPLETED_WITH_FAILURES


# --- what was lost --------------------------------------------------------------------------


def test_run_ends_whose_last_open_text_was_deleted(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    while not batch.runs.exists():
        drain(limit=1)
    OrmQ.objects.all().delete()
    step = EssayPhase.objects.order_by("text_id").last()
    assert step is not None
    EssayPhase.objects.exclude(pk=step.pk).update(status=EssayPhase.Status.SUCCEEDED)
    step.text.essay.delete()

    assert sweep_unended_phases() == 1

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY
    assert sweep_unended_phases() == 0


def test_late_essay_whose_news_was_lost_is_checked(teacher: User, drain: Drain) -> None:
    batch = ended(teacher, drain, n_good=1, expected=2)
    hand_in(batch, essay_file("late.txt"))
    drain(limit=1)
    OrmQ.objects.all().delete()

    n_found = sweep_late_essays(timezone.now() + timedelta(hours=1))
    drain()

    assert n_found == 1
    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY
    assert sweep_late_essays(timezone.now() + timedelta(hours=1)) == 0


def test_outcome_whose_news_was_lost_is_counted_anew(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 1)
    hand_in(batch, broken_file("b.pdf"))
    drain()
    files.mark_absent(batch.essays.failed().get().pk, absent=True, by=teacher)
    OrmQ.objects.all().delete()

    assert sweep_unsettled_batches() == 1

    assert fresh(batch).status == Status.COMPLETED_SUCCESSFULLY
    assert sweep_unsettled_batches() == 0


def test_batch_whose_check_is_not_to_be_had_any_more_keeps_no_other_from_starting(
    teacher: User, drain: Drain
) -> None:
    batches = [register(teacher, 1) for _ in range(3)]
    for batch in batches:
        hand_in(batch, essay_file("essay.txt"))
        drain(limit=1)
        OrmQ.objects.all().delete()
    first, between, last = batches
    Batch.objects.exclude(pk=between.pk).update(requested_pipeline="horoscope")

    sweep_unstarted_batches(timezone.now() + timedelta(hours=1))
    drain()

    assert fresh(between).status == Status.COMPLETED_SUCCESSFULLY
    assert fresh(first).status == fresh(last).status == Status.READY_FOR_PIPELINE_EXECUTION
