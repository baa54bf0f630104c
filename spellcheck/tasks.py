"""The spellcheck of one essay, as the worker runs it."""

from __future__ import annotations

from jobs.attempts import attempted
from pipelines import steps
from pipelines.models import EssayPhase
from spellcheck import flow
from spellcheck.results import Checked


@attempted(
    begin=steps.begin,
    take_back=steps.take_back,
    gave_up=steps.give_up,
    store=flow.store,
    together=flow.asking_once,
)
def check_text(step: EssayPhase) -> Checked:
    return flow.check(step)
