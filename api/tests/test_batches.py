"""A batch is listed, shown, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent
from files.models import Upload
from tests.essays import essay_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def titles(client: APIClient, query: str = "") -> list[str]:
    answer = client.get(f"/v1/batches{query}")
    assert answer.status_code == HTTPStatus.OK, answer.content
    return [batch["title"] for batch in answer.json()["results"]]


def test_list_shows_the_teacher_s_own_batches_the_newest_first(
    api: APIClient, teacher: User, colleague: User
) -> None:
    register(teacher, title="first")
    register(teacher, title="second")
    register(colleague, title="a colleague's")

    assert titles(api) == ["second", "first"]


def test_list_comes_in_pages(api: APIClient, teacher: User) -> None:
    for n in range(3):
        register(teacher, title=str(n))

    page = api.get("/v1/batches?limit=2&offset=1").json()

    assert page["count"] == 3
    assert [batch["title"] for batch in page["results"]] == ["1", "0"]
    assert page["next"] is None
    assert "limit=2" in page["previous"]


def test_list_filters_by_the_words_that_clients_see(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    done = register(teacher, 1, title="done")
    hand_in_good(done, 1)
    drain()
    register(teacher, 1, title="waiting")

    assert titles(api, "?status=completed_successfully") == ["done"]
    assert titles(api, "?status=pending_content&status=failed") == ["waiting"]
    assert titles(api, "?status=cancelled") == []


def test_list_refuses_a_status_that_does_not_exist(api: APIClient) -> None:
    answer = api.get("/v1/batches?status=sleeping")

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert list(answer.json()["errors"]) == ["status"]


@pytest.mark.parametrize(
    "query",
    ["?course=eng 6", "?class=sa23b", "?q=my SCHOOL", "?q=sa23", "?q=ENG6"],
)
def test_list_finds_a_batch_by_what_is_said_about_it(
    api: APIClient, teacher: User, query: str
) -> None:
    register(teacher, title="About my school", class_designation="SA23B")
    register(teacher, title="Another", course_code="SV2", class_designation="NA23A")

    assert titles(api, query) == ["About my school"]


def test_list_leaves_out_what_is_put_away_until_asked(api: APIClient, teacher: User) -> None:
    register(teacher, title="here")
    away = register(teacher, title="away")
    api.patch(f"/v1/batches/{away.pk}", {"archived": True})

    assert titles(api) == ["here"]
    assert titles(api, "?archived=true") == ["away"]
    assert titles(api, "?archived=false") == ["here"]


def test_detail_shows_the_batch_with_its_honest_count(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 3, class_designation="SA23B")
    hand_in_good(batch, 1)
    drain()

    shown = api.get(f"/v1/batches/{batch.pk}").json()

    assert shown["batch_id"] == str(batch.pk)
    assert shown["class_designation"] == "SA23B"
    assert shown["status"] == "pending_content"
    assert shown["counts"] == {
        "expected": 3,
        "slots": 3,
        "awaiting": 2,
        "ingesting": 0,
        "ready": 1,
        "failed": 0,
        "absent": 0,
        "excess": 0,
    }


def test_change_of_words_is_kept(api: APIClient, teacher: User) -> None:
    batch = register(teacher)

    answer = api.patch(f"/v1/batches/{batch.pk}", {"title": "New", "class_designation": ""})

    assert answer.status_code == HTTPStatus.OK
    assert answer.json()["title"] == fresh(batch).title == "New"


def test_higher_expectation_takes_in_a_file_that_was_too_many(
    api: APIClient, teacher: User
) -> None:
    batch = register(teacher, 1)
    hand_in_good(batch, 2)

    answer = api.patch(f"/v1/batches/{batch.pk}", {"expected_essay_count": 2})

    assert answer.json()["counts"]["ingesting"] == 2
    assert answer.json()["counts"]["excess"] == 0


def test_expectation_below_what_is_here_is_a_conflict_and_changes_nothing(
    api: APIClient, teacher: User
) -> None:
    batch = register(teacher, 3, title="Before")
    hand_in_good(batch, 2)

    answer = api.patch(f"/v1/batches/{batch.pk}", {"title": "After", "expected_essay_count": 1})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "slots_in_use"
    assert fresh(batch).title == "Before"


def test_deletion_leaves_nothing_of_the_batch(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)
    hand_in(batch, essay_file("one.txt"))

    answer = api.delete(f"/v1/batches/{batch.pk}")

    assert answer.status_code == HTTPStatus.NO_CONTENT
    assert not Batch.objects.exists()
    assert not Upload.objects.exists()
    assert not StoredContent.objects.exists()
    assert api.get(f"/v1/batches/{batch.pk}").status_code == HTTPStatus.NOT_FOUND
