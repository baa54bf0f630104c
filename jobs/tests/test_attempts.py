"""Attempts: counted first, tried again with growing delays, given up for good after the last."""

from __future__ import annotations

import errno
import logging
import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ

from jobs import leases
from jobs.attempts import DEATHS_FORGIVEN, Hindered
from jobs.broker import lease_end
from jobs.models import Hindrance
from jobs.queue import enqueue
from jobs.tests.rows import SECRET, Rows, calls, raising, well
from tests.queue import let_hindrances_last

pytestmark = pytest.mark.django_db


def test_failure_is_tried_again_after_a_delay_that_doubles(settings: LazySettings) -> None:
    settings.RETRY_BACKOFF_S = 10
    rows = Rows()
    [row] = rows.all

    for expected_s in (10, 20):
        OrmQ.objects.all().delete()
        rows.run(raising(ValueError(SECRET)))
        wait = OrmQ.objects.get().lock - timezone.now()
        assert timedelta(seconds=expected_s - 2) < wait <= timedelta(seconds=expected_s)

    assert not row.gave_up


@pytest.mark.parametrize("n_failed", [11, 37, 2000])
def test_no_delay_is_longer_than_half_an_hour(n_failed: int) -> None:
    rows = Rows(allowed=9999)
    [row] = rows.all
    row.attempts = n_failed

    rows.run(raising(ValueError(SECRET)))
    leases.sweep_rows_of_the_future()

    wait = OrmQ.objects.get().lock - timezone.now()
    assert timedelta(minutes=29) < wait <= timedelta(minutes=30)


def test_last_failure_gives_up_and_queues_nothing() -> None:
    rows = Rows(allowed=1)
    [row] = rows.all

    rows.run(raising(ValueError(SECRET)))

    assert row.gave_up
    assert not OrmQ.objects.exists()


def test_row_whose_attempts_killed_their_workers_is_given_up_without_another_try() -> None:
    rows = Rows(allowed=2)
    [row] = rows.all
    row.attempts = 2 + DEATHS_FORGIVEN

    rows.run(raising(AssertionError("must not run")))

    assert row.gave_up


@pytest.mark.django_db(transaction=True)
def test_lost_database_is_nobodys_attempt() -> None:
    rows = Rows(allowed=1)
    [row] = rows.all

    rows.run(raising(OperationalError("the connection is closed")))

    assert not row.gave_up
    assert row.attempts == 0
    assert OrmQ.objects.count() == 1


def test_death_that_the_row_may_not_have_caused_costs_it_nothing_yet() -> None:
    rows = Rows(allowed=1)
    [row] = rows.all
    row.attempts = DEATHS_FORGIVEN  # killed with their machine

    rows.run(raising(OSError(errno.ENOENT, "but it runs again")))

    assert row.attempts == DEATHS_FORGIVEN + 1


@pytest.mark.parametrize(
    ("number", "back_s", "said"),
    [
        (errno.ENOMEM, 15, "machine_short"),
        (errno.ENOSPC, 15, "machine_short"),
        (errno.EAGAIN, 2, ""),  # over before anybody could read it
    ],
)
def test_machine_that_is_short_of_something_is_nobodys_attempt(
    number: int, back_s: int, said: str
) -> None:
    rows = Rows(allowed=1)
    [row] = rows.all

    rows.run(raising(OSError(number, "no more")))

    assert (row.attempts, row.gave_up, row.waits_for) == (0, False, said)
    due_in = OrmQ.objects.get().lock - timezone.now()
    assert timedelta(seconds=back_s - 1.5) < due_in <= timedelta(seconds=back_s)


def test_work_that_is_hindered_waits_and_says_why() -> None:
    rows = Rows(allowed=1)
    [row] = rows.all

    rows.run(raising(Hindered("storage_unavailable")))

    assert (row.attempts, row.gave_up, row.waits_for) == (0, False, "storage_unavailable")
    assert calls() == [(row.pk,)]


def test_what_is_over_in_a_moment_says_why_it_waits_when_it_is_not() -> None:
    rows = Rows()
    [row] = rows.all
    rows.run(raising(BlockingIOError(errno.EAGAIN, "not yet")))
    let_hindrances_last(timedelta(minutes=5))

    rows.run(raising(BlockingIOError(errno.EAGAIN, "not yet")))

    assert row.waits_for == "machine_short"


def test_row_that_is_hindered_for_too_long_is_given_up() -> None:
    rows = Rows()
    [row] = rows.all
    rows.run(raising(Hindered("storage_unavailable")))
    OrmQ.objects.all().delete()
    let_hindrances_last(timedelta(days=8))

    rows.run(raising(Hindered("storage_unavailable")))

    assert row.gave_up
    assert not OrmQ.objects.exists()
    assert not Hindrance.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_row_that_could_not_be_given_up_is_given_up_at_its_next_try() -> None:
    rows = Rows()
    [row] = rows.all
    hindered = raising(Hindered("storage_unavailable"))
    rows.run(hindered)
    let_hindrances_last(timedelta(days=8))
    lost = raising(OperationalError("the connection is closed"))
    rows.give_up = lambda pk, _tried: lost(rows.of(pk))  # type: ignore[method-assign, assignment, misc]
    with pytest.raises(OperationalError):
        rows.run(hindered)
    del rows.give_up

    rows.run(hindered)

    assert row.gave_up


def test_what_an_apps_verbs_raise_waits_for_a_release_that_mends_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = Rows()
    [row] = rows.all
    rows.begin = raising(KeyError(SECRET))  # type: ignore[method-assign, assignment]

    rows.run(well)

    assert calls() == [(row.pk,)]
    due_in = OrmQ.objects.get().lock - timezone.now()
    assert timedelta(seconds=13) < due_in <= timedelta(seconds=15)
    assert "KeyError" in caplog.text
    assert SECRET not in caplog.text


def test_row_is_no_longer_forgiven_when_no_worker_has_lived_long_enough_for_it() -> None:
    rows = Rows()
    [row] = rows.all
    rows.run(well)

    def lose() -> None:
        rows.begin(rows.pks)
        enqueue(f"{well.__module__}.{well.__qualname__}", row.pk)
        OrmQ.objects.update(lock=lease_end(owner=1))
        leases.forgive("huleedu", 1, blamed=0)
        OrmQ.objects.all().delete()

    begun = row.attempts
    lose()
    assert row.attempts == begun
    let_hindrances_last(timedelta(days=8))

    lose()

    assert row.attempts == begun + 1


def test_task_that_ends_leaves_one_line_with_its_id_and_its_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = Rows()
    [row] = rows.all

    with caplog.at_level(logging.INFO):
        rows.run(well)

    [line] = [record.getMessage() for record in caplog.records]
    assert re.search(rf"well {row.pk}: attempt 1 took \d+ ms", line)


def test_log_line_of_a_failure_says_where_and_never_quotes_a_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        Rows().run(raising(ValueError(SECRET)))

    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text
