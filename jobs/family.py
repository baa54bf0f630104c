"""Processes that do not outlive the one that made them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h

_parent = 0


def children_die_with_their_parent() -> None:
    """From now on each fork is killed by the kernel when its parent ends, and so are its own forks.

    Linux only; elsewhere the orphans of a killed process see for themselves that they are.
    """
    if sys.platform != "linux":
        return
    prctl = ctypes.CDLL(None).prctl

    def remember() -> None:
        global _parent
        _parent = os.getpid()

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != _parent:  # it died before the kernel knew
            os._exit(1)

    os.register_at_fork(before=remember, after_in_child=bind)
