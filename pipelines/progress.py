"""How far a batch's runs have come, and where an essay stands, in words that clients know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from batches.models import Batch
from lifecycle.models import Essay
from pipelines.models import EssayPhase, PipelineRun

Status = EssayPhase.Status


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """One phase of a run, and how many of its essays stand where."""

    phase: str
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    pending: int
    in_progress: int
    succeeded: int
    failed: int
    cancelled: int


def latest_run(batch: Batch) -> PipelineRun | None:
    """The active run, or the one that ended last."""
    return batch.runs.order_by("-started_at").first()


def phases_of(run: PipelineRun) -> list[PhaseProgress]:
    """The phases of a run in their order, counted in one query."""
    counts = {
        status: Count("essay_phases", filter=Q(essay_phases__status=status)) for status in Status
    }
    columns = ("phase", "status", "started_at", "ended_at")
    rows = run.phase_runs.order_by("pk").values_list(*columns).annotate(**_prefixed(counts))
    return [PhaseProgress(*row) for row in rows]


def _prefixed(counts: Mapping[Status, Count]) -> dict[str, Count]:
    return {f"n_{status}": count for status, count in counts.items()}


def steps_of(text_ids: Collection[int]) -> dict[int, list[EssayPhase]]:
    """Text id → its latest step in each phase, in the order of the phases; one query.

    Cancelled steps are left out: the essay stands where it stood before.
    """
    rows = (
        EssayPhase.objects.filter(text__in=text_ids)
        .exclude(status=Status.CANCELLED)
        .select_related("phase_run")
        .order_by("phase_run_id")
    )
    latest: dict[int, dict[str, EssayPhase]] = {text_id: {} for text_id in text_ids}
    for row in rows:
        latest[row.text_id].pop(row.phase_run.phase, None)
        latest[row.text_id][row.phase_run.phase] = row
    return {text_id: list(steps.values()) for text_id, steps in latest.items()}


# The single words of the platform that HuleEdu rebuilds; phases not named here follow the pattern.
SPELLCHECK_WORDS: Mapping[str, str] = {
    Status.PENDING: "awaiting_spellcheck",
    Status.IN_PROGRESS: "spellchecking_in_progress",
    Status.SUCCEEDED: "spellchecked_success",
    Status.FAILED: "spellcheck_failed",
}
PATTERNS: Mapping[str, str] = {
    Status.PENDING: "awaiting_{phase}",
    Status.IN_PROGRESS: "{phase}_processing_in_progress",
    Status.SUCCEEDED: "{phase}_success",
    Status.FAILED: "{phase}_failed",
}


def essay_word(essay: Essay, steps: Iterable[EssayPhase]) -> str:
    """Where an essay stands in one word: its content's state, or its text's last step, unless one
    beside it has failed.

    steps: those of its current text, from `steps_of`.
    """
    latest_first = [*reversed([*steps])]
    failed = [step for step in latest_first if step.status == Status.FAILED]
    last = next(iter([*failed, *latest_first]), None)
    if last is None or essay.status != Essay.Status.READY_FOR_PROCESSING:
        return essay.status
    phase = last.phase_run.phase
    words = SPELLCHECK_WORDS if phase == "spellcheck" else PATTERNS
    return words[last.status].format(phase=phase)
