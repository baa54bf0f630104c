"""Registration: a course code gives the language, and slots are there at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from batches import courses, flow
from batches.models import Batch
from events.models import Event
from events.topics import BatchEssaysRegistered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ENG5", "en"),
        ("ENG6", "en"),
        ("ENG7", "en"),
        ("eng 6", "en"),
        ("SV1", "sv"),
        ("SV2", "sv"),
        ("SV3", "sv"),
        ("SVE", "sv"),
        ("SVA", "sv"),
    ],
)
def test_language_follows_from_the_course_code(code: str, language: str) -> None:
    assert courses.language_of(code) == language


def test_unknown_course_is_refused_with_the_known_ones(teacher: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        flow.register(owner=teacher, course_code="MA1", expected_essay_count=2)

    [message] = refusal.value.message_dict["course_code"]
    assert "ENG5, ENG6, ENG7, SV1, SV2, SV3, SVE, SVA" in message


def test_language_that_is_given_wins_over_the_course(teacher: User) -> None:
    batch = flow.register(owner=teacher, course_code="ENG6", language="sv", expected_essay_count=1)

    assert batch.language == "sv"


def test_slots_carry_the_references_that_were_given(teacher: User) -> None:
    batch = flow.register(owner=teacher, course_code="ENG6", essay_ids=["alva", "bo", "cim"])

    assert batch.expected_essay_count == 3
    assert list(batch.essays.values_list("reference", flat=True)) == ["alva", "bo", "cim"]


def test_references_are_generated_when_none_are_given(teacher: User) -> None:
    batch = flow.register(owner=teacher, course_code="ENG6", expected_essay_count=2)

    references = list(batch.essays.values_list("reference", flat=True))
    assert references == ["essay-01", "essay-02"]


def test_batch_without_a_number_is_open_and_has_no_slots_yet(teacher: User) -> None:
    batch = flow.register(owner=teacher, course_code="SV2")

    assert batch.is_open
    assert not batch.essays.exists()


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param({"essay_ids": ["a", "a"]}, id="twice the same reference"),
        pytest.param({"essay_ids": ["a", " "]}, id="an empty reference"),
        pytest.param({"essay_ids": ["a"], "expected_essay_count": 2}, id="fewer than expected"),
        pytest.param({"expected_essay_count": 0}, id="no essay at all"),
        pytest.param({"expected_essay_count": 100_000}, id="more than a batch holds"),
        pytest.param({"language": "de"}, id="a language that nothing checks"),
        pytest.param({"partial_batch_threshold": 0}, id="a threshold of nothing"),
    ],
)
def test_registration_with_a_mistake_leaves_nothing_behind(
    teacher: User, mistake: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        flow.register(owner=teacher, course_code="ENG6", **mistake)

    assert not Batch.objects.exists()
    assert not Event.objects.exists()


def test_registered_event_tells_the_slots_and_nothing_of_the_course(teacher: User) -> None:
    batch = flow.register(owner=teacher, course_code="ENG6", essay_ids=["a", "b"])

    event = Event.objects.get(event_type=BatchEssaysRegistered.topic)
    assert event.data == {
        "batch_id": str(batch.pk),
        "expected_essay_count": 2,
        "essay_ids": ["a", "b"],
    }
    assert event.actor_id == teacher.pk
    assert event.correlation_id == batch.correlation_id
