"""The estimate as clients see it: seconds, or null where nothing can be said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from jobs.models import Worker
from pipelines.models import EssayPhase
from tests.essays import hand_in_good, register

pytestmark = pytest.mark.django_db


def said(api: APIClient, batch: Batch) -> int | None:
    state = api.get(f"/v1/batches/{batch.pk}/status").json()["pipeline_state"]
    seconds: int | None = state["estimated_seconds_left"]
    return seconds


@pytest.fixture
def half_checked(teacher: User, drain: Callable[..., int], settings: LazySettings) -> Batch:
    """Six essays, three of them checked in 4 s each, and one process that goes on."""
    settings.ESSAYS_PER_TASK = 1
    now = timezone.now()
    Worker.objects.create(
        host="here", pid=1, queue="huleedu", processes=1, started_at=now, seen_at=now
    )
    batch = register(teacher, 6)
    hand_in_good(batch, 6)
    done = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED)
    while done.count() < 3:
        drain(limit=1)
    done.update(ended_at=F("started_at") + timedelta(seconds=4))
    return batch


def test_status_says_how_many_seconds_are_left(api: APIClient, half_checked: Batch) -> None:
    assert said(api, half_checked) == 3 * 4


def test_status_says_nothing_while_a_scan_is_read(api: APIClient, half_checked: Batch) -> None:
    half_checked.uploads.update(status=Upload.Status.RECEIVED, is_long=True)

    assert said(api, half_checked) is None


def test_status_says_nothing_of_a_batch_that_waits(api: APIClient, teacher: User) -> None:
    assert said(api, register(teacher)) is None
