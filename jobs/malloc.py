"""What glibc's malloc can be told and asked; elsewhere it can be neither, and nothing happens."""

from __future__ import annotations

import ctypes

M_TRIM_THRESHOLD, M_ARENA_MAX = -1, -8  # malloc.h


class Mallinfo2(ctypes.Structure):
    """malloc.h: bytes that malloc has taken from the system and given to its callers."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


_libc = ctypes.CDLL(None)
IS_GLIBC = hasattr(_libc, "mallinfo2")  # as of 2.33
if IS_GLIBC:
    _libc.mallinfo2.restype = Mallinfo2


def option(which: int, value: int) -> None:
    if IS_GLIBC:
        _libc.mallopt(which, value)


def trim() -> None:
    """Give every free page back to the system."""
    if IS_GLIBC:
        _libc.malloc_trim(0)


def used_bytes() -> int:
    """What its callers have."""
    held = _libc.mallinfo2()
    return int(held.hblkhd + held.uordblks)


def free_bytes() -> int:
    """What it holds and nobody uses."""
    return int(_libc.mallinfo2().fordblks)
