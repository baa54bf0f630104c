"""Starting, stopping, and telling how it is."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings
from django.utils import timezone
from django_q.models import OrmQ

from jobs.models import Worker
from tests.faults.conftest import StartWorker
from tests.faults.real_worker import MANAGE, RealWorker, Work, eventually

pytestmark = pytest.mark.xdist_group("faults")  # one after the other: they measure seconds


def check(worker: RealWorker) -> int:
    """Exit code of the health check, on the worker's host."""
    command = [sys.executable, str(MANAGE), "worker", "--check", "--queue", "huleedu"]
    return subprocess.run(
        command, env=worker.environment, cwd=settings.BASE_DIR, capture_output=True, check=False
    ).returncode


def test_sigterm_ends_an_idle_worker_at_once(start: StartWorker, work: Work) -> None:
    worker = start().ready()

    assert worker.terminate(within_s=3) == 0
    assert not worker.family()


def test_sigterm_lets_begun_work_end_and_leaves_the_rest_for_others(
    start: StartWorker, work: Work
) -> None:
    worker = start().ready()
    work.queue("nap", 40)
    eventually(lambda: work.n_ended >= 2)

    assert worker.terminate(within_s=5) == 0

    assert work.marks("start") == work.marks("end")
    assert OrmQ.objects.filter(lock__lt=timezone.now()).count() == 40 - work.n_ended > 20


def test_sigterm_ends_a_hanging_worker_after_its_grace(start: StartWorker, work: Work) -> None:
    worker = start(WORKER_GRACE_S="1").ready()
    work.queue("hang_once", 1)
    eventually(lambda: work.marks("start"))

    assert worker.terminate(within_s=4) == 0

    assert not worker.family()
    assert OrmQ.objects.get().lock < timezone.now()


def test_second_sigterm_ends_a_hanging_worker_at_once(start: StartWorker, work: Work) -> None:
    worker = start(WORKER_GRACE_S="60").ready()
    work.queue("hang_once", 1)
    eventually(lambda: work.marks("start"))
    worker.process.terminate()
    eventually(lambda: "worker stopping" in worker.log)

    assert worker.terminate(within_s=3) == 0


def test_drain_ends_the_worker_when_the_queue_is_empty(start: StartWorker, work: Work) -> None:
    work.queue("quick", 5)

    worker = start("--drain")

    assert worker.process.wait(30) == 0
    assert work.is_done


def test_check_succeeds_while_a_worker_lives(start: StartWorker, work: Work) -> None:
    worker = start().ready()

    eventually(Worker.objects.exists)
    assert check(worker) == 0

    worker.terminate()
    assert not Worker.objects.exists()


def test_worker_runs_the_sweeps(start: StartWorker, work: Work) -> None:
    worker = start()

    eventually((worker.folder / "swept").exists, within_s=30)
