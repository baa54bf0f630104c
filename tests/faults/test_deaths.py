"""kill -9 of each process: nothing is lost, nothing is stuck, nobody is orphaned."""

from __future__ import annotations

import os
import signal

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from tests.faults.conftest import StartWorker
from tests.faults.real_worker import Work, eventually

STALL_S = 5.0  # much less than the lease of 5.5 s and the naps that are left


@pytest.mark.parametrize("role", ["worker", "monitor", "pusher", "sentinel"])
def test_work_goes_on_at_once_when_a_busy_process_is_killed(
    role: str, start: StartWorker, work: Work
) -> None:
    worker = start().ready()
    work.queue("nap", 10)
    eventually(lambda: work.n_ended >= 3)

    worker.kill(role)

    assert work.finish() < STALL_S
    assert worker.n_starts == 2
    assert work.n_started_twice <= 4


@pytest.mark.parametrize("role", ["workers", "monitor", "pusher", "sentinel"])
def test_work_is_done_when_an_idle_process_was_killed(
    role: str, start: StartWorker, work: Work
) -> None:
    worker = start().ready()
    worker.kill(role)

    work.queue("nap", 4)

    assert work.finish() < STALL_S
    assert work.n_started_twice == 0


def test_nobody_outlives_a_killed_supervisor(start: StartWorker, work: Work) -> None:
    worker = start().ready()
    work.queue("nap", 10)
    eventually(lambda: work.n_ended >= 1)

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


def test_delay_is_kept_when_the_leases_of_the_dead_are_ended(
    start: StartWorker, work: Work
) -> None:
    worker = start().ready()
    work.queue("long", 1)
    work.queue("quick", 1, delay_s=60)
    eventually(lambda: work.marks("start"))

    worker.kill("workers")
    worker.ready(n_starts=2)

    eventually(lambda: OrmQ.objects.count() == 1, within_s=STALL_S)
    assert OrmQ.objects.get().lock > timezone.now()


def test_killed_steward_is_replaced_and_the_running_work_is_left_alone(
    start: StartWorker, work: Work
) -> None:
    worker = start().ready()
    (before,) = worker.pids("steward")
    work.queue("long", 2)
    eventually(lambda: len(work.marks("start")) == 2)

    worker.kill("steward")

    eventually(lambda: worker.pids("steward") not in ([], [before]))
    work.finish()
    assert work.n_started_twice == 0
    assert worker.n_starts == 1


def test_work_goes_on_when_a_process_stands_still(start: StartWorker, work: Work) -> None:
    worker = start().ready()
    (pusher,) = worker.pids("pusher")
    os.kill(pusher, signal.SIGSTOP)

    work.queue("quick", 1)

    assert work.finish() < 12
    assert "no task has ended for too long" in worker.log
