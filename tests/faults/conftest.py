from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.real_worker import RealWorker, Work

StartWorker = Callable[..., RealWorker]


@pytest.fixture
def work(transactional_db: None, tmp_path: Path) -> Work:
    return Work(tmp_path)


@pytest.fixture
def start(work: Work, tmp_path: Path) -> Iterator[StartWorker]:
    """`start("--processes", "1", WORKER_GRACE_S="1")`: a worker; gone when the test is."""
    workers: list[RealWorker] = []

    def start_worker(*arguments: str, **environment: str) -> RealWorker:
        workers.append(RealWorker(tmp_path, *arguments, **environment))
        return workers[-1]

    yield start_worker
    for worker in workers:
        worker.destroy()
