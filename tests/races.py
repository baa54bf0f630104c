"""Functions that run at the same moment, each in a thread and on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Thread

from django.db import connection

TIMEOUT_S = 60


def at_once(*functions: Callable[[], object]) -> list[object]:
    """What each returned, or the exception that it raised, in order. A hang fails the test."""
    barrier = Barrier(len(functions))
    results: list[object] = [None] * len(functions)

    def run(i: int, function: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(TIMEOUT_S)
            results[i] = function()
        except Exception as error:  # noqa: BLE001 - handed to the test
            results[i] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair, daemon=True) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT_S)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return results


def errors_among(results: Sequence[object]) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]
