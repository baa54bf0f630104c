"""One edge for every task: count the attempt, do the work, try again later or give up for good.

The row is the only authority on attempts: its counter is raised in a committed statement of its own
before any work, so that a task which kills its worker counts too. django-q2 never sees a failure.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from events import correlation
from jobs.queue import enqueue

logger = logging.getLogger(__name__)

PLATFORM_FAULTS = (OperationalError, InterfaceError)
DATABASE_BACK_S = 1.0  # when a database that was lost is asked again
DEATHS_FORGIVEN = 3  # tries beyond the allowed ones for rows whose tries ended with the process

# A machine that is short of something: no row's fault, and often over in a while.
MACHINE_FAULTS = frozenset(
    {errno.ENOMEM, errno.EAGAIN, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}
)
MACHINE_BACK_S = 15.0

_take_backs: dict[str, Callable[[UUID], None]] = {}

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Row]):
    """A try at one row's work: the how-manieth of how many, and whose correlation id it carries."""

    row: Row
    number: int
    allowed: int
    correlation_id: UUID


def attempted(
    *,
    begin: Callable[[UUID], Attempt[Row] | None],
    take_back: Callable[[UUID], None],
    gave_up: Callable[[UUID], None],
) -> Callable[[Callable[[Row], None]], Callable[[UUID], None]]:
    """Make a function of one row a task, called with the row's id, that may run twice or be killed.

    begin: counts the attempt and reads the row; None when nothing is left to do.
    take_back: uncounts an attempt that the platform has lost, where the row has not ended.
    gave_up: the app's verb that fails the row after the last attempt.
    An expected failure is data and does not reach this edge; whatever does is tried again after
    RETRY_BACKOFF_S, doubled each time. A lost database, or a machine that is short of something, is
    nobody's attempt: it is tried again soon.
    """

    def decorate(work: Callable[[Row], None]) -> Callable[[UUID], None]:
        path = f"{work.__module__}.{work.__qualname__}"
        _take_backs[path] = take_back

        def wait(pk: UUID, fault: Exception, delay_s: float) -> None:
            logger.warning("%s %s: fault of the platform, %s", path, pk, place_of(fault))
            connection.close()
            take_back(pk)
            enqueue(path, pk, delay_s=delay_s)

        @wraps(work)
        def task(pk: UUID) -> None:
            began = time.perf_counter()
            try:
                attempt = begin(pk)
                if attempt is None:
                    return
                with correlation.carrying(attempt.correlation_id):
                    _run(work, pk, attempt, path, gave_up)
                    ms = 1000 * (time.perf_counter() - began)
                    logger.info("%s %s: attempt %d took %d ms", path, pk, attempt.number, ms)
            except PLATFORM_FAULTS as fault:
                wait(pk, fault, DATABASE_BACK_S)
            except _MachineFault as fault:
                wait(pk, fault.error, MACHINE_BACK_S)

        return task

    return decorate


class _MachineFault(Exception):
    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


def _run(
    work: Callable[[Row], None],
    pk: UUID,
    attempt: Attempt[Row],
    path: str,
    gave_up: Callable[[UUID], None],
) -> None:
    if attempt.number > attempt.allowed + DEATHS_FORGIVEN:  # those before this one killed theirs
        gave_up(pk)
        return
    try:
        work(attempt.row)
    except PLATFORM_FAULTS:
        raise
    except Exception as error:  # the worker's edge; nothing is swallowed: see below
        if isinstance(error, OSError) and error.errno in MACHINE_FAULTS:
            raise _MachineFault(error) from error
        # The message may quote a pupil's text, so only the type is written down.
        logger.error("%s %s: attempt %d failed, %s", path, pk, attempt.number, place_of(error))
        if attempt.number >= attempt.allowed:
            gave_up(pk)
        else:
            delay_s = settings.RETRY_BACKOFF_S * 2 ** (attempt.number - 1)
            enqueue(path, pk, delay_s=delay_s)


def take_back(path: str, pk: UUID) -> None:
    """Uncount an attempt whose process was ended for another's sake."""
    if path in _take_backs:
        _take_backs[path](pk)


def place_of(error: BaseException) -> str:
    """Type and innermost place of an error, without its message."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" in {frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"
