"""How a batch's rows are shared out among tasks."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from batches.models import Batch
from files import intake
from files.reading import EXTRACT_TASK
from files.receipts import Handed
from jobs import queue
from tests.essays import essay_file, register

pytestmark = pytest.mark.django_db


def hand_in_together(batch: Batch, n: int) -> list[int]:
    """How many files each of the tasks takes that one request causes."""
    before = {pk for pk, *_ in queue.queued_calls()}
    files: list[SimpleUploadedFile] = [essay_file(f"essay {i}.txt") for i in range(n)]
    intake.receive_all(batch.pk, [Handed(file) for file in files], by=batch.owner)
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


@pytest.mark.usefixtures("_small")
def test_tasks_are_larger_where_enough_waits_for_every_process(teacher: User) -> None:
    crowd = [register(teacher, 4) for _ in range(queue.CROWD)]
    for batch in crowd:
        hand_in_together(batch, 4)

    assert hand_in_together(register(teacher, 8), 8) == [8]
