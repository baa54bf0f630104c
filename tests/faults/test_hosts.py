"""Two workers on one database, as of two hosts: what one of them leaves when it dies."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from tests.faults.conftest import StartWorker
from tests.faults.real_worker import Work, end_all, eventually

pytestmark = pytest.mark.xdist_group("faults")  # one after the other: they measure seconds

SOON_S = 15.0  # ten of silence, and what it takes to see it and to begin; the lease is a minute


def queue_long(work: Work, n: int) -> None:
    with transaction.atomic():
        work.queue("long", n)
        OrmQ.objects.update(key="long")


def test_long_task_of_a_killed_worker_is_done_by_the_other_soon(
    start: StartWorker, work: Work
) -> None:
    workers = [start("--queue", "long").ready() for _ in range(2)]
    queue_long(work, 1)
    eventually(lambda: work.marks("start"))
    at_work = work.pids("start")
    (doomed,) = [worker for worker in workers if at_work & {*worker.family()}]

    end_all(doomed.family())

    assert work.finish(within_s=SOON_S) > 5
    assert work.n_started_twice == 1
    workers.remove(doomed)
    assert "ended 1 leases of a silent worker on queue long" in workers[0].log


def test_long_task_is_left_to_others_until_a_process_is_free(
    start: StartWorker, work: Work
) -> None:
    start("--queue", "long").ready()
    queue_long(work, 3)

    most_leased = 0
    while work.n_ended < 2:
        most_leased = max(most_leased, OrmQ.objects.filter(lock__gt=timezone.now()).count())

    assert most_leased == 1
    work.finish()
