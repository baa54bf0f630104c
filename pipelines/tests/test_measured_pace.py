"""The pace of reading and of each phase: what was measured lately, and what is no measure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from jobs.models import Worker
from lifecycle.models import Essay, EssayText
from pipelines import estimate, texts
from pipelines.models import EssayPhase
from pipelines.tests.conftest import being_checked, each_took, pretend_paces
from tests.essays import fresh, hand_in_good, register

Drain = Callable[..., int]

pytestmark = pytest.mark.django_db


def test_nothing_is_said_before_anything_was_measured(
    teacher: User, drain: Drain, worker: Worker
) -> None:
    assert estimate.seconds_left(being_checked(teacher, 6, drain)) is None


def test_what_was_not_known_is_asked_again_at_once(
    teacher: User, colleague: User, drain: Drain, worker: Worker
) -> None:
    batch = being_checked(teacher, 6, drain)
    assert estimate.seconds_left(batch) is None

    hand_in_good(register(colleague, 4), 4)
    drain()
    pretend_paces()
    again = being_checked(teacher, 6, drain)

    assert estimate.seconds_left(again) == 12


def test_texts_that_a_task_took_together_share_its_time(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    done = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED)
    start = timezone.now()
    done.update(started_at=start, ended_at=start + timedelta(seconds=4))  # all four of them
    batch = being_checked(teacher, 6, drain)

    assert estimate.seconds_left(batch) == 6 * 4 / 4 / 2


def test_texts_that_a_task_left_over_say_nothing_of_the_pace(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    done = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED)
    start, left_over = timezone.now(), done[0].pk
    done.update(started_at=start, ended_at=start + timedelta(seconds=6))  # three of the four
    done.filter(pk=left_over).update(ended_at=start + timedelta(minutes=5))
    batch = being_checked(teacher, 6, drain)

    assert estimate.seconds_left(batch) == 6 * 2 / 2


def test_texts_that_were_corrected_by_hand_say_nothing_of_the_pace(
    teacher: User, drain: Drain, worker: Worker, measured: None
) -> None:
    for essay in list(Essay.objects.all())[:2]:
        texts.correct(essay.pk, "Written anew.", by=essay.batch.owner)
    drain()
    batch = register(teacher, 4, auto_start=False)
    hand_in_good(batch, 4)
    assert estimate.seconds_left(fresh(batch)) == 4 * 2 / 2

    EssayText.objects.update(reading_ms=None)
    cache.clear()

    assert estimate.seconds_left(fresh(batch)) is None


def test_oldest_task_says_nothing_when_only_some_of_its_texts_are_among_the_last(
    teacher: User, drain: Drain, worker: Worker, measured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED)
    at, together = timezone.now(), list(done.values_list("pk", flat=True))
    done.update(started_at=at, ended_at=at + timedelta(seconds=40))
    hand_in_good(register(teacher, 3), 3)
    drain()
    each_took(1, done.exclude(pk__in=together))
    monkeypatch.setattr(estimate, "N_RECENT", 5)  # three, and two of the four

    assert estimate.seconds_left(being_checked(teacher, 6, drain)) == 6 * 1 / 2
