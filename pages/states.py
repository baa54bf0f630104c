"""Where each essay of a batch stands, in one word that a teacher sees.

The word is derived from three rows: the slot, its file, and what became of its text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from batches.models import Batch
from files.models import Upload
from lifecycle.models import Essay
from pipelines import registry
from pipelines.models import EssayPhase


class State(StrEnum):
    CHECKED = "checked"
    CHECKING = "checking"
    WAITING = "waiting"  # for its turn in the check that is running
    READ = "read"  # and nothing is running
    READING = "reading"
    UNREADABLE = "unreadable"
    UNCHECKED = "unchecked"  # the check failed
    MISSING = "missing"
    ABSENT = "absent"

    @property
    def label(self) -> str | Promise:
        return _LOOKS[self].label

    @property
    def icon(self) -> str:
        return _LOOKS[self].icon

    @property
    def css(self) -> str:
        """The class of the state's word."""
        return _LOOKS[self].css


@dataclass(frozen=True, slots=True)
class _Look:
    label: str | Promise
    icon: str
    css: str = ""


_LOOKS: Mapping[State, _Look] = {
    State.CHECKED: _Look(_("Checked"), "check"),
    State.CHECKING: _Look(_("Checking"), "work", "st-work"),
    State.WAITING: _Look(_("Waiting"), "wait"),
    State.READ: _Look(_("Text read"), "wait"),
    State.READING: _Look(_("Reading"), "work", "st-work"),
    State.UNREADABLE: _Look(_("Needs you"), "need", "st-need"),
    State.UNCHECKED: _Look(_("Needs you"), "need", "st-need"),
    State.MISSING: _Look(_("No file"), "miss"),
    State.ABSENT: _Look(_("Absent"), "absent"),
}

NEEDS_YOU = frozenset({State.UNREADABLE, State.UNCHECKED})
BUSY = frozenset({State.READING, State.CHECKING, State.WAITING})
HAS_TEXT = frozenset({State.CHECKED, State.CHECKING, State.WAITING, State.READ, State.UNCHECKED})

_OF_CONTENT: Mapping[str, State] = {
    Essay.Status.AWAITING_CONTENT: State.MISSING,
    Essay.Status.CONTENT_INGESTING: State.READING,
    Essay.Status.CONTENT_INGESTION_FAILED: State.UNREADABLE,
    Essay.Status.ABSENT: State.ABSENT,
}


@dataclass
class Standing:
    """How many essays of a batch stand where, and what else waits for the teacher."""

    by_essay: dict[UUID, State] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)  # why files could not be read
    n_excess: int = 0

    @cached_property
    def n(self) -> Counter[State]:
        return Counter(self.by_essay.values())

    def count(self, *states: State) -> int:
        return sum(self.n[state] for state in states)

    @property
    def n_slots(self) -> int:
        return len(self.by_essay)

    @property
    def n_absent(self) -> int:
        return self.count(State.ABSENT)

    @property
    def n_expected(self) -> int:
        """expected = ready + reading + unreadable + missing: the honest count."""
        return self.n_slots - self.n_absent

    @property
    def n_ready(self) -> int:
        """Those whose text is read, whatever the check did with it."""
        return self.count(*HAS_TEXT)

    @property
    def n_checked(self) -> int:
        return self.count(State.CHECKED)

    @property
    def n_reading(self) -> int:
        return self.count(State.READING)

    @property
    def n_unreadable(self) -> int:
        return self.count(State.UNREADABLE)

    @property
    def n_unchecked(self) -> int:
        return self.count(State.UNCHECKED)

    @property
    def n_missing(self) -> int:
        return self.count(State.MISSING)

    @property
    def n_handed_in(self) -> int:
        return self.n_expected - self.n_missing

    @property
    def is_busy(self) -> bool:
        return self.count(*BUSY) > 0


def standings(batches: Sequence[Batch]) -> dict[UUID, Standing]:
    """The standing of each batch, in three queries for all of them."""
    found = {batch.pk: Standing() for batch in batches}
    pipelines = {batch.pk: batch.requested_pipeline for batch in batches}
    slots = (
        Essay.objects.filter(batch__in=list(found))
        .order_by("batch_id", "position")
        .values_list("pk", "batch_id", "status", "current_text_id", "failure_code")
    )
    done = checks([text_id for *_, text_id, _code in slots if text_id])
    for pk, batch_id, status, text_id, code in slots:
        standing = found[batch_id]
        state = _OF_CONTENT.get(status)
        standing.by_essay[pk] = state or _of_check(done.get(text_id, {}), pipelines[batch_id])
        if state == State.UNREADABLE:
            standing.codes[code] += 1
    excess = Upload.objects.filter(batch__in=list(found), status=Upload.Status.EXCESS)
    for batch_id in excess.values_list("batch_id", flat=True):
        found[batch_id].n_excess += 1
    return found


def checks(text_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Text → phase → what became of it: a success in any run, else the latest row."""
    rows = (
        EssayPhase.objects.filter(text__in=list(text_ids))
        .order_by("phase_run_id")
        .values_list("text_id", "phase_run__phase", "status")
    )
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for text_id, phase, status in rows:
        if found[text_id].get(phase) != EssayPhase.Status.SUCCEEDED:
            found[text_id][phase] = status
    return found


def _of_check(statuses: Mapping[str, str], pipeline: str) -> State:
    status = EssayPhase.Status
    now = [statuses.get(phase.name, "") for phase in registry.resolve(pipeline)]
    if all(word == status.SUCCEEDED for word in now):
        return State.CHECKED
    for word, state in (
        (status.FAILED, State.UNCHECKED),
        (status.IN_PROGRESS, State.CHECKING),
        (status.PENDING, State.WAITING),
    ):
        if word in now:
            return state
    return State.READ
