"""One edge for every task: count the attempt, do the work, try again later or give up for good.

The row is the only authority on attempts: its counter is raised in a committed statement of its own
before any work, so that a task which kills its worker counts too. django-q2 never sees a failure.
"""

from __future__ import annotations

import logging
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
    take_back: uncounts an attempt that was lost with the database's connection.
    gave_up: the app's verb that fails the row after the last attempt.
    An expected failure is data and does not reach this edge; whatever does is tried again after
    RETRY_BACKOFF_S, doubled each time. A lost database is nobody's attempt: it is tried again soon.
    """

    def decorate(work: Callable[[Row], None]) -> Callable[[UUID], None]:
        path = f"{work.__module__}.{work.__qualname__}"

        @wraps(work)
        def task(pk: UUID) -> None:
            try:
                attempt = begin(pk)
                if attempt is None:
                    return
                with correlation.carrying(attempt.correlation_id):
                    _run(work, pk, attempt, path, gave_up)
            except PLATFORM_FAULTS as fault:
                logger.warning("%s %s: database fault %s", path, pk, type(fault).__name__)
                connection.close()
                take_back(pk)
                enqueue(path, pk, delay_s=DATABASE_BACK_S)

        return task

    return decorate


def _run(
    work: Callable[[Row], None],
    pk: UUID,
    attempt: Attempt[Row],
    path: str,
    gave_up: Callable[[UUID], None],
) -> None:
    if attempt.number > attempt.allowed:  # the attempts before this one killed their workers
        gave_up(pk)
        return
    try:
        work(attempt.row)
    except PLATFORM_FAULTS:
        raise
    except Exception as error:  # noqa: BLE001 - the worker's edge; nothing is swallowed: see below
        # The message may quote a pupil's text, so only the type is written down.
        logger.error("%s %s: attempt %d failed, %s", path, pk, attempt.number, place_of(error))
        if attempt.number >= attempt.allowed:
            gave_up(pk)
        else:
            delay_s = settings.RETRY_BACKOFF_S * 2 ** (attempt.number - 1)
            enqueue(path, pk, delay_s=delay_s)


def place_of(error: BaseException) -> str:
    """Type and innermost place of an error, without its message."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" in {frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"
