"""A real `manage.py worker` of a test's own, on the test's database, and what can be done to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psutil  # type: ignore[import-untyped,unused-ignore]  # stubs are not among the requirements
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from jobs.queue import enqueue

MANAGE = settings.BASE_DIR / "manage.py"
READY = re.compile(r"worker ready: .*sentinel (\d+), monitor (\d+), pusher (\d+), workers")
BOOT_S = 60.0  # a new interpreter, on a machine that does much else


def eventually(holds: Callable[[], Any], *, within_s: float = 15.0, what: object = "") -> float:
    """Wait until something holds, and say after how many seconds it did; fail when it does not."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, f"not within {within_s} s: {what or holds}"
        time.sleep(0.02)
    return time.monotonic() - began


def database_url() -> str:
    """Of the test's database, as another process has to be told."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _living_children(pid: int, *, besides: list[int]) -> list[int]:
    children = psutil.Process(pid).children()
    return [child.pid for child in children if child.pid not in besides and lives(child)]


def lives(process: psutil.Process) -> bool:
    """Whether it runs, not only waits to be buried."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end_all(pids: Iterable[int]) -> None:
    """kill -9, also where the death of one is the end of the next."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class RealWorker:
    """Started at once, on the short queue unless told; `ready()` waits until it takes work."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder = folder
        self.marks = folder / "marks"
        self.log_path = folder / f"worker-{uuid4().hex[:8]}.log"
        self.mark = uuid4().hex
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "VAR_DIR": str(folder),
            "MARKS_DIR": str(folder),
            "LOG_FORMAT": "plain",
            "PYTHONUNBUFFERED": "1",
            "REAL_WORKER": self.mark,
            **environment,
        }
        if not {"--queue", "--all-queues"} & {*arguments}:
            arguments = ("--queue", "huleedu", *arguments)
        given = [argument for argument in arguments if argument != "--all-queues"]
        with self.log_path.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(MANAGE), "worker", *given],
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=log,
            )

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def __str__(self) -> str:
        return f"{len(self.family())} processes, log:\n{self.log}"

    @property
    def n_starts(self) -> int:
        return len(READY.findall(self.log))

    def ready(self, n_starts: int = 1) -> RealWorker:
        """Wait for the cluster's n-th start."""
        eventually(lambda: self.n_starts >= n_starts, within_s=BOOT_S, what=self)
        return self

    def pids(self, role: str) -> list[int]:
        """Of the cluster that runs now: sentinel, monitor, pusher, workers; steward, supervisor."""
        if role == "supervisor":
            return [self.process.pid]
        sentinel, monitor, pusher = map(int, READY.findall(self.log)[-1])
        if role == "steward":
            return _living_children(self.process.pid, besides=[sentinel])
        if role == "workers":  # not those of the log: one that hung has been replaced since
            return _living_children(sentinel, besides=[monitor, pusher])
        return [{"sentinel": sentinel, "monitor": monitor, "pusher": pusher}[role]]

    def kill(self, role: str) -> None:
        """kill -9 of every process of a role; "worker" is the first of the workers."""
        end_all(self.pids("workers")[:1] if role == "worker" else self.pids(role))

    def family(self) -> list[int]:
        """Every process that comes from this worker and lives, whoever its parent is now."""
        return [process.pid for process in psutil.process_iter() if self._is_mine(process)]

    def _is_mine(self, process: psutil.Process) -> bool:
        try:
            return lives(process) and bool(process.environ().get("REAL_WORKER") == self.mark)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def terminate(self, within_s: float = 10.0) -> int:
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(within_s)

    def destroy(self) -> None:
        """Whatever is left of it, at the end of a test."""
        self.process.kill()
        self.process.wait()
        end_all(self.family())
        eventually(lambda: not self.family(), what="all processes gone")


class Work:
    """Tasks of a test, and what became of them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "marks"
        self.path.touch()
        self.ids: list[UUID] = []

    def queue(self, name: str, n: int = 1, *, delay_s: float = 0) -> list[UUID]:
        ids = [uuid4() for _ in range(n)]
        for pk in ids:
            enqueue(f"tests.faults.tasks.{name}", pk, delay_s=delay_s)
        self.ids += ids
        return ids

    def marks(self, word: str) -> Counter[UUID]:
        """How often each of this test's tasks has left a word."""
        return Counter(pk for pk, _ in self._said(word))

    def pids(self, word: str) -> set[int]:
        """The processes that have left a word."""
        return {pid for _, pid in self._said(word)}

    def _said(self, word: str) -> list[tuple[UUID, int]]:
        lines = [line.split() for line in self.path.read_text().splitlines()]
        mine = set(self.ids)
        left = [(UUID(pk), int(pid)) for pk, said, pid in lines if said == word]
        return [(pk, pid) for pk, pid in left if pk in mine]

    def order(self) -> list[UUID]:
        """The order in which they were begun."""
        return list(dict.fromkeys(self.marks("start")))

    @property
    def n_ended(self) -> int:
        return len(self.marks("end"))

    @property
    def n_started_twice(self) -> int:
        return sum(n > 1 for n in self.marks("start").values())

    @property
    def is_done(self) -> bool:
        """Each has ended, and the queue knows it."""
        return self.n_ended == len(self.ids) and not OrmQ.objects.exists()

    def finish(self, within_s: float = 15.0) -> float:
        return eventually(lambda: self.is_done, within_s=within_s, what=self)

    def __str__(self) -> str:
        now = timezone.now()
        leases = [(row.lock - now).total_seconds() for row in OrmQ.objects.all()]
        return f"{self.n_ended} of {len(self.ids)} ended, leases {leases}"
