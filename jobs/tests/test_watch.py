"""One worker watches the others: who does not beat any more is dead, and nobody else is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db.models import F
from django.utils import timezone
from django_q.models import OrmQ

from jobs import leases
from jobs.broker import lease_end
from jobs.leases import SILENT_S, Watch
from jobs.models import Worker

pytestmark = pytest.mark.django_db

MINE, ANOTHERS, THIRD = 111, 222, 333
LOOKS = int(SILENT_S) + 2


class Clock:
    """The watcher's monotonic clock, which a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(leases, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


@pytest.fixture
def watch(clock: Clock) -> Watch:
    return Watch("huleedu", MINE)


def leased_by(*owners: int) -> None:
    for owner in owners:
        OrmQ.objects.create(key="huleedu", payload="", lock=lease_end(owner))


def beating(owner: int) -> Worker:
    now = timezone.now()
    return Worker.objects.create(
        host="elsewhere",
        pid=owner,
        queue="huleedu",
        processes=1,
        owner=owner,
        started_at=now,
        seen_at=now,
    )


def look(watch: Watch, clock: Clock, n: int, *, every_s: float = 1.0) -> list[list[int]]:
    """What n looks have found, while every worker but ANOTHERS beats."""
    found = []
    for _ in range(n):
        Worker.objects.exclude(owner=ANOTHERS).update(beats=F("beats") + 1)
        found.append(watch.silent())
        clock.now += every_s
    return found


def test_owner_whose_beats_stay_the_same_is_silent_after_its_time(
    watch: Watch, clock: Clock
) -> None:
    leased_by(MINE, ANOTHERS, THIRD)
    beating(ANOTHERS)
    beating(THIRD)

    found = look(watch, clock, LOOKS)

    assert found == [[]] * (LOOKS - 1) + [[ANOTHERS]]


def test_owner_that_shows_no_row_at_all_is_silent(watch: Watch, clock: Clock) -> None:
    leased_by(ANOTHERS)

    assert look(watch, clock, LOOKS)[-1] == [ANOTHERS]


def test_owner_that_beats_once_more_is_not_silent(watch: Watch, clock: Clock) -> None:
    leased_by(ANOTHERS)
    row = beating(ANOTHERS)
    look(watch, clock, LOOKS - 1)

    Worker.objects.filter(pk=row.pk).update(beats=F("beats") + 1)

    assert look(watch, clock, LOOKS - 1) == [[]] * (LOOKS - 1)


def test_nobody_is_silent_while_the_watcher_itself_stood_still(watch: Watch, clock: Clock) -> None:
    leased_by(ANOTHERS)
    beating(ANOTHERS)
    look(watch, clock, 2)

    clock.now += 60 * SILENT_S

    assert look(watch, clock, 3) == [[]] * 3
