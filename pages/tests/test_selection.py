"""Which essays the table shows: plain parameters of the address, kept by what a page does next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from batches.models import Batch
from files.models import Upload
from tests.essays import essay_file, hand_in


@pytest.fixture
def mixed_batch(teacher: object, waiting_batch: Batch, drain: Callable[[], int]) -> Batch:
    """One read, one that could not be, and one that was hard to read."""
    hand_in(waiting_batch, essay_file("Åsa.txt"))
    drain()
    Upload.objects.filter(original_name="Åsa.txt").update(warnings=["ocr_please_check"])
    return waiting_batch


def names(browser: Client, batch: Batch, query: str) -> list[str]:
    shown = browser.get(batch.get_absolute_url() + query).context["live"].shown
    return [row.label for row in shown]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["essay 1.txt", "hugo.pdf", "Åsa.txt"]),
        ("?show=needs", ["hugo.pdf"]),
        ("?show=check", ["Åsa.txt"]),
        ("?show=ready", ["essay 1.txt", "Åsa.txt"]),
        ("?q=åsa", ["Åsa.txt"]),
        ("?q=a%CC%8Asa", ["Åsa.txt"]),
        ("?show=ready&q=hugo", []),
        ("?show=nonsense", ["essay 1.txt", "hugo.pdf", "Åsa.txt"]),
    ],
)
def test_table_shows_what_the_address_asks_for(
    browser: Client, mixed_batch: Batch, query: str, shown: list[str]
) -> None:
    assert names(browser, mixed_batch, query) == shown


def test_each_choice_says_how_many_it_shows(browser: Client, mixed_batch: Batch) -> None:
    tabs = browser.get(mixed_batch.get_absolute_url()).context["live"].tabs

    assert {tab.label: tab.n for tab in tabs} == {
        "All": 3,
        "Needs you": 1,
        "Please check": 1,
        "Ready": 2,
    }
    assert all(len(names(browser, mixed_batch, tab.query)) == tab.n for tab in tabs)


def test_counts_of_the_batch_do_not_depend_on_what_is_shown(
    browser: Client, mixed_batch: Batch
) -> None:
    page = browser.get(mixed_batch.get_absolute_url(), {"show": "needs"}).text

    assert "<b>2</b> of 3 checked" in page or "<b>2</b> of 3 ready" in page


def test_what_is_shown_stays_when_the_page_asks_again_and_after_a_click(
    browser: Client, mixed_batch: Batch
) -> None:
    given = {"show": "check", "q": "å"}
    page = browser.get(mixed_batch.get_absolute_url(), given)
    assert page.context["live"].poll_query.startswith("?show=check&q=%C3%A5&seen=")

    answer = browser.post(reverse("pages:batch-retry", args=[mixed_batch.pk]), given)

    assert answer.headers["Location"] == f"{mixed_batch.get_absolute_url()}?show=check&q=%C3%A5"


def test_choice_that_is_empty_leads_back_to_all(browser: Client, mixed_batch: Batch) -> None:
    page = browser.get(mixed_batch.get_absolute_url(), {"q": "nobody"}).text

    assert "No essay is like that now." in page
    assert f'<a href="{mixed_batch.get_absolute_url()}">Show all</a>' in page
