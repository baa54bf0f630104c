"""Rows that a task takes together: a quicker way, after which each goes on alone."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from django.db import OperationalError
from django_q.models import OrmQ

from jobs.attempts import Done, Hindered
from jobs.models import Hindrance
from jobs.tests.rows import SECRET, Row, Rows, calls, raising, well

pytestmark = pytest.mark.django_db


def test_rows_that_are_taken_together_are_stored_together() -> None:
    rows = Rows(3)

    rows.run(well)

    assert rows.stored == [rows.pks]
    assert not OrmQ.objects.exists()


def test_row_that_fails_among_others_goes_on_alone_and_has_lost_nothing() -> None:
    rows = Rows(3, allowed=1)
    first, bad, last = rows.all

    def work(row: Row) -> str:
        if row is bad:
            raise ValueError(SECRET)
        return "done"

    rows.run(work)

    assert rows.stored == [[first.pk, last.pk]]
    assert calls() == [(bad.pk,)]
    assert (bad.attempts, bad.gave_up) == (0, False)


def test_rows_whose_worker_was_killed_are_parted_and_none_has_lost_an_attempt() -> None:
    rows = Rows(2, allowed=1)
    rows.begin(rows.pks)  # and then the worker dies

    rows.run(raising(AssertionError("must not run")))

    assert calls() == [(pk,) for pk in rows.pks]
    assert [row.attempts for row in rows.all] == [0, 0]


def test_rows_that_cannot_be_stored_together_are_parted() -> None:
    rows = Rows(2)

    def store(ended: Sequence[Done[Row, str]]) -> None:
        raise ValueError(SECRET)

    rows.store = store  # type: ignore[method-assign]
    rows.run(well)

    assert calls() == [(pk,) for pk in rows.pks]
    assert [row.attempts for row in rows.all] == [0, 0]


def test_rows_that_would_make_a_task_too_long_go_on_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = Rows(3)
    monkeypatch.setattr("jobs.attempts.TOGETHER_S", 0.01)

    def slow(row: Row) -> str:
        time.sleep(0.02)
        return "done"

    rows.run(slow)

    first, *rest = rows.pks
    assert rows.stored == [[first]]
    assert calls() == [(pk,) for pk in rest]


@pytest.mark.django_db(transaction=True)
def test_lost_database_is_nobodys_attempt_among_rows_that_are_together() -> None:
    rows = Rows(2, allowed=1)

    rows.run(raising(OperationalError("the connection is closed")))

    assert calls() == [(pk,) for pk in rows.pks]
    assert [row.attempts for row in rows.all] == [0, 0]


def test_what_hinders_one_row_keeps_no_other_waiting() -> None:
    rows = Rows(3, allowed=1)
    first, bad, last = rows.all

    def work(row: Row) -> str:
        if row is bad:
            raise Hindered("storage_unavailable")
        return "done"

    rows.run(work)

    assert rows.stored == [[first.pk, last.pk]]
    assert calls() == [(bad.pk,)]
    assert not Hindrance.objects.exists()  # it is judged alone
