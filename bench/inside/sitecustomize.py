"""Python runs this first in every process of a site that bench/load.py measures, as this folder is
on their PYTHONPATH: so they can say what they have in use, of all that the system sees them hold.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType

ASK = signal.SIGRTMIN + 3
FOLDER = "BENCH_IN_USE"  # the variable that names where the answers go


class Mallinfo2(ctypes.Structure):
    """malloc.h of glibc: bytes that malloc has taken from the system and given to its callers."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def say(number: int, frame: FrameType | None) -> None:
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = Mallinfo2
    malloc = mallinfo2()
    answer = {"blocks": sys.getallocatedblocks(), "malloc": malloc.hblkhd + malloc.uordblks}
    half = Path(os.environ[FOLDER], f"{os.getpid()}.half")
    half.write_text(json.dumps(answer))
    half.rename(half.with_suffix(".json"))


if FOLDER in os.environ:
    signal.signal(ASK, say)
