"""Stand-ins for an app's rows, and the queue's calls for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from jobs.attempts import Attempt, Done, attempted
from jobs.queue import queued_calls

SECRET = "the pupil's own words"


class Rows:
    """Stands for an app's rows: their counters and what was said about them."""

    def __init__(self, n: int = 1, *, allowed: int = 3) -> None:
        self.all = [Row(uuid4()) for _ in range(n)]
        self.allowed = allowed
        self.stored: list[list[UUID]] = []

    @property
    def pks(self) -> list[UUID]:
        return [row.pk for row in self.all]

    def of(self, pk: UUID) -> Row:
        return next(row for row in self.all if row.pk == pk)

    def begin(self, pks: Sequence[UUID]) -> list[Attempt[Row]]:
        rows = [self.of(pk) for pk in pks]
        for row in rows:
            row.attempts += 1
        return [Attempt(row, row.attempts, self.allowed, uuid4()) for row in rows]

    def take_back(self, pk: UUID) -> None:
        self.of(pk).attempts -= 1

    def give_up(self, pk: UUID, _tried: Row | None = None) -> None:
        self.of(pk).gave_up = True

    def say(self, row: Row, reason: str) -> None:
        row.waits_for = reason

    def store(self, ended: Sequence[Done[Row, str]]) -> None:
        self.stored.append([done.row.pk for done in ended])

    def run(self, work: Callable[[Row], str], *pks: UUID) -> None:
        decorate = attempted(
            begin=self.begin,
            take_back=self.take_back,
            gave_up=self.give_up,
            store=self.store,
            waits=self.say,
        )
        decorate(work)(*(pks or self.pks))


@dataclass
class Row:
    pk: UUID
    attempts: int = 0
    gave_up: bool = False
    waits_for: str = ""


def raising(error: Exception) -> Callable[[Row], str]:
    def work(row: Row) -> str:
        raise error

    return work


def well(row: Row) -> str:
    return "done"


def calls() -> list[tuple[UUID, ...]]:
    return [ids for _, _, ids in queued_calls()]
