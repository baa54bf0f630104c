"""Several hands on one batch at the same moment: nothing fires twice, nothing locks up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import connection

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from events.models import Event
from events.topics import BatchEssaysReady
from files import flow as files
from files import reading
from files.extraction import Extraction
from files.models import LIVE, Upload
from files.receipts import Outcome, Receipt
from jobs.attempts import Done
from lifecycle import readiness
from lifecycle.models import Essay
from lifecycle.readiness import Counts
from pipelines import flow as pipelines
from pipelines import steps, texts
from pipelines.models import EssayPhase
from spellcheck.again import check_again
from tests.essays import GOOD, essay_file, fresh, hand_in, hand_in_good, register
from tests.races import at_once, errors_among

# SQLite has no row locks to get wrong, and sixteen writers wait for each other in its sleeps.
ROUNDS = 30 if connection.vendor == "postgresql" else 8
N_THREADS = 16

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

READ = Extraction(GOOD, "text/plain", None, ())


def read(upload: Upload) -> Callable[[], None]:
    [attempt] = reading.begin_extraction([upload.pk])
    return partial(reading.store_extractions, [Done(attempt.row, READ, 1, uuid4())])


def test_batch_becomes_ready_once_when_its_last_essays_are_read_at_once(teacher: User) -> None:
    for _ in range(ROUNDS):
        batch = register(teacher, N_THREADS, auto_start=False)
        hand_in_good(batch, N_THREADS)

        results = at_once(*[read(upload) for upload in batch.uploads.all()])

        assert errors_among(results) == []
        assert fresh(batch).status == Batch.Status.READY_FOR_PIPELINE_EXECUTION
        assert readiness.count(batch) == Counts(ready=N_THREADS)
        ready = Event.objects.filter(batch_id=batch.pk, event_type=BatchEssaysReady.topic)
        assert ready.count() == 1


def test_finishing_and_removing_the_same_files_at_once_locks_nothing_up(teacher: User) -> None:
    for _ in range(ROUNDS):
        batch = register(teacher, 4, auto_start=False)
        hand_in_good(batch, 4)
        uploads = list(batch.uploads.select_related("essay"))

        results = at_once(
            *[read(upload) for upload in uploads],
            *[partial(files.remove, upload.pk, by=teacher) for upload in reversed(uploads)],
        )

        assert errors_among(results) == []
        assert readiness.count(batch) == Counts(awaiting=4)
        assert not batch.uploads.filter(status__in=LIVE).exists()


def test_finishing_files_of_a_batch_that_is_deleted_at_once_locks_nothing_up(
    teacher: User,
) -> None:
    for _ in range(ROUNDS):
        batch = register(teacher, 4, auto_start=False)
        hand_in_good(batch, 4)

        results = at_once(
            *[read(upload) for upload in batch.uploads.all()],
            partial(files.erase_batch, batch.pk, by=teacher),
        )

        assert errors_among(results) == []
        assert not Batch.objects.filter(pk=batch.pk).exists()
        assert not Essay.objects.filter(batch=batch.pk).exists()


@pytest.mark.parametrize("verb", ["mark_absent", "correct"])
def test_essay_that_is_deleted_between_the_look_and_the_lock_is_gone(
    teacher: User, drain: Callable[..., int], monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    batch = register(teacher, None)
    hand_in(batch, essay_file("alva.txt"))
    drain()
    essay, upload, held = batch.essays.get(), batch.uploads.get(), batches.held

    @contextmanager
    def held_a_moment_later(pk: UUID) -> Iterator[Batch]:
        monkeypatch.setattr(batches, "held", held)
        files.remove(upload.pk, by=teacher)
        with held(pk) as locked:
            yield locked

    monkeypatch.setattr(batches, "held", held_a_moment_later)

    with pytest.raises(Conflict, match="deleted"):
        if verb == "correct":
            texts.correct(essay.pk, "Another text.", by=teacher)
        else:
            files.mark_absent(essay.pk, absent=True, by=teacher)


@pytest.mark.parametrize("verb", ["cancel", "check again"])
def test_checks_that_begin_and_a_persons_verb_lock_nothing_up(
    teacher: User, drain: Callable[..., int], verb: str
) -> None:
    batch = register(teacher, N_THREADS)
    hand_in_good(batch, N_THREADS)
    while not batch.runs.exists():
        drain(limit=1)
    ids = list(EssayPhase.objects.order_by("text_id").values_list("pk", flat=True))
    act = pipelines.cancel if verb == "cancel" else check_again

    def begin() -> None:
        for _ in range(ROUNDS):
            steps.begin(ids)

    def ask() -> None:
        for _ in range(1 if verb == "cancel" else ROUNDS):
            act(batch.pk, by=teacher)

    assert errors_among(at_once(begin, begin, ask)) == []


def test_same_files_sent_twice_at_once_in_opposite_order_are_taken_once(teacher: User) -> None:
    names = [f"pupil {n}.txt" for n in range(1, 6)]
    for _ in range(ROUNDS):
        batch = register(teacher, len(names), auto_start=False)

        def send(in_order: list[str], batch: Batch = batch) -> list[Receipt]:
            return [hand_in(batch, essay_file(name)) for name in in_order]

        results = at_once(partial(send, names), partial(send, names[::-1]))

        assert errors_among(results) == []
        outcomes = [r.outcome for receipts in results for r in receipts]  # type: ignore[attr-defined]
        assert outcomes.count(Outcome.ACCEPTED) == len(names)
        assert outcomes.count(Outcome.DUPLICATE) == len(names)
        assert readiness.count(batch) == Counts(ingesting=len(names))
