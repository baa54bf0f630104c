"""What /metrics says of the house: counted in the database, so that every process says the same."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from batches.models import Batch
from events import topics
from events.models import Event
from files.models import Upload
from jobs.backlog import backlogs
from jobs.models import Worker
from lifecycle.models import Essay
from pipelines.models import EssayPhase

PHASE_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


def folder() -> Path:
    folder = Path(settings.METRICS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class House(Collector):
    """What is short is read at each scrape; what grows with the years once in METRICS_FRESH_S."""

    def collect(self) -> Iterator[Metric]:
        yield _gauge("huleedu_batches", "Batches by state.", ["status"], _by_status(Batch))
        yield from _queue()
        yield from _workers()
        yield from _kept(_whole_tables)


def _whole_tables() -> list[Metric]:
    return [
        _gauge("huleedu_essays", "Essays by state.", ["status"], _by_status(Essay)),
        _failures(),
        _phase_seconds(),
        _operations(),
    ]


def _kept(count: Callable[[], list[Metric]]) -> list[Metric]:
    """As this host's web processes have counted last; counted anew when that is old.

    Kept in a file: where each process remembered numbers of its own, counters would fall from one
    scrape to the next.
    """
    path = folder() / "whole-tables.txt"
    with suppress(OSError, ValueError):  # not there, or cut off by a crash of the machine
        if 0 <= time.time() - path.stat().st_mtime < settings.METRICS_FRESH_S:
            return list(text_string_to_metric_families(path.read_text()))  # type: ignore[no-untyped-call]
    found = count()
    registry = CollectorRegistry()
    registry.register(_Found(found))
    mine = path.with_suffix(f".{uuid.uuid4().hex}")  # of this thread: containers share process ids
    mine.write_bytes(generate_latest(registry))  # type: ignore[no-untyped-call]
    mine.replace(path)
    return found


@dataclass(frozen=True, slots=True, eq=False)  # the registry keeps it by identity
class _Found(Collector):
    families: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families


def _gauge(
    name: str, help_text: str, labels: list[str], samples: Iterable[tuple[list[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for label_values, value in samples:
        family.add_metric(label_values, value)
    return family


def _by_status(model: type[Batch] | type[Essay]) -> list[tuple[list[str], float]]:
    """Every state, also those in which nothing is."""
    rows = model._default_manager.order_by().values_list("status").annotate(n=Count("pk"))
    found: dict[str, int] = dict(rows)
    return [([status], found.get(status, 0)) for status in model.Status.values]


def _failures() -> GaugeMetricFamily:
    uploads = Upload.objects.filter(status=Upload.Status.FAILED).order_by()
    steps = EssayPhase.objects.filter(status=EssayPhase.Status.FAILED).order_by()
    by_code = uploads.values_list("failure_code").annotate(n=Count("pk"))
    by_phase = steps.values_list("phase_run__phase", "failure_code").annotate(n=Count("pk"))
    samples: list[tuple[list[str], float]] = [(["content", code], n) for code, n in by_code]
    samples += [([phase, code], n) for phase, code, n in by_phase]
    return _gauge(
        "huleedu_failures", "Files and checks that failed, by reason.", ["stage", "code"], samples
    )


def _queue() -> Iterator[GaugeMetricFamily]:
    found = {backlog.queue: backlog for backlog in backlogs()}
    names = sorted(
        {settings.Q_CLUSTER["name"], *settings.Q_CLUSTER.get("ALT_CLUSTERS", {}), *found}
    )
    depth = GaugeMetricFamily("huleedu_queue_tasks", "Tasks.", labels=["queue", "state"])
    age = GaugeMetricFamily(
        "huleedu_queue_oldest_ready_seconds",
        "How long the oldest task has been due that nobody works on; 0 when there is none.",
        labels=["queue"],
    )
    for name in names:
        backlog = found.get(name)
        depth.add_metric([name, "ready"], backlog.ready if backlog else 0)
        depth.add_metric([name, "later"], backlog.later if backlog else 0)
        age.add_metric([name], backlog.oldest_ready_s if backlog else 0)
    yield depth
    yield age


def _workers() -> Iterator[GaugeMetricFamily]:
    labels = ["host", "queue", "pid"]
    workers = list(Worker.objects.all())
    names = [[worker.host, worker.queue, str(worker.pid)] for worker in workers]
    yield _gauge(
        "huleedu_worker_last_progress_timestamp_seconds",
        "When a worker last finished a task, or had nothing to do.",
        labels,
        zip(names, (worker.progressed_at.timestamp() for worker in workers), strict=True),
    )
    yield _gauge(
        "huleedu_worker_processes",
        "Tasks that a worker does side by side.",
        labels,
        zip(names, (worker.processes for worker in workers), strict=True),
    )


def _phase_seconds() -> HistogramMetricFamily:
    """Of the checks that are kept: where a batch was deleted, the counts fall."""
    columns = {
        "sum_ms": Sum("processing_ms"),
        **{
            f"le_{i}": Count("pk", filter=Q(processing_ms__lte=1000 * limit))
            for i, limit in enumerate(PHASE_BUCKETS_S)
        },
        "n": Count("pk"),
    }
    done = EssayPhase.objects.exclude(processing_ms=None).order_by()
    limits = [*(str(float(limit)) for limit in PHASE_BUCKETS_S), "+Inf"]
    family = HistogramMetricFamily(
        "huleedu_phase_seconds", "Time that checks took, by phase.", labels=["phase"]
    )
    for phase, sum_ms, *counts in done.values_list("phase_run__phase").annotate(**columns):
        family.add_metric([phase], list(zip(limits, counts, strict=True)), sum_ms / 1000)
    return family


OPERATIONS = {
    topics.BatchEssaysRegistered.topic: "register",
    topics.BatchClosed.topic: "close",
    topics.BatchExpectationChanged.topic: "change_expectation",
    topics.BatchCancelled.topic: "cancel",
    topics.BatchReopened.topic: "reopen",
    topics.BatchErased.topic: "erase",
    topics.BatchPipelineCompleted.topic: "pipeline",
}


def _operations() -> CounterMetricFamily:
    events = Event.objects.filter(event_type__in=OPERATIONS).order_by()
    rows = events.values_list("event_type", KeyTextTransform("outcome", "data"))
    family = CounterMetricFamily(
        "batch_operations",
        "What was done with batches; a pipeline's status is its outcome.",
        labels=["operation", "status"],
    )
    for topic, outcome, n in rows.annotate(n=Count("pk")):
        family.add_metric([OPERATIONS[topic], outcome or "success"], n)
    return family
