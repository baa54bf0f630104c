"""A worker that was not told which queue serves all of them, each with its own patience."""

from __future__ import annotations

import os
import signal

import psutil  # type: ignore[import-untyped,unused-ignore]  # stubs are not among the requirements
import pytest
from django_q.models import OrmQ

from jobs.models import Worker
from tests.faults.conftest import StartWorker
from tests.faults.real_worker import RealWorker, Work, eventually, lives

pytestmark = pytest.mark.xdist_group("faults")

ALL = "--all-queues"


def supervisor_of_long(worker: RealWorker) -> int:
    """Its process id, once both queues are served."""
    eventually(lambda: Worker.objects.filter(queue="long").exists(), within_s=30, what=worker)
    return Worker.objects.get(queue="long").pid


def queue_on_both(work: Work) -> None:
    work.queue("quick", 2)
    OrmQ.objects.filter(pk=OrmQ.objects.order_by("pk")[0].pk).update(key="long")


def test_one_worker_serves_the_long_queue_too(start: StartWorker, work: Work) -> None:
    queue_on_both(work)

    worker = start(ALL).ready(n_starts=2)

    work.finish()
    assert "1 processes on queue long" in worker.log


def test_killed_supervisor_of_the_long_queue_is_replaced(start: StartWorker, work: Work) -> None:
    worker = start(ALL).ready(n_starts=2)
    doomed = psutil.Process(supervisor_of_long(worker))
    family = [doomed, *doomed.children(recursive=True)]

    os.kill(doomed.pid, signal.SIGKILL)
    queue_on_both(work)

    work.finish(within_s=30)
    eventually(lambda: not any(lives(process) for process in family))


def test_sigterm_ends_the_supervisors_of_all_queues(start: StartWorker, work: Work) -> None:
    worker = start(ALL).ready(n_starts=2)
    supervisor_of_long(worker)

    assert worker.terminate(within_s=10) == 0

    assert not worker.family()
    assert not Worker.objects.exists()


def test_killed_worker_leaves_nothing_of_any_queue_behind(start: StartWorker, work: Work) -> None:
    worker = start(ALL).ready(n_starts=2)

    worker.kill("supervisor")

    eventually(lambda: not worker.family(), what=worker)
