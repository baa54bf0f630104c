"""The main job: files go in, checked essays come out, and every ending is a true one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from batches.models import Batch
from events.models import Event
from events.topics import (
    BatchEssaysReady,
    BatchPipelineCompleted,
    BatchValidationErrors,
    DomainEvent,
    EssaySpellcheckCompleted,
)
from files import flow as files
from lifecycle import readiness
from lifecycle.models import EssayText
from lifecycle.readiness import Counts
from pipelines import flow as pipelines
from pipelines.models import PipelineRun
from spellcheck.models import Misspelling, SpellcheckResult
from tests.essays import broken_file, essay_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def n_events(batch: Batch, event_type: type[DomainEvent]) -> int:
    return Event.objects.filter(batch_id=batch.pk, event_type=event_type.topic).count()


def test_batch_is_checked_by_itself_when_its_last_essay_has_been_read(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 3)

    hand_in_good(batch, 3)
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY
    assert readiness.count(batch) == Counts(ready=3)
    results = SpellcheckResult.objects.filter(text__essay__batch=batch)
    assert [result.flagged_count for result in results] == [2, 2, 2]
    assert n_events(batch, EssaySpellcheckCompleted) == 3


def test_marks_stand_on_the_offsets_of_the_text(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 1)
    hand_in_good(batch, 1)
    drain()

    text = EssayText.objects.get(essay__batch=batch)
    marks = list(Misspelling.objects.filter(result__text=text))

    assert [text.body[m.start : m.start + m.length] for m in marks] == ["becouse", "intresting"]
    assert [m.suggestions[0] for m in marks] == ["because", "interesting"]


def test_batch_waits_while_an_essay_is_missing(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3)

    hand_in_good(batch, 2)
    drain()

    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION
    assert readiness.count(batch) == Counts(awaiting=1, ready=2)
    assert not batch.runs.exists()


def test_one_broken_file_of_three_leaves_two_that_are_checked(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3)

    hand_in_good(batch, 2)
    hand_in(batch, broken_file("broken.pdf"))
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES
    assert readiness.count(batch) == Counts(ready=2, failed=1)
    done = Event.objects.get(batch_id=batch.pk, event_type=BatchPipelineCompleted.topic)
    assert done.data["successful_essay_count"] == 2
    assert done.data["failed_essay_count"] == 1


def test_batch_whose_files_are_all_broken_fails_and_says_why(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2)

    hand_in(batch, broken_file("one.pdf"))
    hand_in(batch, broken_file("two.pdf"))
    drain()

    assert fresh(batch).status == Batch.Status.FAILED_CRITICALLY
    why = Event.objects.get(batch_id=batch.pk, event_type=BatchValidationErrors.topic)
    assert why.data["error_categories"] == {"corrupt": 2}
    assert n_events(batch, BatchEssaysReady) == 0


def test_batch_that_failed_goes_on_when_a_readable_file_replaces_a_broken_one(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, broken_file("one.pdf"))
    drain()

    hand_in(batch, essay_file("one.txt"))
    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_replacement_after_the_run_is_checked_by_itself(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3)
    hand_in_good(batch, 2)
    broken = hand_in(batch, broken_file("broken.pdf"))
    drain()

    hand_in(batch, essay_file("mended.txt"), replaces=broken.upload_id)
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY
    first, second = PipelineRun.objects.filter(batch=batch)
    assert len(first.text_ids) == 2
    assert len(second.text_ids) == 1


def test_essay_that_comes_during_a_run_is_checked_when_the_run_ends(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 3)
    hand_in_good(batch, 2)
    drain()
    pipelines.start(batch.pk, "spellcheck", by=teacher)

    hand_in(batch, essay_file("late.txt"))
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY
    assert PipelineRun.objects.filter(batch=batch).count() == 2


def test_ready_event_that_is_handled_twice_starts_one_pipeline(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2, auto_start=False)
    hand_in_good(batch, 2)
    drain()
    Batch.objects.filter(pk=batch.pk).update(auto_start=True)

    pipelines.start_if_automatic(batch.pk)
    pipelines.start_if_automatic(batch.pk)
    drain()
    pipelines.start_if_automatic(batch.pk)

    assert PipelineRun.objects.filter(batch=batch).count() == 1
    assert n_events(batch, BatchEssaysReady) == 1


def test_open_batch_is_checked_after_the_teacher_closes_it(teacher: User, drain: Drain) -> None:
    batch = register(teacher, None)
    hand_in_good(batch, 4)
    drain()
    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION

    files.close(batch.pk, by=teacher)
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY
    assert fresh(batch).expected_essay_count == 4


def test_cancelled_run_starts_nothing_by_itself_afterwards(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3)
    hand_in_good(batch, 2)
    drain()
    pipelines.start(batch.pk, "spellcheck", by=teacher)

    pipelines.cancel(batch.pk, by=teacher)
    hand_in(batch, essay_file("late.txt"))
    drain()

    assert fresh(batch).status == Batch.Status.READY_FOR_PIPELINE_EXECUTION
    assert not SpellcheckResult.objects.filter(text__essay__batch=batch).exists()
    done = Event.objects.get(batch_id=batch.pk, event_type=BatchPipelineCompleted.topic)
    assert done.data["outcome"] == "cancelled"
