"""How a worker's processes share the machine's CPU with the web server."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from django.conf import settings


def yield_to_the_web() -> None:
    """This process and its forks wait when somebody waits for a page."""
    os.nice(settings.WORKER_NICE)
    if sys.platform == "linux":
        with suppress(OSError):  # a host may forbid it; it never interrupts one that has just begun
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
