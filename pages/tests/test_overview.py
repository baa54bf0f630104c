from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from batches import flow as batches
from batches.models import Batch
from pages.tests.conftest import CountQueries
from tests.essays import broken_file, hand_in, hand_in_good, register

OVERVIEW = reverse("pages:overview")


def section(page: str, heading: str) -> str:
    """The part of the page under a heading."""
    return page.partition(f">{heading}</h2>")[2].partition("</section>")[0]


def test_overview_without_batches_says_what_a_batch_is(browser: Client) -> None:
    page = browser.get(OVERVIEW).text

    assert "No batches yet" in page
    assert reverse("pages:batch-new") in page


def test_first_batch_may_be_made_of_the_sample_essays(
    browser: Client, drain: Callable[[], int]
) -> None:
    assert "Try with sample essays" in browser.get(OVERVIEW).text

    browser.post(reverse("pages:batch-sample"))
    drain()

    assert Batch.objects.get().status == Batch.Status.COMPLETED_WITH_FAILURES


def test_batch_with_a_broken_file_needs_the_teacher_and_says_why(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()

    found = section(browser.get(OVERVIEW).text, "Needs you")

    assert "Phones in school" in found
    assert "1 file is damaged." in found
    assert "1 of 3 ready" in found


def test_batch_whose_files_are_being_read_is_in_progress(
    browser: Client, waiting_batch: Batch
) -> None:
    found = section(browser.get(OVERVIEW).text, "In progress")

    assert "Reading text" in found
    assert "0 of 3" in found


def test_checked_batch_is_recently_done_with_its_numbers(
    browser: Client, checked_batch: Batch
) -> None:
    found = section(browser.get(OVERVIEW).text, "Recently done")

    assert "A place I know" in found
    assert "Reading text" not in found


def test_batch_that_waits_for_its_teacher_to_start_needs_the_teacher(
    browser: Client, teacher: User, drain: Callable[[], int]
) -> None:
    hand_in_good(register(teacher, 1, title="Held back", auto_start=False), 1)
    drain()

    assert "Everything is read" in section(browser.get(OVERVIEW).text, "Needs you")


def test_batch_whose_time_is_over_says_how_many_have_not_come(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()
    Batch.objects.update(readiness_timed_out_at=timezone.now())

    assert "1 essay has not come." in section(browser.get(OVERVIEW).text, "Needs you")


def test_old_open_batch_asks_whether_all_files_are_in(browser: Client, teacher: User) -> None:
    hand_in_good(register(teacher, None, timeout_seconds=0, title="Open"), 1)

    assert "Are all files in?" in section(browser.get(OVERVIEW).text, "Needs you")


def test_cancelled_batch_needs_nobody(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()
    browser.post(reverse("pages:batch-cancel", args=[waiting_batch.pk]))

    page = browser.get(OVERVIEW).text

    assert not section(page, "Needs you")
    assert "Phones in school" in section(page, "Recently done")


def test_batch_without_a_name_can_be_opened(browser: Client) -> None:
    new = {"course_code": "other:en", "expects": "open", "auto_start": "on"}
    browser.post(reverse("pages:batch-new"), new)

    page = browser.get(OVERVIEW).text

    assert re.search(rf'<a href="{Batch.objects.get().get_absolute_url()}">English [^<]+', page)


@pytest.mark.parametrize(
    ("broken", "chosen", "said"),
    [
        (1, 0, "Start the check with what is here"),
        (0, 0, "Everything is read."),
        (0, 1, "1 essay is not checked."),
    ],
    ids=["a file is unreadable", "all are read", "one of two was checked"],
)
def test_teacher_who_starts_the_checks_is_told_what_waits(
    browser: Client, teacher: User, drain: Callable[[], int], broken: int, chosen: int, said: str
) -> None:
    batch = register(teacher, 2 + broken, auto_start=False)
    hand_in_good(batch, 2)
    for n in range(broken):
        hand_in(batch, broken_file(f"{n}.pdf"))
    drain()
    for essay in batch.essays.ready().order_by("position")[:chosen]:
        browser.post(reverse("pages:essay-check", args=[essay.pk]))
    drain()

    assert said in section(browser.get(OVERVIEW).text, "Needs you")


def test_batch_of_absent_pupils_needs_nobody(browser: Client, teacher: User) -> None:
    batch = register(teacher, 1)
    missing = batch.essays.get()
    browser.post(reverse("pages:essay-absent", args=[missing.pk]), {"absent": 1})

    assert not section(browser.get(OVERVIEW).text, "Needs you")


@pytest.mark.parametrize("url", ["/", "/archive", "/words"])
def test_search_for_what_no_text_can_hold_finds_what_is_beside_it(
    browser: Client, url: str
) -> None:
    assert browser.get(url, {"q": "\0", "class": "\0"}).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("query", "is_found"),
    [({"q": "phones"}, True), ({"q": "hugo"}, True), ({"class": "9B"}, True),
     ({"q": "poetry"}, False), ({"class": "9C"}, False)],
    ids=["title", "file name", "class", "other words", "other class"],
)  # fmt: skip
def test_overview_is_searched(
    browser: Client, waiting_batch: Batch, query: dict[str, str], is_found: bool
) -> None:
    page = browser.get(OVERVIEW, query).text

    assert ("Phones in school" in page) == is_found
    assert ("Nothing matches" in page) != is_found


def test_archived_batch_leaves_the_overview_for_the_archive(
    browser: Client, checked_batch: Batch, teacher: User
) -> None:
    batches.set_archived(checked_batch.pk, timezone.now())

    assert "A place I know" not in browser.get(OVERVIEW).text
    assert "A place I know" in browser.get(reverse("pages:archive")).text


def test_overview_costs_the_same_for_few_batches_and_for_many(
    browser: Client, teacher: User, drain: Callable[[], int], n_queries: CountQueries
) -> None:
    def make(n: int) -> None:
        for i in range(n):
            batch = register(teacher, 2, title=f"Batch {i}")
            hand_in(batch, broken_file(f"{i}.pdf"))
            hand_in_good(register(teacher, 1), 1)
        drain()

    make(1)
    few = n_queries(lambda: browser.get(OVERVIEW))
    make(10)
    assert n_queries(lambda: browser.get(OVERVIEW)) == few
