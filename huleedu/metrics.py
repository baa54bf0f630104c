"""/metrics, in OpenMetrics: the state of the house as the database has it, and HTTP as it went.

Off unless METRICS_ENABLED, or METRICS_TOKEN, which must then be shown. Labels are states, codes,
addresses' names and hosts: never a text, a title or a person.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import MiddlewareNotUsed
from django.db.models import Count, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from batches.models import Batch
from events import topics
from events.models import Event
from files.models import Upload
from jobs.backlog import backlogs
from jobs.models import Worker
from lifecycle.models import Essay
from pipelines.models import EssayPhase

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PHASE_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


def is_on() -> bool:
    return bool(settings.METRICS_ENABLED or settings.METRICS_TOKEN)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not is_on():
        raise Http404
    shown = request.headers.get("Authorization", "")
    token: str = settings.METRICS_TOKEN
    if token and not constant_time_compare(shown, f"Bearer {token}"):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(House())
    MultiProcessCollector(registry, str(_folder()))  # type: ignore[no-untyped-call]
    body: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


# --- HTTP: counted in files that the web server's processes share -----------------------------
@cache
def share_counters() -> None:
    """From now on counters live in METRICS_DIR, a file for each process that runs at a time."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_folder())  # where prometheus_client looks
    values.ValueClass = values.MultiProcessValue(_seat)  # type: ignore[no-untyped-call]


def _folder() -> Path:
    folder = Path(settings.METRICS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


_seats: dict[int, tuple[int, IO[bytes]]] = {}


def _seat() -> int:
    """A number that no other process has now; one that a process has left is taken over.

    With the process id instead, as prometheus_client does, each renewed process would leave files
    behind for ever. What a seat has counted goes on with whoever sits there next.
    """
    me = os.getpid()
    if me not in _seats:
        _seats.clear()  # a fork's parent keeps its own
        number = 0
        while not (lock := _locked(_folder() / f"seat-{number}.lock")):
            number += 1
        _seats[me] = number, lock
    return _seats[me][0]


def _locked(path: Path) -> IO[bytes] | None:
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@cache
def _requests() -> Counter:
    return Counter(
        "http_requests",
        "Requests answered.",
        ["method", "view", "status"],
        registry=None,
    )


@cache
def _durations() -> Histogram:
    return Histogram(
        "http_request_duration_seconds",
        "Time from a request's first line to its answer.",
        ["method", "view"],
        registry=None,
    )


def measure_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    if not is_on():
        raise MiddlewareNotUsed
    share_counters()

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        method = request.method if request.method in METHODS else "other"
        view = request.resolver_match.view_name if request.resolver_match else ""
        _requests().labels(method, view, str(response.status_code)).inc()
        _durations().labels(method, view).observe(time.perf_counter() - began)
        return response

    return middleware


# --- the house: counted in the database, so that every process says the same ------------------
class House(Collector):
    """Each table is read once: ask each quarter of a minute, not each second."""

    def collect(self) -> Iterator[Metric]:
        yield _gauge("huleedu_batches", "Batches by state.", ["status"], _by_status(Batch))
        yield _gauge("huleedu_essays", "Essays by state.", ["status"], _by_status(Essay))
        yield _failures()
        yield from _queue()
        yield from _workers()
        yield _phase_seconds()
        yield _operations()


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
        "When a worker last looked for work, or finished some.",
        labels,
        zip(names, (worker.seen_at.timestamp() for worker in workers), strict=True),
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
