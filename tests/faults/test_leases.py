"""Which work is taken when, and by whom: one worker, its successor, two at once."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db.models import F
from django.utils import timezone
from django_q.models import OrmQ

from tests.faults.conftest import StartWorker
from tests.faults.real_worker import Work, eventually

pytestmark = pytest.mark.xdist_group("faults")  # one after the other: they measure seconds


def lock_of(row: OrmQ) -> datetime:
    lock: datetime = OrmQ.objects.get(pk=row.pk).lock
    return lock


def test_oldest_task_is_begun_first(start: StartWorker, work: Work) -> None:
    ids = work.queue("quick", 30)
    OrmQ.objects.filter(pk__in=OrmQ.objects.order_by("pk")[:10]).update(key=F("key"))

    start("--processes", "1").ready()
    work.finish()

    assert work.order() == ids


def test_task_gets_a_whole_lease_when_it_begins(start: StartWorker, work: Work) -> None:
    start("--processes", "1").ready()
    work.queue("long", 2)
    second = OrmQ.objects.order_by("pk")[1]
    eventually(lambda: lock_of(second) > timezone.now())
    claimed = lock_of(second)

    eventually(lambda: len(work.marks("start")) == 2)

    assert lock_of(second) > claimed


def test_no_more_than_one_task_is_claimed_before_its_time(start: StartWorker, work: Work) -> None:
    start("--processes", "1").ready()
    work.queue("long", 4)

    most_leased = 0
    while work.n_ended == 0:
        most_leased = max(most_leased, OrmQ.objects.filter(lock__gt=timezone.now()).count())

    assert most_leased == 2


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


def test_nobody_outlives_a_killed_supervisor(start: StartWorker, work: Work) -> None:
    worker = start().ready()
    work.queue("nap", 10)
    eventually(lambda: work.n_ended >= 1)

    worker.kill("sentinel")
    worker.kill("supervisor")
    worker.process.wait()

    assert eventually(lambda: not worker.family()) < 1
    assert work.n_ended < 10


def test_next_worker_goes_on_at_once_after_a_killed_one(start: StartWorker, work: Work) -> None:
    worker = start().ready()
    work.queue("nap", 10)
    eventually(lambda: work.n_ended >= 3)
    worker.kill("supervisor")
    worker.process.wait()

    next_worker = start().ready()

    assert "leases of the dead" in next_worker.log
    assert work.finish() < 2
