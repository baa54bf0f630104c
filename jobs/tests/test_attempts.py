"""Attempts: counted first, tried again with growing delays, given up for good after the last."""

from __future__ import annotations

import errno
import logging
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import OperationalError, transaction
from django.utils import timezone
from django_q.models import OrmQ

from jobs.attempts import DEATHS_FORGIVEN, Attempt, attempted
from jobs.queue import enqueue, queued_calls

pytestmark = pytest.mark.django_db

SECRET = "the pupil's own words"


class Row:
    """Stands for an app's row: its counter and what was said about it."""

    def __init__(self, allowed: int = 3) -> None:
        self.pk, self.attempts, self.allowed = uuid4(), 0, allowed
        self.gave_up = False

    def begin(self, pk: UUID) -> Attempt[Row]:
        self.attempts += 1
        return Attempt(self, self.attempts, self.allowed, uuid4())

    def take_back(self, pk: UUID) -> None:
        self.attempts -= 1

    def give_up(self, pk: UUID) -> None:
        self.gave_up = True


def failing_task(row: Row, error: Exception) -> None:
    @attempted(begin=row.begin, take_back=row.take_back, gave_up=row.give_up)
    def work(row: Row) -> None:
        raise error

    work(row.pk)


def working_task(row: Row) -> None:
    @attempted(begin=row.begin, take_back=row.take_back, gave_up=row.give_up)
    def work(row: Row) -> None: ...

    work(row.pk)


def test_failure_is_tried_again_after_a_delay_that_doubles(settings: LazySettings) -> None:
    settings.RETRY_BACKOFF_S = 10
    row = Row()

    for expected_s in (10, 20):
        OrmQ.objects.all().delete()
        failing_task(row, ValueError(SECRET))
        wait = OrmQ.objects.get().lock - timezone.now()
        assert timedelta(seconds=expected_s - 2) < wait <= timedelta(seconds=expected_s)

    assert not row.gave_up


def test_last_failure_gives_up_and_queues_nothing() -> None:
    row = Row(allowed=1)

    failing_task(row, ValueError(SECRET))

    assert row.gave_up
    assert not OrmQ.objects.exists()


def test_row_whose_attempts_killed_their_workers_is_given_up_without_another_try() -> None:
    row = Row(allowed=2)
    row.attempts = 2 + DEATHS_FORGIVEN

    failing_task(row, AssertionError("must not run"))

    assert row.gave_up


@pytest.mark.django_db(transaction=True)
def test_lost_database_is_nobodys_attempt() -> None:
    row = Row(allowed=1)

    failing_task(row, OperationalError("the connection is closed"))

    assert not row.gave_up
    assert row.attempts == 0
    assert OrmQ.objects.count() == 1


def test_death_that_the_row_may_not_have_caused_costs_it_nothing_yet() -> None:
    row = Row(allowed=1)
    row.attempts = DEATHS_FORGIVEN  # killed with their machine

    failing_task(row, OSError(errno.ENOENT, "but it runs again"))

    assert row.attempts == DEATHS_FORGIVEN + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [errno.ENOMEM, errno.ENOSPC, errno.EAGAIN])
def test_machine_that_is_short_of_something_is_nobodys_attempt(number: int) -> None:
    row = Row(allowed=1)

    failing_task(row, OSError(number, "no more"))

    assert not row.gave_up
    assert row.attempts == 0
    assert OrmQ.objects.get().lock > timezone.now() + timedelta(seconds=10)


def test_task_that_ends_leaves_one_line_with_its_id_and_its_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    row = Row()

    with caplog.at_level(logging.INFO):
        working_task(row)

    [line] = [record.getMessage() for record in caplog.records]
    assert re.search(rf"working_task.*{row.pk}: attempt 1 took \d+ ms", line)


def test_log_line_of_a_failure_says_where_and_never_quotes_a_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        failing_task(Row(), ValueError(SECRET))

    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_work_that_is_queued_in_a_transaction_vanishes_with_it() -> None:
    pk = uuid4()

    with transaction.atomic():
        enqueue("files.tasks.extract_text", pk)
        transaction.set_rollback(True)

    assert list(queued_calls()) == []


def test_queued_call_can_be_read_back() -> None:
    pk = uuid4()

    enqueue("files.tasks.extract_text", pk)

    [(_, path, ids)] = queued_calls()
    assert (path, ids) == ("files.tasks.extract_text", (pk,))


def test_queue_row_of_another_secret_key_is_left_out(settings: LazySettings) -> None:
    enqueue("files.tasks.extract_text", uuid4())
    OrmQ.objects.update(payload="not-ours:at:all")

    assert list(queued_calls()) == []
