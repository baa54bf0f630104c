"""The phases that exist. Each is declared by its own app with one call of `register`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from events.topics import BatchPhaseInitiateCommand


def _none_of(text_ids: Collection[int]) -> set[int]:
    return set()


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of a pipeline, done essay by essay.

    name: also the name of the pipeline that ends with this phase. label: what a person reads.
    requires: phases that must have succeeded for a text before this one may begin on it.
    essay_task: dotted path of the task, called with the id of an EssayPhase.
    command: the event that says the phase has begun.
    outdated: which of these texts have a result of the phase that somebody has asked for again.
    """

    name: str
    label: str | Promise
    essay_task: str
    requires: tuple[str, ...] = ()
    command: type[BatchPhaseInitiateCommand] = field(default=BatchPhaseInitiateCommand)
    outdated: Callable[[Collection[int]], set[int]] = _none_of


class UnknownPipeline(Exception):
    """Nobody has registered a phase of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name!r} is not a pipeline. Known: {', '.join(names())}."


_phases: dict[str, Phase] = {}


def register(phase: Phase) -> Phase:
    """Make a phase known, after those that it requires.

    Because of that order no cycle can be declared, and an unknown requirement stops the process at
    its start with ImproperlyConfigured, as does a name that is taken.
    """
    if phase.name in _phases and _phases[phase.name] != phase:
        raise ImproperlyConfigured(f"Two phases are called {phase.name!r}.")
    for required in phase.requires:
        if required not in _phases or required == phase.name:
            raise ImproperlyConfigured(
                f"Phase {phase.name!r} requires {required!r}, which no app before it declares: "
                "name its app earlier in INSTALLED_APPS; phases never require each other in a ring."
            )
    _phases[phase.name] = phase
    return phase


def unregister(name: str) -> None:
    """Forget a phase; tests bring phases of their own and take them away again."""
    _phases.pop(name, None)


def names() -> list[str]:
    return list(_phases)


def get(name: str) -> Phase:
    """Raises UnknownPipeline."""
    try:
        return _phases[name]
    except KeyError:
        raise UnknownPipeline(name) from None


def resolve(*requested: str) -> list[Phase]:
    """The phases of pipelines in an order in which each follows what it requires.

    Raises UnknownPipeline.
    """
    wanted: set[str] = set()
    ahead = list(requested)
    while ahead:
        phase = get(ahead.pop())
        wanted.add(phase.name)
        ahead += [name for name in phase.requires if name not in wanted]
    return [phase for name, phase in _phases.items() if name in wanted]  # registered in order
