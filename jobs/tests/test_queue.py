"""The door to the queue: rows that stand in the transaction of their cause."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import transaction
from django_q.models import OrmQ

from jobs.queue import enqueue, queued_calls

pytestmark = pytest.mark.django_db


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
