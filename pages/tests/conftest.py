"""The teacher at the browser, and a batch that has been read and checked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from batches.models import Batch
from spellcheck.models import Misspelling
from tests.essays import broken_file, fresh, hand_in, hand_in_good, register

CountQueries = Callable[[Callable[[], object]], int]


@pytest.fixture
def n_queries(db: None) -> CountQueries:
    """How many statements a call sends to the database."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count


@pytest.fixture
def browser(client: Client, teacher: User) -> Client:
    """The teacher's browser; pages in English."""
    client.force_login(teacher)
    return client


@pytest.fixture
def waiting_batch(teacher: User) -> Batch:
    """Expects three essays; one is read, one is broken, one has not come."""
    batch = register(teacher, 3, title="Phones in school", class_designation="9B")
    hand_in_good(batch, 1)
    hand_in(batch, broken_file("hugo.pdf"))
    return batch


@pytest.fixture
def checked_batch(teacher: User, drain: Callable[[], int]) -> Batch:
    """Two essays, both checked, with marks to decide."""
    batch = register(teacher, 2, title="A place I know", class_designation="9C")
    hand_in_good(batch, 2)
    drain()
    return fresh(batch)


@pytest.fixture
def mark(checked_batch: Batch) -> Misspelling:
    """The first mark of the first essay of the checked batch: “becouse”."""
    marks = Misspelling.objects.filter(result__text__essay__batch=checked_batch)
    found = marks.order_by("result__text__essay__position", "start").first()
    assert found is not None
    return found
