"""Sweeps: small idempotent searches for what was left behind. Apps register them; the worker and
`manage.py sweep` run them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from typing import TypeVar

from jobs.failures import place_of

logger = logging.getLogger(__name__)

Sweep = Callable[..., int]  # called without arguments
S = TypeVar("S", bound=Sweep)
HOUR_S = 3600.0

_sweeps: dict[str, Sweep] = {}
_hourly: set[str] = set()


def register(sweep: S) -> S:
    """Run this function in every sweep. It returns how many things it put right."""
    _sweeps[_name_of(sweep)] = sweep
    return sweep


def register_hourly(sweep: S) -> S:
    """`register` for a sweep that looks at everything: `Rounds` have an hour between two looks."""
    _hourly.add(_name_of(sweep))
    return register(sweep)


def _name_of(sweep: Sweep) -> str:
    return f"{sweep.__module__}.{sweep.__qualname__}"


@contextmanager
def apart(what: object) -> Iterator[None]:
    """Around the work on one batch of many: what goes wrong with it is logged, under the name
    `what`, and keeps no other waiting."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the others must have their turn
        logger.error("sweep of %s failed, %s", what, place_of(error))


def run_all(*, but: Container[str] = ()) -> dict[str, int]:
    """What each sweep put right, by name; one that fails is logged and never stops the others.

    but: names of those that are left out.
    """
    found: dict[str, int] = {}
    for name, sweep in sorted(_sweeps.items()):
        if name in but:
            continue
        try:
            found[name] = sweep()
        except Exception as error:  # noqa: BLE001 - the others must run; its message may quote a text
            logger.error("sweep %s failed, %s", name, place_of(error))
        else:
            if found[name]:
                logger.info("sweep %s put %d right", name, found[name])
    return found


class Rounds:
    """`run_all` again and again. An hourly sweep waits for an hour when it has found nothing."""

    def __init__(self) -> None:
        self._next_at: dict[str, float] = {}  # of the monotonic clock

    def make(self) -> dict[str, int]:
        """One round; see `run_all`."""
        now = time.monotonic()
        resting = {name for name, at in self._next_at.items() if now < at}
        found = run_all(but=resting)
        for name in _hourly - resting:
            self._next_at[name] = now if found.get(name) else now + HOUR_S
        return found
