"""Whether this process answers at all, and, asked more deeply, whether the whole house works.

/healthz is shallow on purpose: a check that asks the database takes every web process down with it.
/healthz/ready is for people and their monitoring; nothing is restarted because of it.
"""

from __future__ import annotations

import functools
import logging
import uuid
from collections.abc import Callable, Mapping
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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from content import store
from jobs.backlog import backlogs
from jobs.failures import place_of
from jobs.models import Worker

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


def _found() -> dict[str, bool]:
    """Check → whether it passes, or did a moment ago: everybody may ask, and each look writes."""
    with _looking:
        found: dict[str, bool] | None = cache.get(FOUND)
        if found is None:
            found = {name: _passes(name, check) for name, check in CHECKS.items()}
            cache.set(FOUND, found, settings.READY_FRESH_S)
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
    return Worker.objects.alive().filter(queue=settings.Q_CLUSTER["name"]).exists()


def queue() -> bool:
    limits_s = {settings.Q_CLUSTER["name"]: settings.READY_QUEUE_AGE_S}
    others_s = settings.READY_LONG_QUEUE_AGE_S  # a class of scans waits for one reader
    return all(each.oldest_ready_s <= limits_s.get(each.queue, others_s) for each in backlogs())


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
