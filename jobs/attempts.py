"""One edge for every task: count the attempt, do the work, try again later or give up for good.

The row is the only authority on attempts: its counter is raised in a committed statement of its own
before any work, so that a task which kills its worker counts too. django-q2 never sees a failure.

A task takes some rows of one batch together, so that they share their statements. That is the quick
way and no more: whatever happens to rows that are together, each goes on alone, where its attempts
count. So no essay answers for its neighbour.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from events import correlation
from jobs import hindrances
from jobs.failures import place_of
from jobs.queue import enqueue, enqueue_each

logger = logging.getLogger(__name__)

DATABASE_LOST = (OperationalError, InterfaceError)
DATABASE_BACK_S = 1.0  # when a database that was lost is asked again
DEATHS_FORGIVEN = 3  # tries beyond the allowed ones for rows whose tries ended with the process
TOGETHER_S = 3.0  # after which the rest of a task's rows go on alone: a task must end in time

# A machine that is short of something: no row's fault, and often over in a while.
MACHINE_FAULTS = frozenset(
    {errno.ENOMEM, errno.EAGAIN, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}
)
MACHINE_SHORT = "machine_short"
BACK_S = 15.0  # when what did not answer, or was too little, is asked again
LONGEST_BACKOFF_S = 1800.0  # between two tries
DOUBLINGS = 20  # enough of them
AGAIN_S = 2.0  # after EAGAIN: what is not there yet is on its way


class HasId(Protocol):
    @property
    def pk(self) -> Any:  # a UUID
        ...


Row = TypeVar("Row", bound=HasId)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Row]):
    """A try at one row's work: the how-manieth of how many, and whose correlation id it carries."""

    row: Row
    number: int
    allowed: int
    correlation_id: UUID


@dataclass(frozen=True, slots=True)
class Done(Generic[Row, Result]):
    """What came of one row's work, in how many milliseconds, and under which correlation id."""

    row: Row
    result: Result
    ms: int
    correlation_id: UUID


Begin = Callable[[Sequence[UUID]], Sequence[Attempt[Row]]]
Store = Callable[[Sequence[Done[Row, Result]]], None]
ById = Callable[[UUID], None]
GiveUp = Callable[[UUID, Row | None], None]
Say = Callable[[Row, str], None]


class Hindered(Exception):
    """What the work needs does not answer, or there is too little of it: no attempt counts.

    reason: a code of the app's.
    """

    def __init__(self, reason: str, *, again_in_s: float = BACK_S) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again_in_s = again_in_s


_take_backs: dict[str, ById] = {}


def attempted(
    *,
    begin: Begin[Row],
    take_back: ById,
    gave_up: GiveUp[Row],
    store: Store[Row, Result] | None = None,
    waits: Say[Row] | None = None,
    together: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Callable[[Callable[[Row], Result | None]], Callable[..., None]]:
    """Make a function of one row a task, called with ids of rows, that may run twice or be killed.

    begin: counts an attempt for each row and reads those that wait for the work.
    take_back: uncounts an attempt that the platform has lost, where the row has not ended.
    gave_up: the app's verb that fails the row after the last attempt, which it gets as `begin` has
        read it, where it could.
    store: the app's verb that writes what the function returned for each row; where it returned
        None, it has seen to that itself.
    waits: the app's verb that says to people why the row waits for longer than a moment: the reason
        of a Hindered, or MACHINE_SHORT.
    together: entered around the work of several rows.
    An expected failure is data and does not reach this edge; whatever does is tried again after
    RETRY_BACKOFF_S, doubled each time. A lost database, a machine that is short of something, what
    the work has raised as Hindered and whatever the app's verbs raise are nobody's attempt: the row
    is tried again soon, for as long as `hindrances` bears it.
    """

    def decorate(work: Callable[[Row], Result | None]) -> Callable[..., None]:
        path = f"{work.__module__}.{work.__qualname__}"
        edge = _Edge(path, work, begin, take_back, gave_up, store, waits, together)
        _take_backs[path] = take_back

        @wraps(work)
        def task(*pks: UUID) -> None:
            edge.run(pks)

        return task

    return decorate


@dataclass(frozen=True, slots=True)
class _Edge(Generic[Row, Result]):
    path: str
    work: Callable[[Row], Result | None]
    begin: Begin[Row]
    take_back: ById
    gave_up: GiveUp[Row]
    store: Store[Row, Result] | None
    waits: Say[Row] | None
    together: Callable[[], AbstractContextManager[None]]

    def run(self, pks: Sequence[UUID]) -> None:
        try:
            attempts = self.begin(pks)
            if len(pks) == 1:
                for attempt in attempts:
                    self._one(attempt)
            elif any(attempt.number > 1 for attempt in attempts):
                self._part(attempts)  # one of them has killed the worker that had them before
            else:
                self._together(attempts)
        except DATABASE_LOST as fault:
            connection.close()
            self._wait(pks, fault, DATABASE_BACK_S)
        except Exception as fault:  # noqa: BLE001 - a verb's own, which the next release may mend
            logger.error("%s: the app's verbs failed, %s", self.path, place_of(fault))
            self._wait(pks, fault, BACK_S)

    def _together(self, attempts: Sequence[Attempt[Row]]) -> None:
        ended: list[Done[Row, Result]] = []
        alone: list[Attempt[Row]] = []
        began = time.monotonic()
        with self.together():
            for attempt in attempts:
                if time.monotonic() - began > TOGETHER_S:
                    alone.append(attempt)
                    continue
                try:
                    ended += self._work(attempt)
                except DATABASE_LOST:
                    raise
                except Exception:  # noqa: BLE001 - alone it is tried, and judged, again
                    alone.append(attempt)
        try:
            self._end(ended)
        except DATABASE_LOST:
            raise
        except Exception:  # noqa: BLE001 - as above; nothing was written
            alone = list(attempts)
        self._part(alone)

    def _one(self, attempt: Attempt[Row]) -> None:
        pk, number = attempt.row.pk, attempt.number
        with correlation.carrying(attempt.correlation_id):
            if number > attempt.allowed + DEATHS_FORGIVEN:  # those before this one killed theirs
                self._give_up(pk, attempt.row)
                return
            try:
                self._end(self._work(attempt))
            except DATABASE_LOST:
                raise
            except Exception as error:  # noqa: BLE001 - the edge; nothing is swallowed: see below
                if (hindered := _hindered(error)) is not None:
                    say = partial(self.waits, attempt.row, hindered.reason) if self.waits else None
                    self._wait([pk], error, hindered.again_in_s, say)
                    return
                # The message may quote a pupil's text, so only the type is written down.
                place = place_of(error)
                logger.error("%s %s: attempt %d failed, %s", self.path, pk, number, place)
                if number >= attempt.allowed:
                    self._give_up(pk, attempt.row)
                else:
                    doubled_s = settings.RETRY_BACKOFF_S * 2 ** min(number - 1, DOUBLINGS)
                    enqueue(self.path, pk, delay_s=min(doubled_s, LONGEST_BACKOFF_S))

    def _work(self, attempt: Attempt[Row]) -> list[Done[Row, Result]]:
        """One row's work; nothing when no more needs to be written about it."""
        began = time.perf_counter()
        with correlation.carrying(attempt.correlation_id):
            result = self.work(attempt.row)
            ms = round(1000 * (time.perf_counter() - began))
            pk, number = attempt.row.pk, attempt.number
            logger.info("%s %s: attempt %d took %d ms", self.path, pk, number, ms)
        if result is None:
            return []
        return [Done(attempt.row, result, ms, attempt.correlation_id)]

    def _end(self, ended: Sequence[Done[Row, Result]]) -> None:
        if ended and self.store is not None:
            self.store(ended)

    def _part(self, attempts: Sequence[Attempt[Row]]) -> None:
        """Let each row go on alone; what was begun together is nobody's attempt."""
        for attempt in attempts:
            for _ in range(attempt.number):
                self.take_back(attempt.row.pk)
        if attempts:
            enqueue_each(self.path, [(attempt.row.pk,) for attempt in attempts])

    def _give_up(self, pk: UUID, tried: Row | None = None) -> None:
        self.gave_up(pk, tried)
        hindrances.forget(pk)

    def _wait(
        self,
        pks: Sequence[UUID],
        fault: Exception,
        delay_s: float,
        say: Callable[[], None] | None = None,
    ) -> None:
        """Put rows back that a fault has hindered which may not be theirs, each to go on alone."""
        place = place_of(_root_of(fault))
        logger.warning("%s %s: hindered by %s", self.path, pks[0], place)
        if len(pks) == 1:
            [pk] = pks
            longer_s = hindrances.note(pk, self.path, place, again_in_s=delay_s)
            if longer_s is None:
                logger.error("%s %s: hindered for too long", self.path, pk)
                self._give_up(pk)
                return
            delay_s = longer_s
            if say is not None and delay_s >= BACK_S:
                say()
        for pk in pks:  # each by itself: who does not hold the batch holds no two of its rows
            self.take_back(pk)
        enqueue_each(self.path, [(pk,) for pk in pks], delay_s=delay_s)


def _root_of(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _hindered(error: Exception) -> Hindered | None:
    if isinstance(error, OSError) and error.errno in MACHINE_FAULTS:
        is_soon = error.errno == errno.EAGAIN
        return Hindered(MACHINE_SHORT, again_in_s=AGAIN_S if is_soon else BACK_S)
    return error if isinstance(error, Hindered) else None


def take_back(path: str, *pks: UUID) -> None:
    """Uncount the attempts whose process was ended for another's sake."""
    for pk in pks:
        if path in _take_backs:
            _take_backs[path](pk)
