from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.real_worker import RealWorker, Work

StartWorker = Callable[..., RealWorker]


@pytest.fixture
def work(transactional_db: None, folder: Path) -> Work:
    return Work(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers of a module write, and their tasks leave their marks."""
    return tmp_path_factory.mktemp("worker")


@pytest.fixture
def start(transactional_db: None, folder: Path) -> Iterator[StartWorker]:
    """`start("--processes", "1", WORKER_GRACE_S="1")`: a worker; gone when the test is."""
    workers: list[RealWorker] = []

    def start_worker(*arguments: str, **environment: str) -> RealWorker:
        workers.append(RealWorker(folder, *arguments, **environment))
        return workers[-1]

    yield start_worker
    for worker in workers:
        worker.destroy()


@pytest.fixture(scope="module")
def household() -> Iterator[list[RealWorker]]:
    """The worker that lives through a module's tests, and those that it had to follow."""
    workers: list[RealWorker] = []
    yield workers
    for worker in workers:
        worker.destroy()


@pytest.fixture
def worker(work: Work, folder: Path, household: list[RealWorker]) -> RealWorker:
    """A worker that other tests of the module have used; not to be stopped, but to be hurt."""
    if not household:
        household.append(RealWorker(folder))
    return household[0].ready()
