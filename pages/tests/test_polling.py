"""A page that keeps itself current: cheap while nothing happens, and never for somebody else."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from time import time

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from pages.tests.conftest import CountQueries

HTMX = {"HX-Request": "true"}


def seen(browser: Client, batch: Batch) -> str:
    """What a page that has just been loaded knows."""
    token: str = browser.get(batch.get_absolute_url()).context["live"].token
    return token


def poll(browser: Client, batch: Batch, token: str, **known: str | int) -> HttpResponse:
    given: dict[str, str | int] = {"seen": token, **known}
    return browser.get(batch.get_absolute_url(), given, headers=HTMX)  # type: ignore[return-value]  # the test client's own class


def test_poll_without_news_is_answered_with_nothing_in_two_queries(
    browser: Client, checked_batch: Batch, n_queries: CountQueries
) -> None:
    token = seen(browser, checked_batch)

    def ask() -> None:
        assert poll(browser, checked_batch, token).status_code == HTTPStatus.NO_CONTENT

    assert n_queries(ask) == 2  # the session, and the batch together with the user


def test_poll_with_news_is_answered_with_the_parts_that_change(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    token = seen(browser, waiting_batch)
    drain()

    answer = poll(browser, waiting_batch, token)

    assert "HX-Request" in answer.headers["Vary"]
    assert b"<html" not in answer.content
    assert b'id="rows"' in answer.content


def test_next_page_of_a_scan_is_news(browser: Client, waiting_batch: Batch) -> None:
    Upload.objects.filter(original_name="hugo.pdf").update(is_long=True, pages_done=0)
    token = seen(browser, waiting_batch)

    Upload.objects.filter(original_name="hugo.pdf").update(pages_done=2, page_count=12)

    assert "page 3 of 12" in poll(browser, waiting_batch, token).content.decode()


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"is_long": True, "failure_code": "takes_long"}, "The document is long"),
        ({"failure_code": "scanner_unavailable"}, "The virus scanner does not answer."),
    ],
    ids=["long", "no scanner"],
)
def test_reason_for_which_a_file_waits_is_news(
    browser: Client, waiting_batch: Batch, columns: dict[str, object], said: str
) -> None:
    token = seen(browser, waiting_batch)

    Upload.objects.filter(original_name="hugo.pdf").update(**columns)

    assert said in poll(browser, waiting_batch, token).content.decode()


@pytest.mark.parametrize(("left", "is_news"), [(40, False), (50, True)])
def test_time_left_that_is_not_true_any_more_is_news(
    browser: Client, waiting_batch: Batch, left: int, is_news: bool
) -> None:
    token, until = seen(browser, waiting_batch), int(time()) + 38

    answer = poll(browser, waiting_batch, token, until=until, left=left)

    assert (answer.status_code == HTTPStatus.OK) == is_news


def test_nonsense_as_known_is_answered_like_any_question(
    browser: Client, waiting_batch: Batch
) -> None:
    answer = poll(browser, waiting_batch, "x", until="soon", left="²", show="everything")

    assert answer.status_code == HTTPStatus.OK


def test_stranger_is_told_nothing_about_what_happens(
    client: Client, stranger: User, browser: Client, waiting_batch: Batch
) -> None:
    token = seen(browser, waiting_batch)
    client.force_login(stranger)

    assert poll(client, waiting_batch, token).status_code == HTTPStatus.NOT_FOUND


def signed_out(user: User, browser: Client) -> None:
    browser.logout()


def closed(user: User, browser: Client) -> None:
    User.objects.update(is_active=False)


def of_another_password(user: User, browser: Client) -> None:
    user.set_password("another one altogether")
    user.save()


@pytest.mark.parametrize("end", [signed_out, closed, of_another_password])
def test_poll_of_a_session_that_has_ended_leads_to_signing_in(
    browser: Client, teacher: User, waiting_batch: Batch, end: Callable[[User, Client], None]
) -> None:
    token = seen(browser, waiting_batch)

    end(teacher, browser)

    answer = poll(browser, waiting_batch, token)
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"].startswith("/login")
