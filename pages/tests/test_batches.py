from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from lifecycle import readiness
from pages.live import IDLE_POLL_S
from pages.tests.conftest import CountQueries
from tests.essays import essay_file, fresh, hand_in, hand_in_good, register

NEW = reverse("pages:batch-new")
DETAILS = {"title": "Phones", "course_code": "ENG6", "class_designation": "9B", "auto_start": "on"}


def address(action: str, batch: Batch) -> str:
    return reverse(f"pages:batch-{action}", args=[batch.pk])


# --- the page -------------------------------------------------------------------------------
def test_page_says_the_honest_count_in_one_sentence(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()

    page = browser.get(waiting_batch.get_absolute_url()).text

    assert "<b>1</b> of 3 ready" in page
    assert "<b>1</b> needs you" in page
    assert "<b>1</b> missing" in page
    assert 'aria-label="1 read and waiting, 1 need you, 1 missing"' in page


def test_counts_of_the_page_are_those_of_the_database(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()

    shown = browser.get(waiting_batch.get_absolute_url()).context["live"].board.standing

    counts = readiness.count(waiting_batch)
    assert (shown.n_slots, shown.n_expected) == (counts.slots, counts.expected)
    assert (shown.n_ready, shown.n_reading) == (counts.ready, counts.ingesting)
    assert (shown.n_unreadable, shown.n_missing) == (counts.failed, counts.awaiting)


@pytest.mark.parametrize(
    ("locale", "said"),
    [("en", "The file is damaged. Ask the pupil"), ("sv", "Filen är skadad. Be eleven")],
)
def test_page_says_what_is_wrong_with_a_file_in_the_teachers_language(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int], locale: str, said: str
) -> None:
    drain()
    User.objects.update(locale=locale)

    assert said in browser.get(waiting_batch.get_absolute_url()).text


def test_page_asks_for_news_often_while_something_runs(
    browser: Client, waiting_batch: Batch
) -> None:
    assert 'hx-trigger="every 2s"' in browser.get(waiting_batch.get_absolute_url()).text


def test_page_asks_seldom_while_it_waits_for_files(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()

    assert 'hx-trigger="every 15s"' in browser.get(waiting_batch.get_absolute_url()).text


def test_page_of_a_checked_batch_asks_no_more(browser: Client, checked_batch: Batch) -> None:
    page = browser.get(checked_batch.get_absolute_url()).text

    assert "hx-trigger" not in page
    assert "<b>2</b> of 2 checked" in page


def test_page_asks_on_for_an_essay_that_was_read_after_the_batch_had_ended(
    browser: Client, checked_batch: Batch, drain: Callable[..., int]
) -> None:
    upload = checked_batch.uploads.first()
    assert upload is not None
    hand_in(checked_batch, essay_file("mended.txt"), replaces=upload.pk)

    drain(limit=1)  # it is read; the run that checks it has not begun

    assert 'hx-trigger="every 2s"' in browser.get(checked_batch.get_absolute_url()).text


def test_page_asks_on_until_the_status_has_followed_what_was_taken_out(
    browser: Client, checked_batch: Batch, drain: Callable[[], int]
) -> None:
    upload = checked_batch.uploads.all()[0]
    page = browser.post(reverse("pages:file-remove", args=[upload.pk]), follow=True).text
    assert 'hx-trigger="every 2s"' in page

    drain()

    assert "hx-trigger" not in browser.get(checked_batch.get_absolute_url()).text


@pytest.mark.parametrize("page", ["batch", "essay"])
def test_page_costs_the_same_for_few_essays_and_for_many(
    browser: Client, teacher: User, drain: Callable[[], int], n_queries: CountQueries, page: str
) -> None:
    few, many = register(teacher, 3), register(teacher, 30)
    hand_in_good(few, 3)
    hand_in_good(many, 30)
    drain()

    def look(batch: Batch) -> int:
        shown = batch if page == "batch" else batch.essays.all()[1]
        return n_queries(lambda: browser.get(shown.get_absolute_url()))

    assert look(few) == look(many)


# --- what the teacher does ------------------------------------------------------------------
def test_open_batch_is_closed_and_then_checked(
    browser: Client, teacher: User, drain: Callable[[], int]
) -> None:
    batch = register(teacher, None)
    hand_in_good(batch, 2)

    browser.post(address("close", batch))
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_rest_is_checked_where_somebody_has_chosen_one_essay(
    browser: Client, teacher: User, drain: Callable[[], int]
) -> None:
    batch = register(teacher, 3, auto_start=False)
    hand_in_good(batch, 3)
    drain()
    one = batch.essays.order_by("position")[0]
    browser.post(reverse("pages:essay-check", args=[one.pk]))
    drain()
    assert batch.runs.get().text_ids == [one.current_text_id]
    assert "Check the rest" in browser.get(batch.get_absolute_url()).text

    browser.post(reverse("pages:batch-start", args=[batch.pk]))
    drain()

    assert "Check the rest" not in browser.get(batch.get_absolute_url()).text
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_start_goes_on_with_what_is_here(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()

    browser.post(address("start", waiting_batch))
    drain()

    assert fresh(waiting_batch).status == Batch.Status.COMPLETED_WITH_FAILURES


def test_what_cannot_be_done_now_is_said_on_the_page(browser: Client, waiting_batch: Batch) -> None:
    page = browser.post(address("close", waiting_batch), follow=True)

    assert "This batch has a number of expected essays already." in page.text
    assert 'role="alert"' in page.text


def test_second_click_on_cancel_the_check_leaves_the_batch(
    browser: Client, teacher: User, drain: Callable[..., int]
) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    while not batch.runs.exists():
        drain(limit=1)

    for _ in ("click", "once more"):
        browser.post(address("cancel", batch), {"only": "run"})

    assert fresh(batch).status == Batch.Status.READY_FOR_PIPELINE_EXECUTION


def test_batch_that_has_ended_is_not_reopened_from_a_stale_page(
    browser: Client, checked_batch: Batch
) -> None:
    before = fresh(checked_batch).status

    page = browser.post(address("reopen", checked_batch), follow=True).text

    assert "cannot become" in page
    assert fresh(checked_batch).status == before


def test_page_of_a_batch_that_was_deleted_in_another_window_is_loaded_anew(
    browser: Client, waiting_batch: Batch
) -> None:
    url = waiting_batch.get_absolute_url()
    browser.post(address("delete", waiting_batch))

    answer = browser.get(url, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Refresh"]) == (HTTPStatus.NOT_FOUND, "true")
    assert browser.get(url).status_code == HTTPStatus.NOT_FOUND


def test_page_with_texts_that_nobody_checks_asks_seldom_and_a_cancelled_one_never(
    browser: Client, teacher: User, drain: Callable[[], int]
) -> None:
    batch = register(teacher, 2, auto_start=False)
    hand_in_good(batch, 2)
    drain()
    browser.post(reverse("pages:essay-check", args=[batch.essays.order_by("position")[0].pk]))
    drain()
    assert browser.get(batch.get_absolute_url()).context["live"].poll_s == IDLE_POLL_S

    other = register(teacher, 2)
    hand_in_good(other, 1)
    drain()
    browser.post(address("cancel", other))
    assert browser.get(other.get_absolute_url()).context["live"].poll_s is None


def test_batch_is_cancelled_and_reopened(browser: Client, waiting_batch: Batch) -> None:
    page = browser.post(address("cancel", waiting_batch), follow=True)
    assert "This batch is cancelled." in page.text

    browser.post(address("reopen", waiting_batch))
    assert fresh(waiting_batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION


def test_expected_number_is_raised(browser: Client, waiting_batch: Batch) -> None:
    browser.post(address("expect", waiting_batch), {"expected": "5"})

    assert fresh(waiting_batch).expected_essay_count == 5


def test_nonsense_as_expected_number_changes_nothing(browser: Client, waiting_batch: Batch) -> None:
    page = browser.post(address("expect", waiting_batch), {"expected": "many"}, follow=True)

    assert "for example 28" in page.text
    assert fresh(waiting_batch).expected_essay_count == 3


def test_failed_files_are_all_tried_again(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()

    browser.post(address("retry", waiting_batch))

    assert readiness.count(waiting_batch).ingesting == 1


def test_details_are_changed(browser: Client, waiting_batch: Batch) -> None:
    browser.post(
        address("details", waiting_batch), {"title": "Mobiles", "essay_instructions": "Argue."}
    )

    changed = fresh(waiting_batch)
    assert (changed.title, changed.essay_instructions) == ("Mobiles", "Argue.")


def test_batch_is_put_away_and_taken_out_again(browser: Client, waiting_batch: Batch) -> None:
    for _ in ("click", "once more"):
        browser.post(address("archive", waiting_batch), {"away": 1})
        assert fresh(waiting_batch).archived_at

    browser.post(address("archive", waiting_batch), {"away": 0})
    assert fresh(waiting_batch).archived_at is None


def test_deletion_says_how_much_goes_and_deletes(browser: Client, checked_batch: Batch) -> None:
    assert "Delete 2 essays" in browser.get(checked_batch.get_absolute_url()).text

    page = browser.post(address("delete", checked_batch), follow=True)

    assert "has been deleted" in page.text
    assert not Batch.objects.exists()
