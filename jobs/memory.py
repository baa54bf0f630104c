"""What a process that lives long does with its memory."""

from __future__ import annotations

import ctypes
import gc
import time

from django.conf import settings

GIVE_BACK_AFTER_S = 5.0

M_ARENA_MAX = -8  # malloc.h of glibc

_libc = ctypes.CDLL(None)
_gave_back_at = 0.0


def keep_what_is_loaded() -> None:
    """Before threads and forks: what is loaded by now is never looked at again, for a look writes
    into pages that forked processes share, and so copies them. Threads share their free pages too.
    """
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(M_ARENA_MAX, 1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(settings.GARBAGE_AFTER)


def give_back(**_: object) -> None:
    """Free what nobody uses, for the system: 1 ms in a worker. Else garbage and the gaps beside
    the largest uploads stay, and a process grows with each new coincidence of them."""
    gc.collect()
    if hasattr(_libc, "malloc_trim"):  # else it may be no glibc
        _libc.malloc_trim(0)


def give_back_now_and_then(**_: object) -> None:
    """The same, at most every GIVE_BACK_AFTER_S seconds."""
    global _gave_back_at
    now = time.monotonic()
    if now - _gave_back_at >= GIVE_BACK_AFTER_S:
        _gave_back_at = now
        give_back()
