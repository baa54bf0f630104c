"""Lists ask the database as often for thirty rows as for three."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from tests.essays import broken_file, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def n_queries(client: APIClient, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == HTTPStatus.OK
    return len(queries)


def checked_batch(owner: User, n: int, drain: Drain) -> Batch:
    batch = register(owner, n + 1)
    hand_in_good(batch, n)
    hand_in(batch, broken_file("broken.pdf"))
    drain()
    return batch


def test_list_of_batches_grows_without_more_queries(api: APIClient, teacher: User) -> None:
    few = [register(teacher) for _ in range(3)]
    hand_in_good(few[0], 1)
    before = n_queries(api, "/v1/batches")

    for _ in range(27):
        hand_in_good(register(teacher), 1)

    assert n_queries(api, "/v1/batches") == before <= 8


@pytest.mark.parametrize(
    "address",
    [
        "/v1/batches/{}/essays",
        "/v1/batches/{}/status",
        "/v1/batches/{}/results",
        "/v1/files/batch/{}/state",
        "/v1/events?batch_id={}",
    ],
)
def test_answer_about_a_batch_grows_without_more_queries(
    api: APIClient, teacher: User, drain: Drain, address: str
) -> None:
    three = checked_batch(teacher, 2, drain)
    thirty = checked_batch(teacher, 29, drain)

    few = n_queries(api, address.format(three.pk))

    assert n_queries(api, address.format(thirty.pk)) == few <= 12
