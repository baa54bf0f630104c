"""How a batch's rows are shared out among tasks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from batches.models import Batch
from files import intake
from files.models import Upload
from files.reading import EXTRACT_TASK, fill_window
from files.receipts import Handed
from files.sweeps import sweep_lost_extractions
from jobs import hindrances, queue
from jobs.window import fill
from tests.essays import essay_file, register
from tests.queue import let_hindrances_last

pytestmark = pytest.mark.django_db


def hand_in_together(batch: Batch, n: int) -> list[int]:
    """How many files each of the tasks takes that one request causes."""
    files: list[SimpleUploadedFile] = [essay_file(f"essay {i}.txt") for i in range(n)]
    return hand_in(batch, [Handed(file) for file in files])


def hand_in(batch: Batch, handed: Sequence[Handed], *, allow_duplicate: bool = False) -> list[int]:
    before = {pk for pk, *_ in queue.queued_calls()}
    intake.receive_all(batch.pk, handed, by=batch.owner, allow_duplicate=allow_duplicate)
    return [
        len(ids)
        for pk, path, ids in queue.queued_calls()
        if pk not in before and path == EXTRACT_TASK
    ]


@pytest.fixture
def _small(settings: LazySettings) -> None:
    settings.QUEUE_WINDOW, settings.ESSAYS_PER_TASK = 8, 4


@pytest.mark.usefixtures("_small")
def test_lone_class_is_shared_out_among_the_processes(teacher: User) -> None:
    assert hand_in_together(register(teacher, 8), 8) == [4, 4]


def queued_files(batch: Batch) -> int:
    """How many files stand in the queue: each of them says so, and no other."""
    queued = {pk for _, path, ids in queue.queued_calls() if path == EXTRACT_TASK for pk in ids}
    assert set(batch.uploads.exclude(queued_at=None).values_list("pk", flat=True)) == queued
    return len(queued)


@pytest.mark.usefixtures("_small")
def test_window_is_filled_by_the_first_files_of_a_request(teacher: User) -> None:
    batch = register(teacher, 12)

    assert hand_in_together(batch, 12) == [4, 4]
    assert queued_files(batch) == 8


@pytest.mark.usefixtures("_small")
def test_files_of_a_request_are_queued_when_all_have_their_places(
    teacher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "TOGETHER", 3)
    batch = register(teacher, 7)

    assert hand_in_together(batch, 7) == [3, 4]
    assert queued_files(batch) == 7


@pytest.mark.usefixtures("_small")
def test_same_bytes_that_are_wanted_twice_share_a_task(teacher: User) -> None:
    batch = register(teacher, 8)
    handed = [Handed(essay_file("essay.txt")) for _ in range(8)]

    assert hand_in(batch, handed, allow_duplicate=True) == [4, 4]
    assert queued_files(batch) == 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_small")
def test_file_without_a_place_leaves_no_other_outside_of_the_queue(teacher: User) -> None:
    """It comes after one too many, which was written before."""
    batch = register(teacher, 9)
    handed = [Handed(essay_file(f"essay {i}.txt")) for i in range(10)]
    nowhere = Handed(essay_file("nowhere.txt"), essay_id=uuid.uuid4())

    assert hand_in(batch, [*handed, nowhere]) == [4, 4]
    assert queued_files(batch) == 8


@pytest.mark.usefixtures("_small")
def test_tasks_are_larger_where_enough_waits_for_every_process(teacher: User) -> None:
    crowd = [register(teacher, 4) for _ in range(queue.CROWD)]
    for batch in crowd:
        hand_in_together(batch, 4)

    assert hand_in_together(register(teacher, 8), 8) == [8]


def hinder(pks: Iterable[uuid.UUID]) -> None:
    for pk in pks:
        hindrances.note(pk, EXTRACT_TASK, "OSError in read:1", again_in_s=15)


@pytest.mark.usefixtures("_small")
def test_files_that_have_long_been_hindered_keep_no_others_from_the_queue(teacher: User) -> None:
    batch = register(teacher, 12)
    hand_in_together(batch, 12)
    hinder(batch.uploads.exclude(queued_at=None).values_list("pk", flat=True))
    fill_window(batch)
    assert queued_files(batch) == 8

    let_hindrances_last(timedelta(hours=1))
    fill_window(batch)

    assert queued_files(batch) == 12


@pytest.mark.usefixtures("_small")
def test_file_that_was_hindered_is_queued_again_when_its_place_was_lost(teacher: User) -> None:
    batch = register(teacher, 1)
    hand_in_together(batch, 1)
    hinder(batch.uploads.values_list("pk", flat=True))
    let_hindrances_last(timedelta(hours=1))
    OrmQ.objects.all().delete()

    sweep_lost_extractions(at=timezone.now() + timedelta(hours=1))

    assert queued_files(batch) == 1


@pytest.mark.usefixtures("_small")
def test_step_is_open_as_long_as_a_row_is_that_has_long_been_hindered(teacher: User) -> None:
    batch = register(teacher, 1)
    hand_in_together(batch, 1)
    hinder(batch.uploads.values_list("pk", flat=True))
    let_hindrances_last(timedelta(hours=1))

    assert fill(Upload.objects.short().filter(batch=batch), EXTRACT_TASK)
