"""What a process that lives long does with its memory."""

from __future__ import annotations

import gc
import time

from django.conf import settings

from jobs import malloc

GIVE_BACK_AFTER_S = 5.0
# Bytes that a process holds beside what it uses: the web's busiest moments take 4 to 8 MB.
SMALL_ROOM = 4 * 2**20  # for Python's small objects, which live in arenas of their own
LARGE_ROOM = 12 * 2**20  # for all others
BEYOND = 4 * 2**20  # more than the room that may be free before it is given back

ARENA_BYTES = 2**20  # what Python asks the system for at a time
SMALL_BYTES, LARGE_BYTES = 448, 60_000  # in one object; up to 479 it is a small one

_most_free = 0  # bytes; 0: no room was made
_one_of_each_arena: list[bytes] = []
_gave_back_at = 0.0


def keep_what_is_loaded() -> None:
    """Before threads and forks: what is loaded by now is never looked at again, for a look writes
    into pages that forked processes share, and so copies them. Threads share their free pages too.
    """
    malloc.option(malloc.M_ARENA_MAX, 1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(settings.GARBAGE_AFTER)


def make_room(**_: object) -> None:
    """After a fork: hold from now on what the busiest moments will take, and no less between them.

    The system gives memory by the page, as it is touched: a process that serves seems to grow for
    thousands of requests, while its pages are only touched for the first time.
    """
    if malloc.IS_GLIBC:
        malloc.option(malloc.M_TRIM_THRESHOLD, LARGE_ROOM + BEYOND)
        small = [bytes(SMALL_BYTES) for _ in range(SMALL_ROOM // SMALL_BYTES)]
        _one_of_each_arena.extend(small[:: ARENA_BYTES // 512])  # an empty one would be given back
        _touch_large()


def _touch_large() -> None:
    global _most_free
    large = [b"\0" * LARGE_BYTES for _ in range(LARGE_ROOM // LARGE_BYTES)]
    del large
    _most_free = malloc.free_bytes() + BEYOND


def give_back(**_: object) -> None:
    """Free what nobody uses, for the system, but for the room: 1 ms in a worker. Else garbage and
    the gaps beside the largest uploads stay, and a process grows with each new coincidence."""
    gc.collect()
    if not _most_free:
        malloc.trim()
    elif malloc.free_bytes() > _most_free:
        malloc.trim()
        _touch_large()


def give_back_now_and_then(**_: object) -> None:
    """The same, at most every GIVE_BACK_AFTER_S seconds."""
    global _gave_back_at
    now = time.monotonic()
    if now - _gave_back_at >= GIVE_BACK_AFTER_S:
        _gave_back_at = now
        give_back()
