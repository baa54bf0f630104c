"""History and undo on an essay's page, other windows, and another check."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from files import flow as files
from lifecycle.models import Essay
from pages.tests.conftest import CountQueries
from pipelines import flow as pipelines
from pipelines import steps, texts
from pipelines.models import EssayPhase
from spellcheck import flow, wordlist
from spellcheck.lists import WordList
from spellcheck.models import Misspelling, SpellcheckResult, Verdict
from tests.essays import fresh, hand_in_good, register

Drain = Callable[..., int]


def post(browser: Client, name: str, pk: object, *, htmx: bool = True, **data: str) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(reverse(f"pages:{name}", args=[pk]), data, headers=headers)


@pytest.fixture
def essay(mark: Misspelling) -> Essay:
    return mark.result.text.essay


def page_of(browser: Client, essay: Essay) -> Any:
    return browser.get(essay.get_absolute_url())


# --- undo and history -------------------------------------------------------------------------
@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_step_is_taken_back_from_the_history(
    browser: Client, mark: Misspelling, essay: Essay, teacher: User, htmx: bool
) -> None:
    step = wordlist.accept_all(mark, "because", by=teacher)

    answer = post(browser, "decision-undo", step.pk, htmx=htmx, essay=str(essay.pk))

    assert set(Misspelling.objects.values_list("decision", flat=True)) == {"open"}
    if htmx:
        assert "Taken back. 2 marks." in answer.text
        assert f'data-mark="{mark.pk}"' in answer.text
    else:
        assert answer.headers["Location"].startswith(essay.get_absolute_url())


def test_history_says_what_was_decided_by_whom_and_what_was_taken_back(
    browser: Client, mark: Misspelling, essay: Essay, colleague: User, teacher: User
) -> None:
    flow.accept(mark, "because", by=colleague)
    flow.undo(mark, by=teacher)

    history = page_of(browser, essay).text.partition('id="history"')[2].partition("</section>")[0]

    assert "becouse → because" in history
    assert "Colleague" in history
    assert "taken back (Teacher)" in history


def test_mark_that_was_decided_with_others_can_be_taken_back_alone_or_with_them(
    browser: Client, mark: Misspelling, essay: Essay, teacher: User
) -> None:
    wordlist.accept_all(mark, "because", by=teacher)

    card = browser.get(essay.get_absolute_url(), {"mark": mark.pk}).text

    assert "Undo here" in card
    assert "Undo everywhere (2 marks)" in card


def test_step_that_another_window_took_back_is_a_conflict(
    browser: Client, mark: Misspelling, essay: Essay, teacher: User
) -> None:
    flow.accept(mark, "because", by=teacher)
    step = Verdict.objects.get()
    post(browser, "decision-undo", step.pk, essay=str(essay.pk))

    answer = post(browser, "decision-undo", step.pk, essay=str(essay.pk))

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "taken back already" in answer.text


def test_history_costs_the_same_for_few_steps_and_for_many(
    browser: Client, mark: Misspelling, essay: Essay, teacher: User, n_queries: CountQueries
) -> None:
    flow.accept(mark, "because", by=teacher)
    few = n_queries(lambda: page_of(browser, essay))

    for n in range(20):
        flow.accept(mark, f"because {n}", by=teacher)

    assert n_queries(lambda: page_of(browser, essay)) == few


# --- other windows ----------------------------------------------------------------------------
def test_decision_on_an_old_page_shows_the_colleagues_and_changes_nothing(
    browser: Client, mark: Misspelling, colleague: User
) -> None:
    flow.accept(mark, "because", by=colleague)

    answer = post(browser, "mark-ignore", mark.pk, seen="open:")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Colleague accepted “because”" in answer.text
    assert 'data-fix="because"' in answer.text
    mark.refresh_from_db()
    assert mark.decision == "accepted"


# --- another check ----------------------------------------------------------------------------
def test_words_that_were_listed_since_are_offered_to_be_checked_away(
    browser: Client, mark: Misspelling, essay: Essay, teacher: User, drain: Drain
) -> None:
    WordList(teacher, "en").take_in([(1, "becouse", "")])
    assert "on your word list now: becouse" in page_of(browser, essay).text

    post(browser, "batch-check", essay.batch_id, htmx=False)
    drain()

    assert not Misspelling.objects.filter(word="becouse").exists()
    assert "on your word list now" not in page_of(browser, essay).text


def test_text_that_nobody_checks_is_checked_by_one_click(
    browser: Client, essay: Essay, checked_batch: Batch, teacher: User, drain: Drain
) -> None:
    Batch.objects.filter(pk=checked_batch.pk).update(auto_start=False)
    texts.correct(essay.pk, "A definately new text, becouse it was bad.", by=teacher)
    assert "Check it now" in page_of(browser, essay).text

    post(browser, "essay-check", essay.pk, htmx=False)
    drain()

    assert [mark.word for mark in page_of(browser, essay).context["desk"].marks] == [
        "definately",
        "becouse",
    ]


def test_check_that_did_not_finish_over_older_marks_is_told_until_one_succeeds(
    browser: Client, essay: Essay, checked_batch: Batch, teacher: User, drain: Drain
) -> None:
    pages = (essay.get_absolute_url(), checked_batch.get_absolute_url())

    def told() -> list[bool]:
        essays, batches = (browser.get(url).text for url in pages)
        return [
            "The latest check of this text did not finish." in essays,
            "not checked again</a>" in batches,
        ]

    post(browser, "essay-check", essay.pk, htmx=False)
    assert told() == [False, False]  # it is under way

    again = EssayPhase.objects.get(status="pending").pk
    steps.begin([again])
    steps.give_up(again)
    assert told() == [True, True]

    post(browser, "essay-check", essay.pk, htmx=False)
    pipelines.cancel(checked_batch.pk, by=teacher)
    assert told() == [True, True]

    post(browser, "essay-check", essay.pk, htmx=False)
    drain()
    assert told() == [False, False]


def test_text_of_a_batch_that_waits_for_others_is_checked_again_with_them(
    browser: Client, teacher: User, drain: Drain, settings: LazySettings
) -> None:
    settings.ESSAYS_PER_TASK = 1
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    while not (checked := SpellcheckResult.objects.first()):
        drain(limit=1)
    pipelines.cancel(batch.pk, by=teacher)
    first = checked.text.essay
    files.remove(batch.uploads.exclude(essay=first).get().pk, by=teacher)
    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION

    said = browser.post(reverse("pages:essay-check", args=[first.pk]), follow=True).text

    assert "checked together with the essays that are still to come" in said
    assert "did not finish" not in said


def test_decisions_that_could_not_be_kept_are_told_until_they_are_seen(
    browser: Client, mark: Misspelling, essay: Essay, teacher: User, drain: Drain
) -> None:
    flow.accept(mark, "because", by=teacher)
    texts.correct(essay.pk, "Something else stands here now.", by=teacher)
    drain()
    assert "1 decision could not be kept" in page_of(browser, essay).text

    post(browser, "essay-seen", essay.pk, htmx=False, n_seen="1")

    assert "could not be kept" not in page_of(browser, essay).text
    assert not SpellcheckResult.objects.exclude(not_kept=[]).exists()


def test_text_in_another_language_than_its_batch_is_told(
    browser: Client, essay: Essay, mark: Misspelling
) -> None:
    assert "seems to be written" not in page_of(browser, essay).text
    SpellcheckResult.objects.filter(pk=mark.result_id).update(probable_language="sv")

    assert "This text seems to be written in Swedish." in page_of(browser, essay).text
