"""How long a batch still needs: what is left of it and of others, at the pace measured lately.

Only what goes on by itself is counted, so waiting for a person is no time. Where a step of the
batch has not been measured yet, or no worker lives, nothing is said. What all batches have left is
asked once in a while for all who look; from then on time passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from batches.models import Batch
from jobs.models import Worker
from lifecycle import readiness
from lifecycle.models import Essay, EssayText
from pipelines import registry
from pipelines.models import ACTIVE, EssayPhase, PhaseRun
from pipelines.pace import Load, Step, time_left

READING = ""  # the step before all phases; theirs have names
N_ENOUGH = 3  # measurements: fewer say nothing
N_RECENT = 300  # texts of a step from which its pace is taken: ten classes, twenty tasks

SITE = "pipelines.estimate.site"  # the key in the cache
SITE_S = 3  # for so long it is as good as new


def seconds_left(batch: Batch, counts: readiness.Counts | None = None) -> int | None:
    """Whole seconds until everything that is under way in a batch, or follows by itself, has ended.

    None: nothing is, or nothing can be said yet. Where essays are missing or hindered, or somebody
    has to start the check, the time ends with the reading of the others. counts: where known.
    """
    counts = counts or readiness.count(batch)
    return _seconds_left([batch], {batch.pk: counts})[batch.pk]


def seconds_left_of(batches: Sequence[Batch]) -> dict[UUID, int | None]:
    """`seconds_left` of many batches, in as many queries as of one."""
    return _seconds_left(batches, readiness.counts_of([batch.pk for batch in batches]))


def _seconds_left(
    batches: Sequence[Batch], counts: Mapping[UUID, readiness.Counts]
) -> dict[UUID, int | None]:
    left: dict[UUID, int | None] = {batch.pk: None for batch in batches}
    under_way = [batch for batch in batches if _is_under_way(batch, counts[batch.pk])]
    if not under_way:
        return left
    site = _site(under_way, counts)
    return left | {batch.pk: site.seconds_left(batch.pk) for batch in under_way}


def _is_under_way(batch: Batch, counts: readiness.Counts) -> bool:
    is_cancelled = batch.status == Batch.Status.CANCELLED
    return not is_cancelled and bool(_n_reading(counts) or _goes_on(batch))


@dataclass(frozen=True, slots=True)
class _Work:
    """What is left of a batch. steps: name → texts that have not ended; since: about when it came
    to the queue; begun: of steps, how many texts a task has had for how many seconds."""

    window: int
    steps: dict[str, int]
    since: datetime
    begun: list[tuple[str, int, float]] = field(default_factory=list)

    @property
    def n(self) -> int:
        return sum(self.steps.values())

    def load(self, paces: Mapping[str, float], *, unknown_s: float, is_ahead: bool = True) -> Load:
        left: dict[str, float] = dict(self.steps)
        for name, n, seconds in self.begun:
            if pace := paces.get(name):
                left[name] -= min(n - 1, seconds / pace)  # the last one is still under way
        steps = [Step(n, paces.get(name, unknown_s)) for name, n in left.items()]
        return Load(steps, self.window, is_ahead)


@dataclass(frozen=True, slots=True)
class _Site:
    """What was left of all batches at a moment, and who works it off. paces: as far as known."""

    at: datetime
    works: Mapping[UUID, _Work]
    processes: int
    paces: Mapping[str, float]

    def knows(self, batch: Batch, counts: readiness.Counts) -> bool:
        """Nothing has come to the batch since."""
        n = sum(_of_essays(batch, counts).values())
        return batch.pk in self.works and self.works[batch.pk].n >= max(n, 1)

    def can_say(self, pk: UUID) -> bool:
        mine = self.works.get(pk)
        is_known = mine is not None and mine.n > 0 and self.paces.keys() >= mine.steps.keys()
        return is_known and self.processes > 0

    def seconds_left(self, pk: UUID) -> int | None:
        if not self.can_say(pk):  # nobody works, something was not measured, or it was deleted
            return None
        mine = self.works[pk]
        of_mine = mine.load(self.paces, unknown_s=0)
        usual_s = of_mine.seconds / of_mine.n  # of what only others do, and nobody has measured yet
        others = [
            work.load(self.paces, unknown_s=usual_s, is_ahead=work.since < mine.since)
            for other, work in self.works.items()
            if other != pk
        ]
        ends_in = time_left(of_mine, others, processes=self.processes)
        return max(1, round(ends_in - (timezone.now() - self.at).total_seconds()))


def _site(batches: Sequence[Batch], counts: Mapping[UUID, readiness.Counts]) -> _Site:
    """As it was a moment ago; as it is, where it does not know these batches as they are."""
    site: _Site | None = cache.get(SITE)
    if site is None or not all(site.knows(batch, counts[batch.pk]) for batch in batches):
        at, works, processes = timezone.now(), _open_work(batches), _n_processes()
        steps = {step for work in works.values() for step in work.steps}
        site = _Site(at, works, processes, _paces(steps) if processes else {})
        if not processes or all(site.can_say(batch.pk) for batch in batches):
            cache.set(SITE, site, SITE_S)  # else it may be known in a moment
    return site


def _n_reading(counts: readiness.Counts) -> int:
    return counts.ingesting - counts.hindered


def _goes_on(batch: Batch) -> bool:
    """A run is active, or begins in a moment."""
    is_ready = batch.status == Batch.Status.READY_FOR_PIPELINE_EXECUTION
    return batch.status == Batch.Status.PROCESSING_PIPELINES or (is_ready and batch.auto_start)


def _of_essays(batch: Batch, counts: readiness.Counts) -> dict[str, int]:
    """Reading, and the checks that no run has taken up yet but one will, without anybody."""
    n_reading = _n_reading(counts)
    steps = {READING: n_reading} if n_reading else {}
    n = 0
    if batch.status in readiness.WENT_ON:
        n = n_reading  # late
    elif not (batch.is_open or counts.awaiting or counts.hindered):
        n = counts.ready + n_reading
    if n and batch.auto_start:
        steps |= {phase.name: n for phase in registry.resolve(batch.requested_pipeline)}
    return steps


def _open_work(asked: Sequence[Batch]) -> dict[UUID, _Work]:
    """What is left of every batch that reads or goes on; of late essays, only where asked."""
    reading = Essay.objects.filter(batch=OuterRef("pk"), status=Essay.Status.CONTENT_INGESTING)
    waits = Q(status=Batch.Status.AWAITING_CONTENT_VALIDATION) & Exists(reading)
    goes_on = Q(status=Batch.Status.READY_FOR_PIPELINE_EXECUTION, auto_start=True)
    goes_on |= Q(status=Batch.Status.PROCESSING_PIPELINES)
    is_open = waits | goes_on | Q(pk__in=[batch.pk for batch in asked])
    batches = list(Batch.objects.filter(is_open).order_by())
    counts = readiness.counts_of([batch.pk for batch in batches])
    works = {
        batch.pk: _Work(
            batch.queue_window,
            _of_essays(batch, counts[batch.pk]),
            batch.ready_at or batch.registered_at,  # its checks came with the one, files the other
        )
        for batch in batches
    }
    running = [batch.pk for batch in batches if batch.status == Batch.Status.PROCESSING_PIPELINES]
    for pk, phase, n, began in _in_runs(running) if running else ():
        works[pk].steps[phase] = works[pk].steps.get(phase, 0) + n
        if began:
            works[pk].begun.append((phase, n, (timezone.now() - began).total_seconds()))
    return works


def _in_runs(batch_ids: Collection[UUID]) -> Iterator[tuple[UUID, str, int, datetime | None]]:
    """(batch, phase, texts that have not ended, when their task began) of active runs, phases in
    their order."""
    phase_runs = PhaseRun.objects.filter(run__ended_at=None, run__batch__in=batch_ids)
    begun = phase_runs.filter(status=PhaseRun.Status.IN_PROGRESS).order_by("pk")
    tasks = begun.filter(essay_phases__status__in=ACTIVE).values_list(
        "run__batch_id", "phase", "essay_phases__attempts", "essay_phases__started_at"
    )
    for pk, phase, attempts, began, n in tasks.annotate(n=Count("essay_phases")):
        yield pk, phase, n, began if attempts else None  # without: it waits to go on alone
    waiting = phase_runs.filter(status=PhaseRun.Status.PENDING).order_by("pk")
    for pk, phase, text_ids in waiting.values_list("run__batch_id", "phase", "run__text_ids"):
        yield pk, phase, len(text_ids), None


def _n_processes() -> int:
    alive = Worker.objects.alive().filter(queue=settings.Q_CLUSTER["name"])
    return alive.aggregate(n=Sum("processes"))["n"] or 0


def _paces(steps: Collection[str]) -> Mapping[str, float]:
    """Step → seconds that a process takes for one task of it; what is not known is left out."""
    measured = {step: _recent_reading() if step == READING else _recent(step) for step in steps}
    return {step: fmean(took) for step, took in measured.items() if len(took) >= N_ENOUGH}


def _recent_reading() -> list[float]:
    """Seconds of the texts that were read last."""
    took = EssayText.objects.values_list("reading_ms", flat=True).exclude(reading_ms=None)
    return [(ms or 0) / 1000 for ms in took.order_by("-pk")[:N_RECENT]]


def _recent(phase: str) -> list[float]:
    """Seconds of a phase's last texts that went well at once, found by their index.

    Texts that a task took together have begun and ended at the same moments, and share the time.
    Left out are those that it had no time for, since they have waited to go on alone; and those of
    the oldest task when not all of them are among the last.
    """
    last_runs = PhaseRun.objects.filter(phase=phase).exclude(started_at=None).order_by("-pk")
    done = EssayPhase.objects.filter(
        phase_run__in=list(last_runs.values_list("pk", flat=True)[:N_RECENT]),
        status=EssayPhase.Status.SUCCEEDED,
        attempts=1,
    ).order_by("-phase_run_id", "-text_id")
    rows = done.values_list("started_at", "ended_at")[: N_RECENT + 1]
    moments = [(start, end) for start, end in rows if start and end]
    ended = dict(sorted(moments, reverse=True))  # the earliest of each
    together = Counter((start, end) for start, end in moments if end == ended[start])
    if len(moments) > N_RECENT:
        together.pop(moments[-1], None)
    return [
        (end - start).total_seconds() / n for (start, end), n in together.items() for _ in range(n)
    ]
