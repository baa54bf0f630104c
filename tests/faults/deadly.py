"""A throw-away phase that kills its worker on some texts, never ends on others, and takes its time
on the rest."""

from __future__ import annotations

import os
import signal
import time

from jobs.attempts import attempted
from pipelines import registry, steps
from pipelines.models import EssayPhase
from pipelines.registry import Phase

KILLS = "kills its worker"
HANGS = "never ends"
LONGER_THAN_A_KILL_S = 0.4

DEADLY = Phase(name="deadly", label="Deadly", essay_task="tests.faults.deadly.survive")


def declare() -> None:
    registry.register(DEADLY)


@attempted(begin=steps.begin, take_back=steps.take_back, gave_up=steps.give_up, store=steps.succeed)
def survive(step: EssayPhase) -> bool:
    if KILLS in step.text.body:
        time.sleep(LONGER_THAN_A_KILL_S / 2)  # its neighbour has begun
        os.kill(os.getpid(), signal.SIGKILL)
    while HANGS in step.text.body:
        time.sleep(LONGER_THAN_A_KILL_S)
    time.sleep(LONGER_THAN_A_KILL_S)
    return True
