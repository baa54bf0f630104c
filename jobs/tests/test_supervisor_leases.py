"""Leases carry their owner, and only the leases of the dead are ended early."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.queues import Queue

from jobs import leases
from jobs.broker import Lease, LeaseBroker, give_back_if_failed, lease_end, renew_if_late
from jobs.leases import FilePresence
from jobs.pulse import Pulse
from jobs.queue import enqueue

pytestmark = pytest.mark.django_db

MINE, ANOTHERS = 111, 222


@pytest.fixture
def broker() -> LeaseBroker:
    return LeaseBroker("huleedu", MINE, Pulse())


def leased_row(owner: int) -> OrmQ:
    return OrmQ.objects.create(key="huleedu", payload="", lock=lease_end(owner))


def failed(lease: Lease) -> dict[str, Any]:
    """A task as django-q2's monitor has it."""
    call = {"func": "pipelines.tasks.settle", "args": (uuid4(),)}
    return {"success": False, "result": "OperationalError in f:1", "lease": lease, **call}


def is_due(row: OrmQ) -> bool:
    return bool(OrmQ.objects.filter(pk=row.pk, lock__lte=timezone.now()).exists())


def test_lease_is_never_shorter_than_promised() -> None:
    earliest = timezone.now() + timedelta(seconds=Conf.RETRY)

    end = lease_end(MINE)

    assert earliest <= end <= earliest + timedelta(seconds=1.1)
    assert end.microsecond == MINE


def test_worker_ends_its_own_leases_only() -> None:
    mine, anothers = leased_row(MINE), leased_row(ANOTHERS)

    assert leases.release("huleedu", MINE) == 1

    assert (is_due(mine), is_due(anothers)) == (True, False)


def test_worker_that_is_alone_ends_all_leases_and_keeps_delays() -> None:
    mine, anothers = leased_row(MINE), leased_row(ANOTHERS)
    enqueue("tests.faults.tasks.quick", uuid4(), delay_s=30)
    delayed = OrmQ.objects.latest("pk")

    assert leases.release("huleedu") == 2

    assert (is_due(mine), is_due(anothers), is_due(delayed)) == (True, True, False)


def test_row_that_a_clock_gone_back_put_off_is_due_again() -> None:
    leased, in_a_minute = leased_row(MINE), timezone.now() + timedelta(minutes=1)
    enqueue("tests.faults.tasks.quick", uuid4(), delay_s=60)
    hours_late = OrmQ.objects.create(
        key="huleedu", payload="", lock=(in_a_minute + timedelta(hours=2)).replace(microsecond=7)
    )

    assert leases.sweep_rows_of_the_future() == 1

    assert (is_due(hours_late), is_due(leased)) == (True, False)
    assert OrmQ.objects.filter(lock__gt=timezone.now()).count() == 2


def test_claim_whose_answer_was_lost_is_taken_after_all(broker: LeaseBroker) -> None:
    enqueue("tests.faults.tasks.quick", uuid4())
    ((lease, payload),) = broker.dequeue()

    broker._unanswered = lease

    assert broker.dequeue() == [(lease, payload)]


def test_claim_that_never_reached_the_database_is_forgotten(broker: LeaseBroker) -> None:
    row = leased_row(ANOTHERS)

    broker._unanswered = Lease(row.pk, lease_end(MINE))

    assert broker.dequeue() == []


def test_nothing_is_claimed_while_a_task_waits_for_each_process(broker: LeaseBroker) -> None:
    enqueue("tests.faults.tasks.quick", uuid4())
    broker.waiting = Queue()
    for _ in range(Conf.WORKERS):
        broker.waiting.put("a task")

    assert broker.dequeue() == []

    assert is_due(OrmQ.objects.get())


def test_next_task_is_claimed_before_a_process_is_free(broker: LeaseBroker) -> None:
    enqueue("tests.faults.tasks.quick", uuid4())
    broker.waiting = Queue()
    for _ in range(Conf.WORKERS - 1):
        broker.waiting.put("a task")

    assert len(broker.dequeue()) == 1


def test_nothing_is_claimed_in_advance_where_tasks_are_long(
    broker: LeaseBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Conf, "QUEUE_LIMIT", 0)
    for _ in range(Conf.WORKERS):
        leased_row(MINE)
        leased_row(ANOTHERS)
    enqueue("tests.faults.tasks.quick", uuid4())

    assert broker.dequeue() == []

    OrmQ.objects.filter(pk__in=leases.held("huleedu", MINE)).last().delete()
    assert len(broker.dequeue()) == 1


def test_lease_is_renewed_only_when_little_is_left() -> None:
    fresh, late = leased_row(MINE), leased_row(MINE)
    soon = (timezone.now() + timedelta(seconds=2)).replace(microsecond=MINE)
    OrmQ.objects.filter(pk=late.pk).update(lock=soon)

    renew_if_late(None, {"ack_id": Lease(fresh.pk, fresh.lock)}, owner=MINE)
    renew_if_late(None, {"ack_id": Lease(late.pk, soon)}, owner=MINE)

    assert OrmQ.objects.get(pk=fresh.pk).lock == fresh.lock
    assert OrmQ.objects.get(pk=late.pk).lock > soon + timedelta(seconds=20)


def test_failed_task_is_due_again_in_a_second() -> None:
    row = leased_row(MINE)

    give_back_if_failed(None, failed(Lease(row.pk, row.lock)))

    lock = OrmQ.objects.get().lock
    assert lock <= timezone.now() + timedelta(seconds=1)
    assert lock.microsecond == 0


def test_failed_task_that_another_has_taken_meanwhile_stays_theirs() -> None:
    row = leased_row(ANOTHERS)

    give_back_if_failed(None, failed(Lease(row.pk, lease_end(MINE))))

    assert OrmQ.objects.get().lock == row.lock


def test_worker_is_busy_with_its_own_leases_and_with_what_is_overdue() -> None:
    row = leased_row(ANOTHERS)
    assert not leases.is_busy("huleedu", MINE)
    assert leases.is_busy("huleedu", ANOTHERS)

    OrmQ.objects.filter(pk=row.pk).update(lock=timezone.now() - timedelta(seconds=2))

    assert leases.is_busy("huleedu", MINE)


def test_second_presence_is_not_alone(tmp_path: Path) -> None:
    called: list[str] = []
    first, second = FilePresence(tmp_path / "lock"), FilePresence(tmp_path / "lock")

    assert first.settle(lambda: called.append("first"))
    assert not second.settle(lambda: called.append("second"))

    assert called == ["first"]
