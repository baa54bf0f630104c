"""What is done again and again beside what is measured."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(look: Callable[[], object], *, every_s: float) -> Iterator[None]:
    """In a thread of its own until the block ends; not at once, but after every_s."""
    over = threading.Event()

    def keep_looking() -> None:
        while not over.wait(every_s):
            look()

    thread = threading.Thread(target=keep_looking)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
