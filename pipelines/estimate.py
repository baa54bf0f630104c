"""How long a batch still needs: what is left of it and of others, at the pace measured lately.

Only what goes on by itself is counted, so waiting for a person is no time. Where a step of the
batch has not been measured yet, or no worker lives, nothing is said. A batch is counted at once;
what others have left is asked once in a while for all who look.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, Sum

from batches.models import Batch
from jobs.models import Worker
from lifecycle import readiness
from lifecycle.models import Essay, EssayText
from pipelines import registry
from pipelines.models import ACTIVE, EssayPhase, PhaseRun

READING = ""  # the step before all phases; theirs have names
GOING_ON = (Batch.Status.READY_FOR_PIPELINE_EXECUTION, Batch.Status.PROCESSING_PIPELINES)

N_RECENT = 50  # tasks of a step from which its pace is taken
N_ENOUGH = 3  # fewer than this say nothing
PAUSE = timedelta(seconds=3)  # between two texts: longer, and nobody was reading

SITE = "pipelines.estimate.site"  # the key in the cache
SITE_S = 3  # for so long it is as good as new


# --- the arithmetic -----------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Step:
    """n tasks that are left of a step, and how long a worker's process takes for one."""

    n: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """What is left of one batch, step after step.

    window: its tasks in the queue at a time. is_ahead: they stand there before those of the batch
    in question.
    """

    steps: Sequence[Step]
    window: int
    is_ahead: bool = True

    @property
    def n(self) -> int:
        return sum(step.n for step in self.steps)

    @property
    def seconds(self) -> float:
        return sum(step.n * step.seconds for step in self.steps)


def time_left(mine: Load, others: Iterable[Load], *, processes: int) -> float:
    """Seconds until the last task of `mine` ends, when nothing else comes in.

    The queue goes round: before each window of mine, every other batch gets as much as its own
    window holds, until it has ended; before the first one only those that are ahead of it. The last
    tasks of a step keep some processes idle.
    """
    rounds = sum(math.ceil(step.n / mine.window) for step in mine.steps)
    between = sum(
        min(1.0, (rounds - (not other.is_ahead)) * other.window / other.n) * other.seconds
        for other in others
        if other.n
    )
    alone = sum(math.ceil(step.n / processes) * step.seconds for step in mine.steps)
    return max(alone, (mine.seconds + between) / processes)


def pace_of_reading(
    ends: Sequence[datetime], checks: Iterable[tuple[datetime, float]], *, processes: int
) -> float | None:
    """Seconds that a process takes to read a file, from the moments when texts were stored.

    ends: in their order. checks: end and seconds of the phases done meanwhile, whose time is taken
    off. Nobody writes down when reading began, so this is what the processes had for each text: an
    upper bound when they had to wait for files.
    """
    busy = [(start, end) for start, end in pairwise(ends) if end - start <= PAUSE]
    if len(busy) < N_ENOUGH:
        return None
    had_s = processes * sum((end - start).total_seconds() for start, end in busy)
    first, last = busy[0][0], busy[-1][1]
    checked_s = sum(
        seconds
        for at, seconds in checks
        if first <= at <= last and any(start <= at <= end for start, end in busy)
    )
    return max(0.0, had_s - checked_s) / len(busy)


# --- the numbers --------------------------------------------------------------------------
def seconds_left(batch: Batch, counts: readiness.Counts | None = None) -> int | None:
    """Whole seconds until everything that is under way in a batch, or follows by itself, has ended.

    None: nothing is, or nothing can be said yet. Where essays are missing, or somebody has to start
    the check, the time ends with the reading of the files that are here. counts: where known.
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
    mine = _works_of(under_way, counts)
    site = _site({step for work in mine.values() for step in work.steps})
    works = {**site.works, **mine}
    return left | {pk: _time_left(pk, works, site.paces, site.processes) for pk in mine}


def _is_under_way(batch: Batch, counts: readiness.Counts) -> bool:
    is_cancelled = batch.status == Batch.Status.CANCELLED
    return not is_cancelled and bool(counts.ingesting or _goes_on(batch))


def _time_left(
    pk: UUID, works: Mapping[UUID, _Work], paces: Mapping[str, float], processes: int
) -> int | None:
    mine = works[pk]
    if not mine.n or not paces.keys() >= mine.steps.keys():
        return None
    of_mine = mine.load(paces, unknown_s=0)
    usual_s = of_mine.seconds / of_mine.n  # of what only others do, and nobody has measured yet
    others = [
        work.load(paces, unknown_s=usual_s, is_ahead=work.since < mine.since)
        for other, work in works.items()
        if other != pk
    ]
    return math.ceil(time_left(of_mine, others, processes=processes))


@dataclass(frozen=True, slots=True)
class _Work:
    """What is left of a batch. steps: name → open tasks; since: about when it came to the queue."""

    window: int
    steps: dict[str, int]
    since: datetime

    @property
    def n(self) -> int:
        return sum(self.steps.values())

    def load(self, paces: Mapping[str, float], *, unknown_s: float, is_ahead: bool = True) -> Load:
        steps = [Step(n, paces.get(name, unknown_s)) for name, n in self.steps.items()]
        return Load(steps, self.window, is_ahead)


@dataclass(frozen=True, slots=True)
class _Site:
    """What is left of all batches, and who works it off. paces: of `steps`, as far as known."""

    works: Mapping[UUID, _Work]
    processes: int
    steps: frozenset[str]
    paces: Mapping[str, float]


def _site(steps: Collection[str]) -> _Site:
    """As it was a moment ago, with the paces of these steps."""
    site: _Site | None = cache.get(SITE)
    if site is None or not site.steps.issuperset(steps):
        works, processes = _open_work(), _n_processes()
        known = frozenset(steps).union(*(work.steps for work in works.values()))
        site = _Site(works, processes, known, _paces(known, processes) if processes else {})
        cache.set(SITE, site, SITE_S)
    return site


def _goes_on(batch: Batch) -> bool:
    """A run is active, or begins in a moment."""
    is_ready = batch.status == Batch.Status.READY_FOR_PIPELINE_EXECUTION
    return batch.status == Batch.Status.PROCESSING_PIPELINES or (is_ready and batch.auto_start)


def _of_essays(batch: Batch, counts: readiness.Counts) -> dict[str, int]:
    """Reading, and the checks that no run has taken up yet but one will, without anybody."""
    steps = {READING: counts.ingesting} if counts.ingesting else {}
    n = 0
    if batch.status in readiness.WENT_ON:
        n = counts.ingesting  # late
    elif not (batch.is_open or counts.awaiting):
        n = counts.ready + counts.ingesting
    if n and batch.auto_start:
        steps |= {phase.name: n for phase in registry.resolve(batch.requested_pipeline)}
    return steps


def _open_work() -> dict[UUID, _Work]:
    """What is left of every batch that reads or goes on, the late essays of others left out."""
    reading = Essay.objects.filter(batch=OuterRef("pk"), status=Essay.Status.CONTENT_INGESTING)
    waits = Q(status=Batch.Status.AWAITING_CONTENT_VALIDATION) & Exists(reading)
    batches = list(Batch.objects.filter(waits | Q(status__in=GOING_ON)).order_by())
    return _works_of(batches, readiness.counts_of([batch.pk for batch in batches]))


def _works_of(
    batches: Sequence[Batch], counts: Mapping[UUID, readiness.Counts]
) -> dict[UUID, _Work]:
    works = {
        batch.pk: _Work(
            batch.queue_window,
            _of_essays(batch, counts[batch.pk]),
            batch.ready_at or batch.registered_at,  # its checks came with the one, files the other
        )
        for batch in batches
    }
    running = [batch.pk for batch in batches if batch.status == Batch.Status.PROCESSING_PIPELINES]
    for pk, phase, n in _in_runs(running) if running else ():
        works[pk].steps[phase] = works[pk].steps.get(phase, 0) + n
    return works


def _in_runs(batch_ids: Collection[UUID]) -> Iterator[tuple[UUID, str, int]]:
    """(batch, phase, open tasks) of active runs, phases in their order."""
    phase_runs = PhaseRun.objects.filter(run__ended_at=None, run__batch__in=batch_ids)
    begun = phase_runs.filter(status=PhaseRun.Status.IN_PROGRESS).order_by("pk")
    n_open = Count("essay_phases", filter=Q(essay_phases__status__in=ACTIVE))
    yield from begun.values_list("run__batch_id", "phase").annotate(n=n_open)
    waiting = phase_runs.filter(status=PhaseRun.Status.PENDING).order_by("pk")
    for pk, phase, text_ids in waiting.values_list("run__batch_id", "phase", "run__text_ids"):
        yield pk, phase, len(text_ids)


def _n_processes() -> int:
    alive = Worker.objects.alive().filter(queue=settings.Q_CLUSTER["name"])
    return alive.aggregate(n=Sum("processes"))["n"] or 0


def _paces(steps: Collection[str], processes: int) -> Mapping[str, float]:
    """Step → seconds that a process takes for one task of it; what is not known is left out."""
    paces: dict[str, float] = {}
    checks: list[tuple[datetime, float]] = []
    for phase in steps:
        if phase != READING:
            done = _recent(phase)
            checks += done
            if len(done) >= N_ENOUGH:
                paces[phase] = sum(seconds for _, seconds in done) / len(done)
    if READING in steps:
        texts = EssayText.objects.filter(source=EssayText.Source.EXTRACTED).order_by("-pk")
        ends = sorted(texts.values_list("created_at", flat=True)[:N_RECENT])
        pace = pace_of_reading(ends, checks, processes=processes)
        if pace is not None:
            paces[READING] = pace
    return paces


def _recent(phase: str) -> list[tuple[datetime, float]]:
    """End and seconds of a phase's last texts that went well at once, found by their index.

    Texts that a task took together have begun and ended at the same moments, and share the time.
    """
    last_runs = PhaseRun.objects.filter(phase=phase).exclude(started_at=None).order_by("-pk")
    done = EssayPhase.objects.filter(
        phase_run__in=list(last_runs.values_list("pk", flat=True)[:N_RECENT]),
        status=EssayPhase.Status.SUCCEEDED,
        attempts=1,
    ).order_by("-phase_run_id", "-text_id")
    rows = done.values_list("started_at", "ended_at")[:N_RECENT]
    moments = [(start, end) for start, end in rows if start and end]
    together = Counter(moments)
    return [(end, (end - start).total_seconds() / together[start, end]) for start, end in moments]
