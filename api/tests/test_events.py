"""The event log of a batch and the timeline of an essay."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.essays import hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def topics(listed: list[Any]) -> list[str]:
    return [event["event_type"].removeprefix("huleedu.") for event in listed]


def test_events_of_a_batch_come_in_order_in_their_envelope(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1, essay_ids=["anna"])
    hand_in_good(batch, 1)
    drain()

    events = api.get(f"/v1/events?batch_id={batch.pk}").json()["results"]

    assert topics(events) == [
        "batch.essays.registered.v1",
        "els.essay.slot.assigned.v1",
        "file.batch.file.added.v1",
        "file.essay.content.ready.v1",
        "batch.content.provisioning.completed.v1",
        "els.batch.essays.ready.v1",
        "els.spellcheck.initiate.command.v1",
        "essay.spellcheck.completed.v1",
        "els.batch_phase.outcome.v1",
        "batch.pipeline.completed.v1",
    ]
    first = events[0]
    assert set(first) == {
        "event_id",
        "event_type",
        "event_timestamp",
        "source_service",
        "schema_version",
        "correlation_id",
        "data",
    }
    assert first["event_timestamp"].endswith("Z")
    assert (first["source_service"], first["schema_version"]) == ("batches", 1)
    assert first["data"] == {
        "batch_id": str(batch.pk),
        "expected_essay_count": 1,
        "essay_ids": ["anna"],
    }


def test_events_are_filtered_by_topic_and_essay(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    drain()
    essay = batch.essays.get(position=1)

    topic = "huleedu.essay.spellcheck.completed.v1"
    query = f"?batch_id={batch.pk}&event_type={topic}&essay_id={essay.pk}"
    events = api.get(f"/v1/events{query}").json()["results"]

    assert [event["data"]["essay_id"] for event in events] == [str(essay.pk)]


@pytest.mark.parametrize("query", ["", "?batch_id=", "?batch_id=nonsense"])
def test_events_want_to_know_of_which_batch(api: APIClient, query: str) -> None:
    answer = api.get(f"/v1/events{query}")

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert list(answer.json()["errors"]) == ["batch_id"]


def test_id_of_a_batch_may_have_blanks_around_it(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)

    answer = api.get("/v1/events", {"batch_id": f" {batch.pk} "})

    assert answer.status_code == HTTPStatus.OK


def test_timeline_tells_what_happened_to_one_essay(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    drain()
    essay, other = batch.essays.order_by("position")

    timeline = api.get(f"/v1/essays/{essay.pk}/timeline").json()["timeline"]

    assert topics(timeline) == [
        "els.essay.slot.assigned.v1",
        "file.batch.file.added.v1",
        "file.essay.content.ready.v1",
        "els.batch.essays.ready.v1",
        "els.spellcheck.initiate.command.v1",
        "essay.spellcheck.completed.v1",
        "els.batch_phase.outcome.v1",
    ]
    assert all(event["data"].get("essay_id") != str(other.pk) for event in timeline)
