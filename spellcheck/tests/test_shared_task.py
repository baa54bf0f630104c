"""Texts of one batch that a task checks together ask once for what they share."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from spellcheck.models import KnownWord
from spellcheck.tests.conftest import Check, marks_of

pytestmark = pytest.mark.django_db

N_TEXTS = 5


def test_known_words_of_a_batch_are_asked_for_once_a_task(check: Check) -> None:
    texts = [f"Text number {n} is about grimbolus." for n in range(N_TEXTS)]

    with CaptureQueriesContext(connection) as queries:
        batch = check(*texts)

    asked = [query for query in queries if KnownWord._meta.db_table in query["sql"]]
    assert len(asked) == 1
    assert [mark.word for mark in marks_of(batch)] == ["grimbolus"] * N_TEXTS


def test_each_batch_has_known_words_of_its_own(
    check: Check, teacher: User, colleague: User
) -> None:
    KnownWord.objects.create(owner=teacher, language="en", word="grimbolus")

    marks = [marks_of(check("About grimbolus.", owner=owner)) for owner in (teacher, colleague)]

    assert [len(found) for found in marks] == [0, 1]
