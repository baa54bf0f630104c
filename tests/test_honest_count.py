"""The honest count under whatever a class and its teacher do, in any order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from events.models import Event
from events.topics import (
    BatchCancelled,
    BatchEssaysReady,
    BatchExpectationChanged,
    BatchPipelineCompleted,
    EssayContentRemoved,
    EssayMarkedAbsent,
    EssaySlotAssigned,
)
from files import flow as files
from files.models import Upload
from lifecycle import readiness
from lifecycle.models import Essay
from lifecycle.sweeps import sweep_readiness_timeouts
from pipelines import flow as pipelines
from pipelines import texts
from pipelines.models import EssayPhase
from spellcheck.again import check_again
from tests.essays import broken_file, essay_file, hand_in, hand_in_good, register
from tests.queue import drain

UNREADIED_BY = {
    event.topic
    for event in (
        BatchCancelled,
        BatchExpectationChanged,
        EssayContentRemoved,
        EssayMarkedAbsent,
        EssaySlotAssigned,
    )
}
OF_WHAT_IS_CHECKED = (
    Batch.Status.COMPLETED_SUCCESSFULLY,
    Batch.Status.COMPLETED_WITH_FAILURES,
    Batch.Status.FAILED_CRITICALLY,
)
MAY_BECOME_ABSENT = (Essay.Status.AWAITING_CONTENT, Essay.Status.CONTENT_INGESTION_FAILED)
WORDS = st.integers(min_value=1, max_value=6)
PICK = st.integers(min_value=0, max_value=5)


class ClassroomMachine(RuleBasedStateMachine):
    """One batch and one teacher; files good and bad; the worker runs when it likes."""

    teacher: User

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        try:
            if hasattr(self, "batch"):
                self.the_worker_takes_all_tasks()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize(
        expected=st.none() | st.integers(min_value=1, max_value=4),
        auto_start=st.booleans(),
        threshold=st.sampled_from([0.5, 0.8, 1.0]),
        n_checked=st.integers(min_value=0, max_value=3),
    )
    def begin(
        self, expected: int | None, auto_start: bool, threshold: float, n_checked: int
    ) -> None:
        self.batch = register(
            self.teacher, expected, auto_start=auto_start, partial_batch_threshold=threshold
        )
        if n_checked:
            hand_in_good(self.batch, n_checked)
            drain()
            self.start_with_what_is_here()
            drain()

    # --- what people do -----------------------------------------------------------------------
    @rule(n=WORDS, duplicate=st.booleans())
    def hand_in_a_readable_file(self, n: int, duplicate: bool) -> None:
        hand_in(self.batch, essay_file(f"good {n}.txt"), allow_duplicate=duplicate)

    @rule(n=WORDS)
    def hand_in_a_broken_file(self, n: int) -> None:
        hand_in(self.batch, broken_file(f"bad {n}.pdf"))

    @rule(n=WORDS, pick=PICK)
    def hand_in_a_file_for_a_named_essay(self, n: int, pick: int) -> None:
        if essay := self._picked(self.batch.essays.order_by("position"), pick):
            hand_in(self.batch, essay_file(f"named {n}.txt"), essay_id=essay.pk)

    @rule(n=WORDS, pick=PICK, is_good=st.booleans())
    def replace_a_file(self, n: int, pick: int, is_good: bool) -> None:
        if upload := self._picked(self._uploads(), pick):
            file = essay_file(f"new {n}.txt") if is_good else broken_file(f"new {n}.pdf")
            hand_in(self.batch, file, replaces=upload.pk)

    @rule(pick=PICK)
    def remove_a_file(self, pick: int) -> None:
        if upload := self._picked(self._uploads(), pick):
            self._try(files.remove, upload.pk, by=self.teacher)

    @rule(pick=PICK)
    def read_a_failed_file_again(self, pick: int) -> None:
        if upload := self._picked(self._uploads().filter(status="failed"), pick):
            self._try(files.retry, upload.pk, by=self.teacher)

    @rule(pick=PICK)
    def add_a_file_that_was_too_many(self, pick: int) -> None:
        if upload := self._picked(self._uploads().filter(status="excess"), pick):
            self._try(files.add_as_extra, upload.pk, by=self.teacher)

    @rule(pick=PICK, absent=st.booleans())
    def mark_a_pupil_absent(self, pick: int, absent: bool) -> None:
        if essay := self._picked(self.batch.essays.order_by("position"), pick):
            status = Essay.Status(essay.status)
            may = status in MAY_BECOME_ABSENT if absent else status == Essay.Status.ABSENT
            done = self._try(files.mark_absent, essay.pk, absent=absent, by=self.teacher)
            assert done == may

    @rule()
    def say_that_all_files_are_in(self) -> None:
        self._try(files.close, self.batch.pk, by=self.teacher)

    @precondition(lambda self: not self._fresh().is_open)
    @rule(expected=st.integers(min_value=1, max_value=5))
    def expect_another_number(self, expected: int) -> None:
        self._try(files.expect, self.batch.pk, expected, by=self.teacher)

    @rule()
    def start_with_what_is_here(self) -> None:
        self._try(pipelines.start, self.batch.pk, "spellcheck", by=self.teacher)

    @rule(pick=PICK, n=WORDS)
    def correct_a_text(self, pick: int, n: int) -> None:
        if essay := self._picked(self.batch.essays.order_by("position"), pick):
            self._try(texts.correct, essay.pk, f"Corrected for the {n}th time.", by=self.teacher)

    @rule()
    def check_every_text_again(self) -> None:
        self._try(check_again, self.batch.pk, by=self.teacher)

    @rule()
    def cancel(self) -> None:
        self._try(pipelines.cancel, self.batch.pk, by=self.teacher)

    @precondition(lambda self: self._fresh().status == Batch.Status.CANCELLED)
    @rule()
    def reopen(self) -> None:
        with batches.held(self.batch.pk) as batch:
            batches.reopen(batch, by=self.teacher)
            readiness.evaluate(batch)

    # --- what time and the worker do ----------------------------------------------------------
    @rule()
    def the_time_is_over(self) -> None:
        sweep_readiness_timeouts(timezone.now() + timedelta(days=2))

    @rule()
    def the_worker_takes_one_task(self) -> None:
        drain(skip_delays=True, limit=1)

    @rule()
    def the_worker_takes_all_tasks(self) -> None:
        drain(skip_delays=True)
        batch = self._fresh()
        assert batch.status != Batch.Status.PROCESSING_PIPELINES, "a run never ended"
        assert not batch.uploads.filter(status=Upload.Status.RECEIVED).exists()
        self._has_the_status_that_its_essays_have(batch)

    def _has_the_status_that_its_essays_have(self, batch: Batch) -> None:
        checked = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED).values("text")
        n_checked = batch.essays.filter(current_text__in=checked).count()
        n_expected = batch.essays.exclude(status=Essay.Status.ABSENT).count()
        is_whole = n_checked > 0 and n_checked == n_expected
        if batch.runs.exists() and batch.status in OF_WHAT_IS_CHECKED:
            assert (batch.status == Batch.Status.COMPLETED_SUCCESSFULLY) == is_whole
            assert (batch.status == Batch.Status.FAILED_CRITICALLY) == (n_checked == 0)
        elif batch.status == Batch.Status.READY_FOR_PIPELINE_EXECUTION:
            assert not is_whole, "ready to be checked, and nothing is left to check"

    @rule()
    def a_task_is_delivered_twice(self) -> None:
        row = OrmQ.objects.order_by("pk").first()
        if row is not None:
            OrmQ.objects.create(key=row.key, payload=row.payload, lock=row.lock)
            drain(skip_delays=True, limit=1)

    # --- what is always true --------------------------------------------------------------------
    @invariant()
    def count_is_honest(self) -> None:
        batch = self._fresh()
        counts = readiness.count(batch)
        assert counts.slots == batch.essays.count()
        if not batch.is_open:
            assert counts.slots == batch.expected_essay_count

    @invariant()
    def every_slot_says_what_its_file_says(self) -> None:
        uploads = dict(self._uploads().exclude(essay=None).values_list("essay_id", "status"))
        expected = {
            Essay.Status.AWAITING_CONTENT: None,
            Essay.Status.ABSENT: None,
            Essay.Status.CONTENT_INGESTING: Upload.Status.RECEIVED,
            Essay.Status.READY_FOR_PROCESSING: Upload.Status.EXTRACTED,
            Essay.Status.CONTENT_INGESTION_FAILED: Upload.Status.FAILED,
        }
        for essay in self.batch.essays.all():
            assert uploads.get(essay.pk) == expected[Essay.Status(essay.status)]
            has_text = essay.current_text_id is not None
            assert has_text == (essay.status == Essay.Status.READY_FOR_PROCESSING)

    @invariant()
    def batch_follows_its_count_until_a_run_starts(self) -> None:
        batch = self._fresh()
        counts = readiness.count(batch)
        if batch.status == Batch.Status.AWAITING_CONTENT_VALIDATION and not batch.is_open:
            assert not (counts.is_complete and counts.ready)
        if batch.status == Batch.Status.READY_FOR_PIPELINE_EXECUTION and not batch.runs.exists():
            assert counts.ready
            assert counts.is_complete or batch.readiness_timed_out_at

    @invariant()
    def batch_becomes_ready_once_per_completion(self) -> None:
        topics = Event.objects.filter(batch_id=self.batch.pk).values_list("event_type", flat=True)
        is_ready = False
        for topic in topics:
            if topic == BatchEssaysReady.topic:
                assert not is_ready, "ready twice without a change of slots in between"
                is_ready = True
            elif topic in UNREADIED_BY:
                is_ready = False

    @invariant()
    def every_run_that_ended_said_so_once(self) -> None:
        ended = self.batch.runs.exclude(ended_at=None).count()
        done = Event.objects.filter(batch_id=self.batch.pk, event_type=BatchPipelineCompleted.topic)
        assert done.count() == ended

    def _fresh(self) -> Batch:
        return Batch.objects.get(pk=self.batch.pk)

    def _uploads(self) -> Any:
        return self.batch.uploads.exclude(status=Upload.Status.REMOVED)

    def _picked(self, rows: Any, pick: int) -> Any:
        return rows[pick : pick + 1].first() if pick < rows.count() else None

    def _try(self, verb: Callable[..., object], *args: Any, **kwargs: Any) -> bool:
        """A person asks; what the state forbids is refused with a sentence. Whether it was done."""
        try:
            verb(*args, **kwargs)
        except Conflict as conflict:
            assert conflict.detail
            return False
        return True


@pytest.mark.django_db
def test_count_is_honest_whatever_happens(teacher: User, settings: LazySettings) -> None:
    ClassroomMachine.teacher = teacher

    run_state_machine_as_test(
        ClassroomMachine,
        settings=hypothesis_settings(max_examples=60, stateful_step_count=30, deadline=None),
    )
