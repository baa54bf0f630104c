"""A worker that lives, paces that were measured, and a batch whose check is under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from batches.models import Batch
from jobs.models import Worker
from lifecycle.models import EssayText
from pipelines.models import EssayPhase
from tests.essays import fresh, hand_in_good, register

Drain = Callable[..., int]


@pytest.fixture
def worker(db: None) -> Worker:
    """Two processes that live."""
    now = timezone.now()
    return Worker.objects.create(
        host="here", pid=1, queue="huleedu", processes=2, started_at=now, seen_at=now
    )


@pytest.fixture
def measured(colleague: User, drain: Drain) -> None:
    """Lately a process read a file in 2 s and checked it in 4 s."""
    hand_in_good(register(colleague, 4), 4)
    drain()
    pretend_paces()


def pretend_paces() -> None:
    EssayText.objects.update(reading_ms=2000)
    each_took(4, EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED))


def each_took(seconds: int, steps: QuerySet[EssayPhase]) -> None:
    """In a task of its own."""
    for pk in list(steps.values_list("pk", flat=True)):
        EssayPhase.objects.filter(pk=pk).update(started_at=timezone.now())
    steps.update(ended_at=F("started_at") + timedelta(seconds=seconds))


def being_checked(owner: User, n: int, drain: Drain) -> Batch:
    batch = register(owner, n)
    hand_in_good(batch, n)
    while not batch.runs.exists():
        drain(limit=1)
    return fresh(batch)
