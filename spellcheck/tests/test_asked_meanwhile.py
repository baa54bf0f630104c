"""Another check that is asked for, or a mark that goes, while something is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.models import User
from batches import flow as batches
from batches.models import Batch
from pipelines.models import EssayPhase, PipelineRun
from spellcheck import again, engine, flow
from spellcheck.models import KnownWord, Misspelling, SpellcheckResult
from spellcheck.tests.conftest import Check, marks_of
from tests.essays import fresh, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]

TEXT = "We went home becouse it rained. It was definately cold, and we ate becouse of that."


@pytest.fixture
def batch(check: Check) -> Batch:
    """One essay with three marks: becouse, definately, becouse."""
    return check(TEXT)


def test_asking_again_during_a_run_is_done_after_it(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    again.check_again(batch.pk, by=teacher)
    again.check_again(batch.pk, by=teacher)
    drain()

    assert not PipelineRun.objects.filter(ended_at=None).exists()
    assert not SpellcheckResult.objects.exclude(asked_again_at=None).exists()


@pytest.mark.parametrize("is_first", [True, False], ids=["a first check", "a later one"])
def test_word_that_is_listed_while_texts_are_checked_is_marked_in_none_of_them(
    teacher: User, drain: Drain, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    batch = register(teacher, 3)
    hand_in_good(batch, 3)
    if not is_first:
        drain()
        again.check_again(batch.pk, by=teacher)
    check = engine.check

    def slow(*args: Any, **options: Any) -> engine.SpellReport:
        report = check(*args, **options)
        monkeypatch.setattr(engine, "check", check)
        for word in ("becouse", "intresting"):
            KnownWord.objects.create(owner=teacher, language="en", word=word)
        again.check_again(batch.pk, by=teacher)
        return report

    monkeypatch.setattr(engine, "check", slow)
    drain()

    assert not Misspelling.objects.filter(word__in=["becouse", "intresting"]).exists()
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_no_clock_decides_whether_a_text_was_checked_since(
    batch: Batch, teacher: User, drain: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a_minute = timezone.now() + timedelta(minutes=1)
    monkeypatch.setattr(again, "timezone", SimpleNamespace(now=lambda: in_a_minute))  # its host's

    again.check_again(batch.pk, by=teacher)
    drain(limit=20)

    assert PipelineRun.objects.count() == 2
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_step_that_has_begun_anew_is_not_given_up_by_the_attempt_before(
    teacher: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, check = register(teacher, 1, max_retries=0), engine.check
    hand_in_good(batch, 1)

    def breaks(*args: Any, **options: Any) -> engine.SpellReport:
        monkeypatch.setattr(engine, "check", check)
        again.check_again(batch.pk, by=teacher)
        raise RuntimeError

    monkeypatch.setattr(engine, "check", breaks)
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_text_whose_check_has_failed_is_checked_again_in_the_run_that_goes_on(
    teacher: User,
    drain: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
) -> None:
    settings.ESSAYS_PER_TASK = 1
    batch, check = register(teacher, 2, max_retries=0), engine.check
    hand_in_good(batch, 2)
    drain(limit=3)

    def breaks(*args: Any, **options: Any) -> engine.SpellReport:
        raise RuntimeError

    monkeypatch.setattr(engine, "check", breaks)
    drain(limit=1)
    assert EssayPhase.objects.filter(status=EssayPhase.Status.FAILED).count() == 1
    monkeypatch.setattr(engine, "check", check)

    again.check_again(batch.pk, by=teacher)
    drain()

    assert PipelineRun.objects.count() == 1
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_decision_is_answered_though_its_mark_goes_right_after_it(
    batch: Batch, teacher: User, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, held = marks_of(batch)[1], batches.held
    flow.accept(mark, "definitely", by=teacher)
    KnownWord.objects.create(owner=teacher, language="en", word="definately")
    again.check_again(batch.pk, by=teacher)

    @contextmanager
    def held_and_then_checked(pk: UUID) -> Iterator[Batch]:
        monkeypatch.setattr(batches, "held", held)
        with held(pk) as locked:
            yield locked
        drain()

    monkeypatch.setattr(batches, "held", held_and_then_checked)

    assert flow.undo(mark, by=teacher).decision == Misspelling.Decision.OPEN
