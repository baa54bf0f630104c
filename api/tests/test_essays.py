"""Where each essay stands, and its text."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from lifecycle.models import Essay, EssayText
from pipelines import flow as pipelines
from pipelines import steps
from pipelines.models import EssayPhase
from tests.essays import broken_file, essay_file, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def show(client: APIClient, essay: Essay, part: str = "") -> Any:
    answer = client.get(f"/v1/essays/{essay.pk}{part}")
    assert answer.status_code == HTTPStatus.OK, answer.content
    return answer.json()


# --- where it stands --------------------------------------------------------------------------
def test_essays_of_a_batch_are_listed_by_position(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 3, essay_ids=["anna", "bo", "cecilia"])
    hand_in(batch, essay_file("bo.txt"))
    hand_in(batch, broken_file("cecilia.pdf"))
    api.post(f"/v1/essays/{batch.essays.get(reference='anna').pk}/absent")
    drain()

    listed = api.get(f"/v1/batches/{batch.pk}/essays").json()

    anna, bo, cecilia = listed["results"]
    assert (anna["reference"], anna["status"]) == ("anna", "absent")
    assert (bo["status"], bo["text_version"], bo["word_count"]) == ("spellchecked_success", 1, 20)
    assert bo["flagged_count"] == 2
    assert cecilia["status"] == "content_ingestion_failed"
    assert cecilia["failure"]["code"] == "corrupt"
    assert cecilia["text_version"] is None


def test_essays_are_filtered_by_the_state_of_their_content(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 2, essay_ids=["anna", "bo"])
    hand_in(batch, essay_file("bo.txt"))

    query = "?content_status=content_ingesting"
    listed = api.get(f"/v1/batches/{batch.pk}/essays{query}").json()

    assert [essay["reference"] for essay in listed["results"]] == ["bo"]


def test_essay_walks_through_the_words_that_clients_know(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1, auto_start=False)
    essay = batch.essays.get()
    words = [show(api, essay, "/status")["status"]]
    hand_in_good(batch, 1)
    words.append(show(api, essay, "/status")["status"])
    drain()
    words.append(show(api, essay, "/status")["status"])
    pipelines.start(batch.pk, "spellcheck", by=teacher)
    words.append(show(api, essay, "/status")["status"])
    steps.begin([EssayPhase.objects.get().pk])
    words.append(show(api, essay, "/status")["status"])
    drain()
    words.append(show(api, essay, "/status")["status"])

    assert words == [
        "awaiting_content",
        "content_ingesting",
        "ready_for_processing",
        "awaiting_spellcheck",
        "spellchecking_in_progress",
        "spellchecked_success",
    ]


def test_essay_whose_check_failed_says_so(api: APIClient, teacher: User, drain: Drain) -> None:
    batch = register(teacher, 1, auto_start=False)
    hand_in_good(batch, 1)
    drain()
    pipelines.start(batch.pk, "spellcheck", by=teacher)
    step = EssayPhase.objects.get()
    steps.begin([step.pk])
    steps.give_up(step.pk)

    status = show(api, batch.essays.get(), "/status")

    assert status["status"] == "spellcheck_failed"
    assert status["failure"]["code"] == "gave_up"
    assert status["phases"][0]["status"] == "failed"


def test_essay_stands_where_it_stood_when_its_run_is_cancelled(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1, auto_start=False)
    hand_in_good(batch, 1)
    drain()
    pipelines.start(batch.pk, "spellcheck", by=teacher)
    pipelines.cancel(batch.pk, by=teacher)

    assert show(api, batch.essays.get(), "/status")["status"] == "ready_for_processing"


def test_essay_detail_tells_its_place(api: APIClient, checked: Essay) -> None:
    detail = show(api, checked)

    assert detail["essay_id"] == str(checked.pk)
    assert detail["batch_id"] == str(checked.batch_id)
    assert (detail["position"], detail["reference"]) == (1, "essay-01")
    assert detail["file_name"] == "essay 1.txt"
    assert detail["failure"] is None


# --- its text ---------------------------------------------------------------------------------
def test_text_is_the_current_version(api: APIClient, checked: Essay) -> None:
    text = show(api, checked, "/text")

    stored = EssayText.objects.get(essay=checked)
    assert (text["text"], text["sha256"]) == (stored.body, stored.sha256)
    assert (text["version"], text["source"]) == (1, "extracted")


def test_text_of_an_essay_without_one_is_not_found(api: APIClient, teacher: User) -> None:
    essay = register(teacher, 1).essays.get()

    answer = api.get(f"/v1/essays/{essay.pk}/text")

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json()["code"] == "no_text"


def test_pupil_is_marked_absent_and_present_again(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 2)
    essay = batch.essays.get(position=1)

    away = api.post(f"/v1/essays/{essay.pk}/absent")
    here = api.post(f"/v1/essays/{essay.pk}/absent", {"absent": False})

    assert (away.status_code, away.json()["status"]) == (HTTPStatus.OK, "absent")
    assert here.json()["status"] == "awaiting_content"


def test_essay_that_was_read_cannot_be_absent(api: APIClient, checked: Essay) -> None:
    answer = api.post(f"/v1/essays/{checked.pk}/absent", {"absent": True})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "illegal_move"


def test_unknown_essay_is_not_found(api: APIClient) -> None:
    assert api.get(f"/v1/essays/{uuid4()}").status_code == HTTPStatus.NOT_FOUND
