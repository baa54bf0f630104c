"""Throw-away phases: each is one declaration and one task, as a real one would be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError

from jobs.attempts import Hindered, attempted
from pipelines import registry, steps
from pipelines.models import EssayPhase
from pipelines.registry import Phase

READABILITY = Phase(
    name="readability",
    label="Readability",
    essay_task="pipelines.tests.phases.measure",
    requires=("spellcheck",),
)
STYLE = Phase(
    name="style",
    label="Style",
    essay_task="pipelines.tests.phases.measure",
    requires=("spellcheck",),
)
FEEDBACK = Phase(
    name="feedback",
    label="Feedback",
    essay_task="pipelines.tests.phases.measure",
    requires=("readability", "style"),
)


@contextmanager
def registered(*phases: Phase) -> Iterator[None]:
    for phase in phases:
        registry.register(phase)
    try:
        yield
    finally:
        for phase in phases:
            registry.unregister(phase.name)


@attempted(begin=steps.begin, take_back=steps.take_back, gave_up=steps.give_up, store=steps.succeed)
def measure(step: EssayPhase) -> int | None:
    """Fails for a text that names the phase as the one it fails in; breaks, loses the database or
    waits for one that says so."""
    if f"fails in {step.phase_run.phase}" in step.text.body:
        steps.fail(step, "too_hard", "This text is too hard to measure.")
        return None
    if f"breaks {step.phase_run.phase}" in step.text.body:
        raise RuntimeError("the phase is broken")
    if f"loses {step.phase_run.phase}" in step.text.body:
        raise OperationalError("the connection is closed")
    if f"waits {step.phase_run.phase}" in step.text.body:
        raise Hindered("asleep")
    return step.text.word_count
