"""What hurts a living worker: nothing is lost, nothing is stuck."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest
from django.db import connection
from django_q.models import Task

from tests.faults.real_worker import RealWorker, Work, eventually

pytestmark = pytest.mark.xdist_group("faults")  # one after the other: they measure seconds

STALL_S = 5.0  # much less than the lease of 5.5 s and the naps that are left


@pytest.mark.parametrize("role", ["worker", "monitor", "pusher", "sentinel"])
def test_work_goes_on_at_once_when_a_busy_process_is_killed(
    role: str, worker: RealWorker, work: Work
) -> None:
    n_starts = worker.n_starts
    work.queue("nap", 10)
    eventually(lambda: work.n_ended >= 3)

    worker.kill(role)

    assert work.finish() < STALL_S
    assert worker.n_starts == n_starts + 1
    assert work.n_started_twice < 10  # what has ended is not begun again, once the queue knows


@pytest.mark.parametrize("role", ["workers", "monitor", "pusher", "sentinel"])
def test_work_is_done_when_an_idle_process_was_killed(
    role: str, worker: RealWorker, work: Work
) -> None:
    worker.kill(role)

    work.queue("nap", 4)

    assert work.finish() < STALL_S
    assert work.n_started_twice <= 2  # what its two workers had begun before it was noticed


def test_delay_is_kept_when_the_leases_of_the_dead_are_ended(
    worker: RealWorker, work: Work
) -> None:
    (delayed,) = work.queue("quick", 1, delay_s=60)
    (running,) = work.queue("long", 1)
    eventually(lambda: work.marks("start")[running])

    worker.kill("workers")

    eventually(lambda: work.marks("end")[running], within_s=STALL_S)
    assert work.marks("start")[delayed] == 0


def test_killed_steward_is_replaced_and_the_running_work_is_left_alone(
    worker: RealWorker, work: Work
) -> None:
    n_starts = worker.n_starts
    (before,) = worker.pids("steward")
    work.queue("long", 2)
    eventually(lambda: len(work.marks("start")) == 2)

    worker.kill("steward")

    eventually(lambda: worker.pids("steward") not in ([], [before]))
    work.finish()
    assert work.n_started_twice == 0
    assert worker.n_starts == n_starts


def test_work_goes_on_when_a_process_stands_still(worker: RealWorker, work: Work) -> None:
    n_starts = worker.n_starts
    (pusher,) = worker.pids("pusher")
    os.kill(pusher, signal.SIGSTOP)

    work.queue("quick", 1)

    assert work.finish() < 12
    assert "no task has ended for too long" in worker.log
    assert worker.n_starts == n_starts + 1


def test_failed_task_comes_back_before_its_lease_ends(worker: RealWorker, work: Work) -> None:
    work.queue("fail_once", 1)

    assert work.finish() < 4


def test_failed_task_s_error_is_kept_without_its_message(worker: RealWorker, work: Work) -> None:
    work.queue("fail_once", 1)

    work.finish()

    kept = Task.objects.get().result
    assert re.fullmatch(r"django\.db\.utils\.OperationalError in fail_once:\d+", kept)
    assert kept in worker.log
    assert "quixotrylike" not in worker.log


def test_task_that_hangs_in_foreign_code_is_killed_and_tried_again(
    worker: RealWorker, work: Work
) -> None:
    n_starts = worker.n_starts

    work.queue("hang_once", 1)
    work.queue("quick", 5)

    work.finish()
    assert worker.n_starts == n_starts
    assert "hangs in a task" in worker.log


def test_workers_do_not_wait_for_the_disk_at_each_commit(worker: RealWorker, work: Work) -> None:
    waits_not = "1" if connection.vendor == "sqlite" else "off"  # 1: NORMAL, with a log of writes

    work.queue("ask_commit", 1)

    eventually(lambda: work.marks(waits_not))


def test_whoever_waits_for_a_page_comes_before_the_workers(worker: RealWorker) -> None:
    for pid in worker.pids("workers"):
        eventually(lambda pid=pid: yields(pid), what=pid)  # type: ignore[misc]


def yields(pid: int) -> bool:
    nice = os.getpriority(os.PRIO_PROCESS, pid)
    is_nice = nice > os.getpriority(os.PRIO_PROCESS, 0)
    if sys.platform == "linux":  # nobody else has the policy
        is_nice = is_nice and os.sched_getscheduler(pid) == os.SCHED_BATCH
    session = Path(f"/proc/{pid}/autogroup")
    said = session.read_text() if session.exists() else ""  # empty where no session is a group
    return is_nice and said.endswith(f" nice {nice}\n" if said else "")
