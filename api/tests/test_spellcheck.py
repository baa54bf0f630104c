"""What was found in a text, and what the teacher decides about it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from lifecycle.models import Essay
from spellcheck.models import Misspelling
from tests.essays import fresh, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def show(client: APIClient, essay: Essay, part: str = "") -> Any:
    answer = client.get(f"/v1/essays/{essay.pk}{part}")
    assert answer.status_code == HTTPStatus.OK, answer.content
    return answer.json()


# --- what was found ---------------------------------------------------------------------------
def test_spellcheck_lists_proposals_on_offsets_of_the_text(api: APIClient, checked: Essay) -> None:
    body = show(api, checked, "/text")["text"]

    result = show(api, checked, "/spellcheck")

    assert (result["language"], result["flagged_count"]) == ("en", 2)
    assert result["engine"]
    found = result["misspellings"]
    marked = [body[item["start"] : item["start"] + item["length"]] for item in found]
    assert marked == [item["word"] for item in found] == ["becouse", "intresting"]
    assert found[0]["suggestions"][0] == "because"
    assert result["corrected_text"] == body


def test_spellcheck_of_a_text_that_was_not_checked_is_not_found(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1, auto_start=False)
    hand_in_good(batch, 1)
    drain()

    answer = api.get(f"/v1/essays/{batch.essays.get().pk}/spellcheck")

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json()["code"] == "no_result"


# --- what the teacher decides -----------------------------------------------------------------
def decide(client: APIClient, essay: Essay, *decisions: dict[str, Any]) -> Any:
    address = f"/v1/essays/{essay.pk}/spellcheck/decisions"
    return client.post(address, {"decisions": list(decisions)})


def marks(essay: Essay) -> list[Misspelling]:
    return list(Misspelling.objects.filter(result__text__essay=essay).order_by("start"))


def test_decisions_correct_the_text_that_is_shown(
    api: APIClient, checked: Essay, teacher: User
) -> None:
    first, second = marks(checked)

    answer = decide(
        api,
        checked,
        {"misspelling_id": first.pk, "decision": "accepted", "replacement": "because"},
        {"misspelling_id": second.pk, "decision": "ignored"},
    )

    assert answer.status_code == HTTPStatus.OK
    shown = [item["decision"] for item in answer.json()["misspellings"]]
    assert shown == ["accepted", "ignored"]
    assert "because" in show(api, checked, "/spellcheck")["corrected_text"]
    assert "becouse" in show(api, checked, "/text")["text"]
    first.refresh_from_db()
    assert first.decided_by == teacher


def test_decision_can_be_taken_back(api: APIClient, checked: Essay) -> None:
    mark = marks(checked)[0]
    decide(api, checked, {"misspelling_id": mark.pk, "decision": "ignored"})

    answer = decide(api, checked, {"misspelling_id": mark.pk, "decision": "open"})

    assert answer.json()["misspellings"][0]["decision"] == "open"


def test_decisions_are_all_kept_or_none(api: APIClient, checked: Essay) -> None:
    first, second = marks(checked)

    answer = decide(
        api,
        checked,
        {"misspelling_id": first.pk, "decision": "ignored"},
        {"misspelling_id": second.pk, "decision": "accepted", "replacement": " "},
    )

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "no_replacement"
    assert [mark.decision for mark in marks(checked)] == ["open", "open"]


def test_decision_on_another_essay_s_mark_is_not_found(
    api: APIClient, checked: Essay, teacher: User
) -> None:
    other = register(teacher, 1).essays.get()

    answer = decide(api, other, {"misspelling_id": marks(checked)[0].pk, "decision": "ignored"})

    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decisions": []},
        {"decisions": [{"misspelling_id": 1, "decision": "maybe"}]},
        {"decisions": [{"decision": "open"}]},
        {"decisions": [{"misspelling_id": 10**30, "decision": "open"}]},
    ],
    ids=["nothing", "none", "no such decision", "no mark", "no such number"],
)
def test_decisions_that_make_no_sense_are_refused(
    api: APIClient, checked: Essay, body: dict[str, Any]
) -> None:
    answer = api.post(f"/v1/essays/{checked.pk}/spellcheck/decisions", body)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "decisions" in answer.json()["errors"]


# --- one text ---------------------------------------------------------------------------------
def test_one_text_is_checked_as_a_batch_of_its_own(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    answer = api.post("/v1/trigger-spellcheck", {"text": "I like skool.\n\nVery much."})
    drain()

    assert answer.status_code == HTTPStatus.ACCEPTED
    batch = Batch.objects.get(pk=answer.json()["batch_id"], owner=teacher)
    assert answer.json()["correlation_id"] == str(batch.correlation_id)
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY
    result = show(api, Essay.objects.get(pk=answer.json()["essay_id"]), "/spellcheck")
    assert [item["word"] for item in result["misspellings"]] == ["skool"]


def test_one_text_is_checked_in_the_language_that_is_given(api: APIClient, drain: Drain) -> None:
    body = {"text": "Jag tycker om skolan, för där lär vi oss mycket åäö.", "language": "sv"}

    answer = api.post("/v1/trigger-spellcheck", body)
    drain()

    essay = Essay.objects.get(pk=answer.json()["essay_id"])
    assert show(api, essay, "/spellcheck")["language"] == "sv"
    assert show(api, essay, "/text")["text"] == body["text"]


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "  \n"}, {"text": "a", "language": "fi"}]
)
def test_text_that_is_none_is_refused(api: APIClient, body: dict[str, str]) -> None:
    answer = api.post("/v1/trigger-spellcheck", body)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert not Batch.objects.exists()
