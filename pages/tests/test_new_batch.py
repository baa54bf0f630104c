"""The page on which a batch begins."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from lifecycle.models import Essay
from tests.essays import essay_file, register

NEW = reverse("pages:batch-new")
DETAILS = {"title": "Phones", "course_code": "ENG6", "class_designation": "9B", "auto_start": "on"}


def test_new_batch_with_its_files_goes_all_the_way_without_another_click(
    browser: Client, drain: Callable[[], int]
) -> None:
    files = [essay_file("alva.txt"), essay_file("Åke.txt")]

    response = browser.post(NEW, {**DETAILS, "expects": "these", "files": files})
    drain()

    batch = Batch.objects.get()
    assert response.headers["Location"] == batch.get_absolute_url()
    assert (batch.language, batch.class_designation) == ("en", "9B")
    assert (batch.expected_essay_count, batch.status) == (2, "completed_successfully")


def test_new_batch_may_expect_more_than_comes_now(browser: Client) -> None:
    expects = {"expects": "number", "expected_essay_count": "28"}

    browser.post(NEW, {**DETAILS, **expects, "files": [essay_file("alva.txt")]})

    assert Batch.objects.get().expected_essay_count == 28
    assert Essay.objects.count() == 28


def test_new_batch_may_stay_open_until_the_teacher_says_so(browser: Client) -> None:
    browser.post(NEW, {**DETAILS, "expects": "open", "files": [essay_file("alva.txt")]})

    assert Batch.objects.get().is_open


def test_new_batch_without_files_stays_open(browser: Client) -> None:
    browser.post(NEW, {**DETAILS, "expects": "these"})

    assert Batch.objects.get().is_open


def test_new_batch_of_another_course_takes_the_language_that_is_chosen(browser: Client) -> None:
    browser.post(NEW, {**DETAILS, "course_code": "other:sv", "expects": "open"})

    assert Batch.objects.get().language == "sv"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"course_code": ""}, "Choose the course"), ({"expects": "number"}, "for example 28")],
    ids=["no course", "no number"],
)
def test_new_batch_says_what_is_missing(browser: Client, wrong: dict[str, str], said: str) -> None:
    page = browser.post(NEW, {**DETAILS, "expects": "open", **wrong})

    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in page.text
    assert not Batch.objects.exists()


def test_form_of_a_new_batch_begins_as_the_last_one(browser: Client, teacher: User) -> None:
    register(teacher, course_code="SV2", class_designation="NA21")

    page = browser.get(NEW).text

    assert '<option value="SV2" selected>' in page
    assert 'value="NA21"' in page


def test_script_is_told_where_to_send_the_files(browser: Client) -> None:
    accept = {"Accept": "application/json"}

    answer = browser.post(NEW, {**DETAILS, "expects": "these"}, headers=accept)

    batch = Batch.objects.get()
    assert answer.status_code == HTTPStatus.CREATED
    assert answer.json()["files"] == reverse("pages:batch-files", args=[batch.pk])
    assert answer.json()["close"] == reverse("pages:batch-close", args=[batch.pk])
