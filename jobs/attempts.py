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
from functools import wraps
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from events import correlation
from jobs.queue import enqueue, enqueue_each

logger = logging.getLogger(__name__)

PLATFORM_FAULTS = (OperationalError, InterfaceError)
DATABASE_BACK_S = 1.0  # when a database that was lost is asked again
DEATHS_FORGIVEN = 3  # tries beyond the allowed ones for rows whose tries ended with the process
TOGETHER_S = 3.0  # after which the rest of a task's rows go on alone: a task must end in time

# A machine that is short of something: no row's fault, and often over in a while.
MACHINE_FAULTS = frozenset(
    {errno.ENOMEM, errno.EAGAIN, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}
)
MACHINE_BACK_S = 15.0
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

_take_backs: dict[str, ById] = {}


def attempted(
    *,
    begin: Begin[Row],
    take_back: ById,
    gave_up: ById,
    store: Store[Row, Result] | None = None,
    together: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Callable[[Callable[[Row], Result | None]], Callable[..., None]]:
    """Make a function of one row a task, called with ids of rows, that may run twice or be killed.

    begin: counts an attempt for each row and reads those that wait for the work.
    take_back: uncounts an attempt that the platform has lost, where the row has not ended.
    gave_up: the app's verb that fails the row after the last attempt.
    store: the app's verb that writes what the function returned for each row; where it returned
        None, it has seen to that itself.
    together: entered around the work of several rows.
    An expected failure is data and does not reach this edge; whatever does is tried again after
    RETRY_BACKOFF_S, doubled each time. A lost database, or a machine that is short of something, is
    nobody's attempt: it is tried again soon.
    """

    def decorate(work: Callable[[Row], Result | None]) -> Callable[..., None]:
        path = f"{work.__module__}.{work.__qualname__}"
        edge = _Edge(path, work, begin, take_back, gave_up, store, together)
        _take_backs[path] = take_back

        @wraps(work)
        def task(*pks: UUID) -> None:
            edge.run(pks)

        return task

    return decorate


class _MachineFault(Exception):
    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True)
class _Edge(Generic[Row, Result]):
    path: str
    work: Callable[[Row], Result | None]
    begin: Begin[Row]
    take_back: ById
    gave_up: ById
    store: Store[Row, Result] | None
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
        except PLATFORM_FAULTS as fault:
            self._wait(pks, fault, DATABASE_BACK_S)
        except _MachineFault as fault:
            is_soon = fault.error.errno == errno.EAGAIN
            self._wait(pks, fault.error, AGAIN_S if is_soon else MACHINE_BACK_S)

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
                except Exception as error:  # noqa: BLE001 - alone it is tried, and judged, again
                    _raise_if_platform(error)
                    alone.append(attempt)
        try:
            self._end(ended)
        except Exception as error:  # noqa: BLE001 - as above; nothing was written
            _raise_if_platform(error)
            alone = list(attempts)
        self._part(alone)

    def _one(self, attempt: Attempt[Row]) -> None:
        pk, number = attempt.row.pk, attempt.number
        with correlation.carrying(attempt.correlation_id):
            if number > attempt.allowed + DEATHS_FORGIVEN:  # those before this one killed theirs
                self.gave_up(pk)
                return
            try:
                self._end(self._work(attempt))
            except Exception as error:  # noqa: BLE001 - the edge; nothing is swallowed: see below
                _raise_if_platform(error)
                # The message may quote a pupil's text, so only the type is written down.
                place = place_of(error)
                logger.error("%s %s: attempt %d failed, %s", self.path, pk, number, place)
                if number >= attempt.allowed:
                    self.gave_up(pk)
                else:
                    enqueue(self.path, pk, delay_s=settings.RETRY_BACKOFF_S * 2 ** (number - 1))

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

    def _wait(self, pks: Sequence[UUID], fault: Exception, delay_s: float) -> None:
        logger.warning("%s %s: fault of the platform, %s", self.path, pks[0], place_of(fault))
        connection.close()
        for pk in pks:
            self.take_back(pk)
        enqueue(self.path, *pks, delay_s=delay_s)


def _raise_if_platform(error: Exception) -> None:
    if isinstance(error, PLATFORM_FAULTS):
        raise error
    if isinstance(error, OSError) and error.errno in MACHINE_FAULTS:
        raise _MachineFault(error) from error


def take_back(path: str, *pks: UUID) -> None:
    """Uncount the attempts whose process was ended for another's sake."""
    for pk in pks:
        if path in _take_backs:
            _take_backs[path](pk)


def place_of(error: BaseException) -> str:
    """Type and innermost place of an error, without its message."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" in {frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"
