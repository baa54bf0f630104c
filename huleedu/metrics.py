"""/metrics, in OpenMetrics: the state of the house as the database has it, and HTTP as it went.

Off unless METRICS_ENABLED, or METRICS_TOKEN, which must then be shown. Labels are states, codes,
addresses' names and hosts: never a text, a title or a person.
"""

from __future__ import annotations

import fcntl
import logging
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
from jobs.failures import place_of

logger = logging.getLogger(__name__)

RESERVED_BYTES = 1 << 20  # of a file: about 7000 counts, three times what there is to count
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
    _drop_damaged()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder())  # where prometheus_client looks
    values.ValueClass = values.MultiProcessValue(_seat)  # type: ignore[no-untyped-call]


def _drop_damaged() -> None:
    """A crash of the machine may leave half a file, with which no metrics could be shown."""
    for path in folder().glob("*.db"):
        try:
            MultiProcessCollector.merge([str(path)])  # type: ignore[no-untyped-call]
        except Exception as error:  # noqa: BLE001 - whatever it holds, it cannot be read
            logger.error("metrics: %s is damaged and dropped, %s", path.name, place_of(error))
            path.unlink()


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
        for kind in ("counter", "histogram"):
            _reserve(folder() / f"{kind}_{number}.db")
        _seats[me] = number, lock
    return _seats[me][0]


def _reserve(path: Path) -> None:
    """Room for every count. Else they are written into the hole of a sparse file, and where the
    disk is full the system kills the process for that. Raises OSError."""
    with path.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, RESERVED_BYTES)


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
    try:
        share_counters()
    except OSError as error:
        logger.error("metrics: nothing is counted, %s", place_of(error))
        raise MiddlewareNotUsed from error

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        method = request.method if request.method in METHODS else "other"
        view = request.resolver_match.view_name if request.resolver_match else ""
        try:
            _requests().labels(method, view, str(response.status_code)).inc()
            _durations().labels(method, view).observe(time.perf_counter() - began)
        except OSError as error:
            logger.warning("metrics: a request is not counted, %s", place_of(error))
        return response

    return middleware
