"""Decisions about a word wherever it stands, their history, undo, and who came first."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from lifecycle.models import Essay
from spellcheck import flow, wordlist
from spellcheck.models import KnownWord, Misspelling, Verdict
from tests.essays import hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


@pytest.fixture
def batch(teacher: User, drain: Drain) -> Batch:
    """Two essays, each with becouse and intresting."""
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    drain()
    return batch


def decide(api: APIClient, batch: Batch, **wanted: Any) -> Any:
    return api.post(f"/v1/batches/{batch.pk}/decisions", wanted)


def undo(api: APIClient, batch: Batch, decision_id: int) -> Any:
    return api.post(f"/v1/batches/{batch.pk}/decisions/{decision_id}/undo")


def decisions(word: str) -> set[str]:
    return set(Misspelling.objects.filter(word=word).values_list("decision", flat=True))


def test_word_is_corrected_everywhere_and_taken_back_in_one_step(
    api: APIClient, batch: Batch
) -> None:
    step = decide(api, batch, word="becouse", decision="accepted", replacement="because").json()
    assert (step["scope"], step["mark_count"], decisions("becouse")) == ("batch", 2, {"accepted"})

    answer = undo(api, batch, step["decision_id"])

    assert answer.status_code == HTTPStatus.OK
    assert (answer.json()["undone_count"], decisions("becouse")) == (2, {"open"})


@pytest.mark.parametrize(("always", "scope"), [(True, "always"), (False, "batch")])
def test_word_is_right_and_taken_off_the_list_by_undo(
    api: APIClient, batch: Batch, always: bool, scope: str
) -> None:
    step = decide(api, batch, word="becouse", decision="ignored", always=always).json()
    assert (step["scope"], decisions("becouse")) == (scope, {"ignored"})
    assert KnownWord.objects.get().word == "becouse"

    undo(api, batch, step["decision_id"])

    assert decisions("becouse") == {"open"}
    assert not KnownWord.objects.exists()


def test_word_that_is_not_marked_cannot_be_corrected(api: APIClient, batch: Batch) -> None:
    answer = decide(api, batch, word="school", decision="accepted", replacement="skola")

    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "not_marked")


def test_undo_of_what_was_taken_back_is_a_conflict(api: APIClient, batch: Batch) -> None:
    step = decide(api, batch, word="becouse", decision="ignored").json()
    undo(api, batch, step["decision_id"])

    answer = undo(api, batch, step["decision_id"])

    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "undone_already")


def test_history_of_an_essay_says_who_decided_what(
    api: APIClient, batch: Batch, teacher: User
) -> None:
    first = Misspelling.objects.filter(result__text__essay__batch=batch)[0]
    flow.ignore(first, by=teacher)
    essay: Essay = first.result.text.essay

    answer = api.get(f"/v1/essays/{essay.pk}/spellcheck/decisions").json()

    assert answer["count"] == 1
    step = answer["results"][0]
    assert (step["word"], step["decision"], step["decided_by"]) == ("becouse", "ignored", "Teacher")
    assert (step["undone_at"], step["undone_by"]) == (None, None)


def test_history_of_a_batch_is_that_of_all_its_essays(
    api: APIClient, batch: Batch, teacher: User
) -> None:
    for mark in Misspelling.objects.filter(result__text__essay__batch=batch):
        flow.ignore(mark, by=teacher)

    assert api.get(f"/v1/batches/{batch.pk}/decisions").json()["count"] == 4


def test_who_comes_second_is_told_what_the_first_has_decided(
    api: APIClient, batch: Batch, colleague: User
) -> None:
    mark = Misspelling.objects.filter(result__text__essay__batch=batch)[0]
    flow.accept(mark, "because", by=colleague)
    wanted = {"misspelling_id": mark.pk, "decision": "ignored", "seen": {"decision": "open"}}

    address = f"/v1/essays/{mark.result.text.essay_id}/spellcheck/decisions"
    answer = api.post(address, {"decisions": [wanted]})

    assert answer.status_code == HTTPStatus.CONFLICT
    body = answer.json()
    assert body["code"] == "decided_meanwhile"
    assert "Colleague accepted “because”" in body["detail"]
    stands = body["errors"]["misspelling"]
    assert (stands["decision"], stands["replacement"]) == ("accepted", "because")
    assert stands["decided_by"] == "Colleague"
    mark.refresh_from_db()
    assert mark.decision == "accepted"


def test_texts_are_checked_again_and_decisions_stay(
    api: APIClient, batch: Batch, teacher: User, drain: Drain
) -> None:
    wordlist.accept_word(batch.pk, "becouse", "because", by=teacher)
    api.post(f"/v1/batches/{batch.pk}/words", {"words": ["intresting"]})

    answer = api.post(f"/v1/batches/{batch.pk}/check-again", {})
    drain()

    assert answer.status_code == HTTPStatus.ACCEPTED
    assert answer.json() == {"batch_id": str(batch.pk), "text_count": 2}
    assert decisions("becouse") == {"accepted"}
    assert decisions("intresting") == set()


def test_history_grows_without_more_queries(api: APIClient, batch: Batch, teacher: User) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            api.get(f"/v1/batches/{batch.pk}/decisions")
        return len(queries)

    mark = Misspelling.objects.filter(result__text__essay__batch=batch)[0]
    flow.accept(mark, "because", by=teacher)
    few = n_queries()

    for n in range(20):
        flow.accept(mark, f"because {n}", by=teacher)

    assert Verdict.objects.count() == 21
    assert n_queries() == few
