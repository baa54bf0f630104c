"""A batch comes in: POST /v1/batches/register."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from events.models import Event

pytestmark = pytest.mark.django_db

CLASS: dict[str, Any] = {
    "course_code": "ENG6",
    "class_designation": "SA23B",
    "essay_instructions": "Write about your school.",
    "expected_essay_count": 3,
}


def test_registration_is_accepted_with_an_id_and_a_correlation_id(api: APIClient) -> None:
    answer = api.post("/v1/batches/register", CLASS)

    assert answer.status_code == HTTPStatus.ACCEPTED
    batch = Batch.objects.get()
    assert answer.json() == {
        "batch_id": str(batch.pk),
        "correlation_id": str(batch.correlation_id),
        "status": "registered",
    }


def test_registration_carries_the_request_s_correlation_id(api: APIClient) -> None:
    mine = "0b6e1d3c-7a54-4c1e-9d5e-2f4f6a7b8c90"

    answer = api.post("/v1/batches/register", CLASS, headers={"X-Correlation-ID": mine})

    assert answer.headers["X-Correlation-ID"] == answer.json()["correlation_id"] == mine
    assert Event.objects.get().correlation_id == UUID(mine)


def test_registration_belongs_to_whoever_sent_it(api: APIClient, teacher: User) -> None:
    api.post("/v1/batches/register", {**CLASS, "owner": 999, "user_id": "someone"})

    assert Batch.objects.get().owner == teacher


def test_registration_makes_a_slot_for_each_essay_id(api: APIClient) -> None:
    body = {**CLASS, "essay_ids": ["anna", "bo", "cecilia"]}

    answer = api.post("/v1/batches/register", body)

    batch = Batch.objects.get(pk=answer.json()["batch_id"])
    assert [essay.reference for essay in batch.essays.all()] == ["anna", "bo", "cecilia"]


def test_registration_without_a_number_is_open(api: APIClient) -> None:
    api.post("/v1/batches/register", {"course_code": "SV2"})

    assert Batch.objects.get().is_open


def test_unknown_course_is_refused_with_a_list_of_the_known(api: APIClient) -> None:
    answer = api.post("/v1/batches/register", {**CLASS, "course_code": "KEMI1"})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    body = answer.json()
    assert body["code"] == "invalid"
    assert "KEMI1" in body["detail"]
    assert "ENG5, ENG6, ENG7, SV1" in body["errors"]["course_code"][0]


def test_language_that_is_given_wins_over_the_course(api: APIClient) -> None:
    api.post("/v1/batches/register", {**CLASS, "course_code": "KEMI1", "language": "sv"})

    assert Batch.objects.get().language == "sv"


@pytest.mark.parametrize(("given", "priority"), [({"priority": "high"}, "high"), ({}, "normal")])
def test_registration_sets_the_priority(
    api: APIClient, given: dict[str, str], priority: str
) -> None:
    batch_id = api.post("/v1/batches/register", {**CLASS, **given}).json()["batch_id"]

    assert api.get(f"/v1/batches/{batch_id}").json()["priority"] == priority


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expected_essay_count": 0}, "expected_essay_count"),
        ({"expected_essay_count": 1001}, "expected_essay_count"),
        ({"expected_essay_count": "many"}, "expected_essay_count"),
        ({"essay_ids": ["a", "a", "b"]}, "essay_ids"),
        ({"essay_ids": ["a", "b"]}, "essay_ids"),
        ({"essay_ids": ["a", "", "b"]}, "essay_ids"),
        ({"essay_ids": ["a", "b", "c" * 201]}, "essay_ids"),
        ({"language": "fi"}, "language"),
        ({"requested_pipeline": "magic"}, "requested_pipeline"),
        ({"priority": "urgent"}, "priority"),
        ({"partial_batch_threshold": 0}, "partial_batch_threshold"),
        ({"class_designation": "x" * 51}, "class_designation"),
        ({"essay_instructions": "a\x00b"}, "essay_instructions"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_registration_says_which_field_is_wrong(
    api: APIClient, change: dict[str, Any], field: str
) -> None:
    answer = api.post("/v1/batches/register", {**CLASS, **change})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    body = answer.json()
    errors = body["errors"]
    assert list(errors) == [field]
    assert set(body) == {"code", "detail", "errors", "correlation_id"}
    assert not Batch.objects.exists()
