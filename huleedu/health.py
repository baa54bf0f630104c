"""Whether this process answers at all, and, asked more deeply, whether the whole house works.

/healthz is shallow on purpose: a check that asks the database takes every web process down with it.
/healthz/ready is for people and their monitoring; nothing is restarted because of it.
"""

from __future__ import annotations

import functools
import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from threading import Lock

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from content import store
from jobs.backlog import backlogs
from jobs.failures import place_of
from jobs.models import Worker
from jobs.queue import every_queue

logger = logging.getLogger(__name__)

FOUND = "huleedu.health.found"  # the key in the cache


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok", "message": "HuleEdu answers."})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when everything is well, else 503; which check failed, and no word about why."""
    found = _found()
    word = {True: "ok", False: "failed"}
    return JsonResponse(
        {
            "status": word[all(found.values())],
            "checks": {name: word[is_well] for name, is_well in found.items()},
        },
        status=HTTPStatus.OK if all(found.values()) else HTTPStatus.SERVICE_UNAVAILABLE,
    )


_looking = Lock()
PATIENCE_S = 2.0  # for who asks while another looks


def _found() -> dict[str, bool]:
    """Check → whether it passes, or did a moment ago: everybody may ask, and each look writes.

    A storage that hangs keeps one thread of the web, not one for each who asks.
    """
    if not _looking.acquire(timeout=PATIENCE_S):
        logger.warning("health: what another asks for has not been found in %s s", PATIENCE_S)
        return dict.fromkeys(CHECKS, False)
    try:
        found: dict[str, bool] | None = cache.get(FOUND)
        if found is None:
            found = {name: _passes(name, check) for name, check in CHECKS.items()}
            cache.set(FOUND, found, settings.READY_FRESH_S)
    finally:
        _looking.release()
    return found


def _passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, this check exists to say so
        logger.warning("health: %s failed, %s", name, place_of(error))
        return False


# --- the checks: True when well; whatever they raise counts as not well -----------------------
def database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def migrations() -> bool:
    return not _last_migrations() - MigrationRecorder(connection).applied_migrations().keys()


@functools.cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of each app in this process's code."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def storage() -> bool:
    if store.is_away():
        return False
    name = default_storage.save(f"{store.PROBES}/{uuid.uuid4().hex}", ContentFile(b"is it well?"))
    default_storage.delete(name)
    return True


def worker() -> bool:
    """Each queue is served by somebody who gets on, unlike one whose processes die at each task."""
    now, alive = timezone.now(), Worker.objects.alive()
    get_on = {name: now - timedelta(seconds=_most_s(name)) for name in every_queue()}
    return all(alive.filter(queue=q, progressed_at__gte=at).exists() for q, at in get_on.items())


def queue() -> bool:
    return all(each.oldest_ready_s <= _most_s(each.queue) for each in backlogs())


def _most_s(queue: str) -> float:
    """How long nothing may happen in a queue. A class of scans waits for one reader."""
    is_short = queue == settings.Q_CLUSTER["name"]
    return float(settings.READY_QUEUE_AGE_S if is_short else settings.READY_LONG_QUEUE_AGE_S)


CHECKS: Mapping[str, Callable[[], bool]] = {
    "database": database,
    "migrations": migrations,
    "storage": storage,
    "worker": worker,
    "queue": queue,
}

ANSWERS = {"/healthz": healthz, "/healthz/ready": ready}


def answer_health_checks(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer before anybody looks at the Host: such checks know an address, not a name."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = ANSWERS.get(request.path_info, get_response)
        return answer(request)

    return middleware
