"""Throw-away tasks which leave marks in files, so that each start and each end is seen."""

from __future__ import annotations

import collections
import itertools
import os
import time
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.db.utils import OperationalError

from jobs import sweeps

QUOTED = "DETAIL: Key (word)=(quixotrylike)\n  already exists"
NAP_S = 0.15
LONG_S = 1.5


def _mark(pk: UUID, word: str) -> None:
    with (Path(os.environ["MARKS_DIR"]) / "marks").open("a") as file:
        file.write(f"{pk} {word} {os.getpid()}\n")


def _has_started_before(pk: UUID) -> bool:
    return f"{pk} start" in (Path(os.environ["MARKS_DIR"]) / "marks").read_text()


def quick(pk: UUID) -> None:
    _mark(pk, "start")
    _mark(pk, "end")


def nap(pk: UUID) -> None:
    _mark(pk, "start")
    time.sleep(NAP_S)
    _mark(pk, "end")


def long(pk: UUID) -> None:
    _mark(pk, "start")
    time.sleep(LONG_S)
    _mark(pk, "end")


def hang_once(pk: UUID) -> None:
    """In C code that no signal interrupts; the second try is well."""
    hangs = not _has_started_before(pk)
    _mark(pk, "start")
    if hangs:
        collections.deque(itertools.count(), maxlen=0)
    _mark(pk, "end")


def fail_once(pk: UUID) -> None:
    fails = not _has_started_before(pk)
    _mark(pk, "start")
    if fails:
        raise OperationalError(f"the connection is gone {QUOTED}")
    _mark(pk, "end")


class _Ring:
    """Nobody's, but its own; leaves a mark when it is freed."""

    def __init__(self, pk: UUID) -> None:
        self.pk, self.next = pk, self

    def __del__(self) -> None:
        _mark(self.pk, "freed")


def leave_garbage(pk: UUID) -> None:
    _Ring(pk)
    _mark(pk, "end")


def ask_commit(pk: UUID) -> None:
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if is_sqlite else "SHOW synchronous_commit")
        (answer,) = cursor.fetchone()
    _mark(pk, str(answer))


def preload() -> None:
    (Path(os.environ["MARKS_DIR"]) / "marks").touch()
    sweeps.register(leave_a_trace)


def leave_a_trace() -> int:
    (Path(os.environ["MARKS_DIR"]) / "swept").touch()
    return 0
