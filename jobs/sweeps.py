"""Sweeps: small idempotent searches for what was left behind. Apps register them; the worker and
`manage.py sweep` run them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from jobs.attempts import place_of

logger = logging.getLogger(__name__)

Sweep = Callable[..., int]  # called without arguments
S = TypeVar("S", bound=Sweep)
_sweeps: dict[str, Sweep] = {}


def register(sweep: S) -> S:
    """Run this function in every sweep. It returns how many things it put right."""
    _sweeps[f"{sweep.__module__}.{sweep.__qualname__}"] = sweep
    return sweep


def run_all() -> dict[str, int]:
    """What each sweep put right, by name; one that fails is logged and never stops the others."""
    found: dict[str, int] = {}
    for name, sweep in sorted(_sweeps.items()):
        try:
            found[name] = sweep()
        except Exception as error:  # noqa: BLE001 - the others must run; its message may quote a text
            logger.error("sweep %s failed, %s", name, place_of(error))
        else:
            if found[name]:
                logger.info("sweep %s put %d right", name, found[name])
    return found
