"""/metrics, in OpenMetrics: the state of the house as the database has it, and HTTP as it went.

Off unless METRICS_ENABLED, or METRICS_TOKEN, which must then be shown. Labels are states, codes,
addresses' names and hosts: never a text, a title or a person.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from huleedu.house_metrics import House, folder

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


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
    MultiProcessCollector(registry, str(folder()))  # type: ignore[no-untyped-call]
    body: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


# --- HTTP: counted in files that the web server's processes share -----------------------------
@cache
def share_counters() -> None:
    """From now on counters live in METRICS_DIR, a file for each process that runs at a time."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder())  # where prometheus_client looks
    values.ValueClass = values.MultiProcessValue(_seat)  # type: ignore[no-untyped-call]


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
        while not (lock := _locked(folder() / f"seat-{number}.lock")):
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
