"""What is left to do: texts by phases, less what has succeeded. Read under the batch's lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from batches.models import Batch
from lifecycle import readiness
from pipelines.models import EssayPhase, PhaseRun
from pipelines.registry import Phase

Status = EssayPhase.Status


def current_texts(batch: Batch, essay_ids: Collection[UUID] | None = None) -> dict[int, UUID]:
    """Text id → essay id of the essays that are ready, by position; of `essay_ids` when given."""
    ready = batch.essays.ready().filter(current_text__isnull=False).order_by("position")
    if essay_ids is not None:
        ready = ready.filter(pk__in=essay_ids)
    return {text_id: pk for pk, text_id in ready.values_list("pk", "current_text_id") if text_id}


@dataclass(frozen=True, slots=True)
class Counts:
    """Essays that are not absent: all, those with every phase, those that failed one or whose file
    could not be read."""

    expected: int
    finished: int
    failed: int

    @property
    def unfinished(self) -> int:
        """Neither: not handed in, still being read, or not checked yet."""
        return self.expected - self.finished - self.failed


class Standing:
    """How far the current texts of a batch have come through phases, in any run so far.

    essay_of: text id → essay id, as `current_texts`. succeeded, failed: phase name → texts; failed
    are those that failed last. A result that somebody has asked for again does not count.
    essay_ids: of these only. but: without these texts.
    """

    def __init__(
        self,
        batch: Batch,
        phases: Sequence[Phase],
        essay_ids: Collection[UUID] | None = None,
        *,
        but: Collection[int] = (),
    ) -> None:
        self.batch = batch
        current = current_texts(batch, essay_ids)
        self.essay_of = {text: essay for text, essay in current.items() if text not in but}
        texts = list(self.essay_of)
        ended = EssayPhase.objects.filter(
            text__in=texts, status__in=[Status.SUCCEEDED, Status.FAILED]
        )
        rows = list(ended.order_by("phase_run_id").values_list("phase_run_id", "text_id", "status"))
        # Asked apart: a join may read the phase runs of all batches.
        named = PhaseRun.objects.filter(
            pk__in={phase_run_id for phase_run_id, _, _ in rows},
            phase__in=[phase.name for phase in phases],
        )
        phase_of = dict(named.order_by().values_list("pk", "phase"))
        self.succeeded: defaultdict[str, set[int]] = defaultdict(set)
        self.failed: defaultdict[str, set[int]] = defaultdict(set)
        for phase_run_id, text_id, status in rows:
            if (phase := phase_of.get(phase_run_id)) is None:
                continue
            if status == Status.SUCCEEDED:
                self.succeeded[phase].add(text_id)
                self.failed[phase].discard(text_id)
            else:
                self.failed[phase].add(text_id)
        self._has_result = {name: frozenset(done) for name, done in self.succeeded.items()}
        for declared in phases:
            self.succeeded[declared.name] -= declared.outdated(texts)

    def missing(self, phases: Sequence[Phase], *, retry_failed: bool) -> dict[str, list[int]]:
        """Phase name → texts that it can be done on in a run that begins now; no empty ones.

        phases: in the order of `registry.resolve`. Failures of earlier runs count as done unless
        `retry_failed`; a text that fails a phase goes no further along its chain.
        """
        will_have: dict[str, set[int]] = {}
        work: dict[str, list[int]] = {}
        for phase in phases:
            over = self.succeeded[phase.name]
            if not retry_failed:
                over = over | self.failed[phase.name]
            possible = [
                text
                for text in self.essay_of
                if text not in over and all(text in will_have[name] for name in phase.requires)
            ]
            will_have[phase.name] = self.succeeded[phase.name] | set(possible)
            if possible:
                work[phase.name] = possible
        return work

    def eligible(self, text_ids: Iterable[int], phase: Phase) -> list[int]:
        """Those of the texts on which a phase can begin now."""
        return [
            text
            for text in text_ids
            if text in self.essay_of
            and text not in self.succeeded[phase.name]
            and all(text in self.succeeded[name] for name in phase.requires)
        ]

    def counts(self, phases: Sequence[Phase]) -> Counts:
        """Of the essays that are not absent. A result that was asked for again is one until it is
        replaced."""
        done = (self._has_result.get(phase.name, frozenset()) for phase in phases)
        finished = set(self.essay_of).intersection(*done)
        failed = set(self.essay_of).intersection(
            set().union(*(self.failed[phase.name] for phase in phases))
        )
        by_status = readiness.count(self.batch)
        return Counts(
            expected=by_status.expected,
            finished=len(finished),
            failed=len(failed - finished) + by_status.failed,
        )
