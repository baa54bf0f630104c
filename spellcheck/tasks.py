"""The spellcheck of one essay, as the worker runs it."""

from __future__ import annotations

from uuid import UUID

from jobs.attempts import attempted
from pipelines import steps
from spellcheck import flow


@attempted(begin=steps.begin, take_back=steps.take_back, gave_up=steps.give_up)
def check_text(essay_phase_id: UUID) -> None:
    step = steps.get(essay_phase_id)
    if step is not None:
        flow.check(step)
