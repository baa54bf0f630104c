"""How processes that nobody waits for share the machine's CPU with the web server."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

_OF_MY_SESSION = Path("/proc/self/autogroup")
_N_TRIES = 50
_PAUSE_S = 0.1  # the kernel takes one change in this time from all users who are not root


def yield_to_the_web(nice: int) -> None:
    """This process and its forks, in a session of their own, wait when somebody waits for a page.

    nice: as of nice(1), beyond what it is.
    """
    os.setsid()
    os.nice(nice)
    if sys.platform == "linux":
        with suppress(OSError):  # a host may forbid it; it never interrupts one that has just begun
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    make_the_session_as_nice()


def make_the_session_as_nice() -> None:
    """Linux may share the CPU between sessions before it looks at processes (sched(7), autogroup):
    then how nice a process is counts within its session only, and between them how nice they are.
    """
    for _ in range(_N_TRIES):
        try:
            _OF_MY_SESSION.write_text(str(os.nice(0)), encoding="ascii")
        except BlockingIOError:
            time.sleep(_PAUSE_S)
        except OSError:
            return  # no Linux, or one that groups nothing
        else:
            return
