"""Which work is taken when: each task once, the oldest first, and none waits without a reason."""

from __future__ import annotations

import os

import pytest
from django.db import connection
from django.db.models import F
from django_q.models import OrmQ

from tests.faults.conftest import StartWorker
from tests.faults.real_worker import Work, eventually


def test_oldest_task_is_begun_first(start: StartWorker, work: Work) -> None:
    ids = work.queue("quick", 30)
    OrmQ.objects.filter(pk__in=OrmQ.objects.order_by("pk")[:10]).update(key=F("key"))

    start("--processes", "1").ready()
    work.finish()

    assert work.order() == ids


def test_task_that_waited_long_in_the_prefetch_queue_is_not_begun_twice(
    start: StartWorker, work: Work
) -> None:
    start("--processes", "1").ready()

    work.queue("long", 4)

    work.finish(within_s=20)
    assert work.n_started_twice == 0


def test_failed_task_comes_back_before_its_lease_ends(start: StartWorker, work: Work) -> None:
    start().ready()

    work.queue("fail_once", 1)

    assert work.finish() < 4


def test_task_that_hangs_in_foreign_code_is_killed_and_tried_again(
    start: StartWorker, work: Work
) -> None:
    worker = start().ready()

    work.queue("hang_once", 1)
    work.queue("quick", 5)

    work.finish()
    assert worker.n_starts == 1
    assert "hangs in a task" in worker.log


def test_second_worker_leaves_the_leases_of_the_first_alone(start: StartWorker, work: Work) -> None:
    first = start().ready()
    work.queue("long", 4)
    eventually(lambda: len(work.marks("start")) == 2)

    second = start().ready()
    assert "its leases are left alone" in second.log

    work.finish()
    assert work.n_started_twice == 0
    assert first.n_starts == second.n_starts == 1


def test_work_of_a_dead_worker_is_done_by_another_when_its_lease_ends(
    start: StartWorker, work: Work
) -> None:
    first, _ = start().ready(), start().ready()
    work.queue("nap", 20)
    eventually(lambda: work.n_ended >= 3)

    first.kill("supervisor")

    assert work.finish() < 5.5 + 2


def test_worker_frees_its_own_leases_beside_another_worker(start: StartWorker, work: Work) -> None:
    first, _ = start().ready(), start().ready()
    work.queue("nap", 20)
    eventually(lambda: work.n_ended >= 3)

    first.kill("workers")

    assert work.finish() < 4


def test_worker_takes_its_own_queue_only(start: StartWorker, work: Work) -> None:
    (long,) = work.queue("quick", 1)
    OrmQ.objects.update(key="long")
    work.queue("quick", 1)

    worker = start("--queue", "long").ready()
    eventually(lambda: work.marks("end"))
    worker.terminate()

    assert "1 processes on queue long" in worker.log
    assert set(work.marks("end")) == {long}
    assert OrmQ.objects.get().key == "huleedu"


def test_unknown_queue_is_refused(start: StartWorker, work: Work) -> None:
    worker = start("--queue", "nonesuch")

    assert worker.process.wait(30) == 1
    assert "No queue 'nonesuch'; there are: huleedu, long." in worker.log


def test_worker_is_less_urgent_than_the_web(start: StartWorker, work: Work) -> None:
    worker = start().ready()

    (pid, *_) = worker.pids("workers")

    assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0) + 5


def test_workers_do_not_wait_for_the_disk_at_each_commit(start: StartWorker, work: Work) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has its own setting")
    start().ready()

    work.queue("ask_commit", 1)

    eventually(lambda: work.marks("off"))
