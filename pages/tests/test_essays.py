from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from lifecycle.models import Essay, EssayText
from pages.tests.conftest import CountQueries
from spellcheck.models import Misspelling
from tests.essays import essay_file, hand_in, register

HTMX = {"HX-Request": "true"}


def decide(browser: Client, verb: str, mark: Misspelling, *, htmx: bool = True, **data: str) -> Any:
    url = reverse(f"pages:mark-{verb}", args=[mark.pk])
    return browser.post(url, data, headers=HTMX if htmx else {})


def essay_of(mark: Misspelling) -> Essay:
    return mark.result.text.essay


@pytest.fixture
def checked(teacher: User, drain: Callable[[], int]) -> Callable[[str], Essay]:
    """Hands in one text and has it checked."""

    def check(text: str) -> Essay:
        batch = register(teacher, 1)
        hand_in(batch, essay_file("one.txt", text))
        drain()
        return batch.essays.get()

    return check


# --- the text -------------------------------------------------------------------------------
def test_text_is_shown_as_written_with_its_language(
    browser: Client, checked: Callable[[str], Essay]
) -> None:
    essay = checked("We went home  becouse it rained.\nThen we ate.\n\nThe end of the day came.")

    page = browser.get(essay.get_absolute_url()).text

    assert '<article class="essay" id="text" lang="en"' in page
    assert "We went home  <button" in page
    assert "it rained.\nThen we ate.</p>" in page


def test_markup_in_a_pupils_text_is_only_text(
    browser: Client, checked: Callable[[str], Essay]
) -> None:
    essay = checked("I wrote <script>alert(1)</script> & <b>bold</b> becouse I could do it then.")

    page = browser.get(essay.get_absolute_url()).text

    assert "<script>alert" not in page
    assert "&amp; &lt;b&gt;" in page


def test_each_mark_is_a_button_that_says_its_kind(browser: Client, mark: Misspelling) -> None:
    page = browser.get(essay_of(mark).get_absolute_url()).text

    assert f'name="mark" value="{mark.pk}" id="m{mark.pk}"' in page
    assert '<span class="visually-hidden">spelling: </span>becouse' in page


def test_card_offers_up_to_five_suggestions_best_first(browser: Client, mark: Misspelling) -> None:
    page = browser.get(essay_of(mark).get_absolute_url(), {"mark": mark.pk}).text

    assert page.count('name="replacement" value=') == len(mark.suggestions[:5])
    assert 'name="replacement" value="because"' in page


def test_essay_that_is_not_read_says_why(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()
    broken = waiting_batch.essays.get(status="content_ingestion_failed")

    page = browser.get(broken.get_absolute_url()).text

    assert "The file is damaged." in page
    assert reverse("pages:essay-file", args=[broken.pk]) in page


def test_essay_without_a_mark_says_so(browser: Client, checked: Callable[[str], Essay]) -> None:
    essay = checked("This is a good text and nothing is wrong with it at all.")

    assert "No marks" in browser.get(essay.get_absolute_url()).text


def test_neighbours_follow_the_order_of_names(
    browser: Client, teacher: User, drain: Callable[[], int]
) -> None:
    batch = register(teacher, 3)
    for name in ("Åsa.txt", "alva.txt", "örjan.txt"):
        hand_in(batch, essay_file(name))
    drain()

    context = browser.get(batch.essays.get(file_name="Åsa.txt").get_absolute_url()).context

    assert context["previous"].file_name == "alva.txt"
    assert context["next"].file_name == "örjan.txt"


def test_page_costs_the_same_for_few_marks_and_for_many(
    browser: Client, checked: Callable[[str], Essay], n_queries: CountQueries
) -> None:
    few = checked("We went home becouse it rained.")
    many = checked("We went home becouse it rained, definately. " * 30)

    def look(essay: Essay) -> int:
        return n_queries(lambda: browser.get(essay.get_absolute_url()))

    assert look(few) == look(many)


# --- decisions ------------------------------------------------------------------------------
def test_accepting_shows_the_next_mark_and_what_is_left(browser: Client, mark: Misspelling) -> None:
    answer = decide(browser, "accept", mark, replacement="because")

    mark.refresh_from_db()
    assert (mark.decision, mark.replacement) == ("accepted", "because")
    assert f'data-mark="{mark.pk}"' not in answer.text
    assert 'data-fix="because"' in answer.text
    assert "Accepted." in answer.text


def test_accepting_never_rewrites_the_text(browser: Client, mark: Misspelling) -> None:
    before = EssayText.objects.get(pk=mark.result.text_id).body

    decide(browser, "accept", mark, replacement="because")

    assert EssayText.objects.get(pk=mark.result.text_id).body == before


def test_own_correction_is_kept_and_escaped(browser: Client, mark: Misspelling) -> None:
    answer = decide(browser, "accept", mark, replacement='  "for"  ')

    mark.refresh_from_db()
    assert mark.replacement == '"for"'
    assert 'data-fix="&quot;for&quot;"' in answer.text


def test_mark_is_ignored_and_taken_back(browser: Client, mark: Misspelling) -> None:
    decide(browser, "ignore", mark)
    mark.refresh_from_db()
    assert mark.decision == "ignored"

    answer = decide(browser, "undo", mark)

    mark.refresh_from_db()
    assert mark.decision == "open"
    assert f'data-mark="{mark.pk}"' in answer.text


def test_decision_without_scripts_leads_back_to_the_essay(
    browser: Client, mark: Misspelling
) -> None:
    response = decide(browser, "ignore", mark, htmx=False)

    assert response.status_code == HTTPStatus.FOUND
    assert response.headers["Location"].startswith(essay_of(mark).get_absolute_url() + "?mark=")


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_empty_correction_changes_nothing_and_says_why(
    browser: Client, mark: Misspelling, htmx: bool
) -> None:
    answer = decide(browser, "accept", mark, htmx=htmx, replacement="  ")

    page = answer if htmx else browser.get(answer.headers["Location"])
    mark.refresh_from_db()
    assert mark.decision == "open"
    assert "Write the correction" in page.text


def test_what_another_window_decided_is_shown_not_overwritten(
    browser: Client, mark: Misspelling
) -> None:
    decide(browser, "ignore", mark)

    answer = decide(browser, "ignore", mark)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert f'data-mark="{mark.pk}"' in answer.text


def test_last_decision_says_that_all_are_decided(
    browser: Client, checked: Callable[[str], Essay]
) -> None:
    checked("We went home becouse it rained all day long.")

    answer = decide(browser, "accept", Misspelling.objects.get(), replacement="because")

    assert "0 left." in answer.text


# --- the text is corrected by hand ------------------------------------------------------------
def test_corrected_text_is_a_new_version_and_is_checked(
    browser: Client, mark: Misspelling, drain: Callable[[], int]
) -> None:
    essay = essay_of(mark)

    browser.post(reverse("pages:essay-text", args=[essay.pk]), {"body": "A definately new text."})
    drain()

    assert list(essay.texts.values_list("source", flat=True)) == ["extracted", "edited"]
    assert "definately" in browser.get(essay.get_absolute_url()).context["desk"].marks[0].word


@pytest.mark.parametrize(
    ("auto_start", "said"),
    [(True, "The text is checked anew."), (False, "Have the text checked again afterwards.")],
)
def test_page_for_a_correction_says_whether_it_is_checked(
    browser: Client, checked_batch: Batch, auto_start: bool, said: str
) -> None:
    Batch.objects.filter(pk=checked_batch.pk).update(auto_start=auto_start)
    essay = checked_batch.essays.ready()[0]

    page = browser.get(reverse("pages:essay-text", args=[essay.pk])).text

    assert said in page
    assert ("Save and check again" in page) == auto_start
