"""A check of some essays, where a person starts the checks: the others wait for somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import User
from batches.models import Batch
from pipelines import flow
from pipelines.models import EssayPhase
from spellcheck.again import check_again
from tests.essays import essay_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def checked(batch: Batch) -> list[str]:
    """The references of the essays that a check has ended on."""
    ended = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED)
    names = ended.filter(text__essay__batch=batch).values_list("text__essay__reference", flat=True)
    return sorted(set(names))


def test_essays_that_nobody_chose_wait_for_somebody(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3, auto_start=False)
    hand_in_good(batch, 3)
    one, two, _three = batch.essays.order_by("position")
    drain()

    flow.retry_phase(batch.pk, "spellcheck", essay_ids=[one.pk], by=teacher)
    drain()
    assert checked(batch) == ["essay-01"]

    flow.retry_phase(batch.pk, "spellcheck", essay_ids=[two.pk], by=teacher)
    drain()
    assert checked(batch) == ["essay-01", "essay-02"]

    flow.start(batch.pk, "spellcheck", by=teacher)
    drain()
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_essay_that_comes_while_some_are_checked_is_not_among_those_that_nobody_chose(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 3, auto_start=False)
    hand_in_good(batch, 2)
    one = batch.essays.order_by("position")[0]
    drain()
    flow.start(batch.pk, "spellcheck", by=teacher)
    flow.cancel(batch.pk, by=teacher)
    flow.retry_phase(batch.pk, "spellcheck", essay_ids=[one.pk], by=teacher)

    hand_in(batch, essay_file("late.txt"))
    drain()
    hand_in(batch, essay_file("later.txt"), replaces=batch.uploads.get(original_name="late.txt").pk)
    drain()

    assert checked(batch) == ["essay-01", "essay-03"]


def test_essay_that_is_asked_for_while_another_is_checked_is_checked_next(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 3, auto_start=False)
    hand_in_good(batch, 3)
    one, two, _three = batch.essays.order_by("position")
    drain()

    check_again(batch.pk, by=teacher, essay_ids=[one.pk])
    check_again(batch.pk, by=teacher, essay_ids=[two.pk])
    drain()

    assert checked(batch) == ["essay-01", "essay-02"]


def test_no_clock_decides_which_run_was_the_last(
    teacher: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = register(teacher, 3, auto_start=False)
    hand_in_good(batch, 3)
    drain()
    one, two, three = batch.essays.order_by("position")
    in_a_minute = timezone.now() + timedelta(minutes=1)
    with monkeypatch.context() as another_host:
        another_host.setattr(flow, "timezone", SimpleNamespace(now=lambda: in_a_minute))
        check_again(batch.pk, by=teacher, essay_ids=[one.pk])
    check_again(batch.pk, by=teacher, essay_ids=[two.pk])
    drain(limit=1)  # the first run ends, and the second begins

    check_again(batch.pk, by=teacher, essay_ids=[three.pk])
    drain()

    assert checked(batch) == ["essay-01", "essay-02", "essay-03"]
