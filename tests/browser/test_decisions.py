"""Deciding in a real browser: by keyboard, with undo and history, and two people at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from batches.models import Batch
from spellcheck import flow
from spellcheck.models import KnownWord, Misspelling
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import problems
from tests.essays import essay_file, hand_in, register

pytestmark = pytest.mark.xdist_group("browser")

TEXTS = {
    "alva.txt": "We went home becouse it rained. I was definately wet, and my freind too.",
    "bo.txt": "They stayed becouse it was cold. Nobody has seen them sinse then.",
}


@pytest.fixture
def batch(server: object, teacher: User, drain: Callable[[], int]) -> Batch:
    batch = register(teacher, len(TEXTS), class_designation="9C")
    for name, text in TEXTS.items():
        hand_in(batch, essay_file(name, text))
    drain()
    return batch


@pytest.fixture
def page(open_page: OpenPage, batch: Batch) -> Page:
    """The first essay, with the focus in its card."""
    page = open_page(batch.essays.get(file_name="alva.txt").get_absolute_url())
    page.keyboard.press("F8")
    return page


def decisions(batch: Batch) -> list[tuple[str, str]]:
    current = batch.essays.order_by("file_name").values("current_text")
    marks = Misspelling.objects.filter(result__text__in=current)
    ordered = marks.order_by("result__text__essay__file_name", "start")
    return list(ordered.values_list("word", "decision"))


def said(page: Page, words: str) -> None:
    expect(page.locator("#said")).to_contain_text(words)


def focus_is_in_the_card(page: Page) -> None:
    expect(page.locator("#note:focus, #note :focus")).to_have_count(1)


def test_one_key_corrects_a_word_everywhere_and_another_takes_it_back(
    page: Page, batch: Batch
) -> None:
    page.keyboard.press("s")
    page.keyboard.press("1")
    said(page, "Accepted. 2 marks.")
    focus_is_in_the_card(page)

    page.keyboard.press("u")

    said(page, "Taken back. 2 marks.")
    focus_is_in_the_card(page)
    assert {decision for _word, decision in decisions(batch)} == {"open"}


@pytest.mark.parametrize(("key", "scope"), [("b", "batch"), ("a", "always")])
def test_word_is_called_right_by_key_and_undo_takes_it_off_the_list(
    page: Page, batch: Batch, key: str, scope: str
) -> None:
    page.keyboard.press(key)
    said(page, "Ignored. 2 marks.")
    assert (KnownWord.objects.get().owner is not None) == (scope == "always")

    page.keyboard.press("u")

    said(page, "Taken back.")
    assert not KnownWord.objects.exists()


def test_keys_lead_through_marks_and_essays_and_show_themselves(page: Page) -> None:
    first = page.locator("#note").get_attribute("data-mark") or ""
    page.keyboard.press("F8")
    expect(page.locator("#note")).not_to_have_attribute("data-mark", first)
    focus_is_in_the_card(page)
    page.keyboard.press("Shift+F8")
    expect(page.locator("#note")).to_have_attribute("data-mark", first)

    focus_is_in_the_card(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("F8")
    page.keyboard.press("n")

    expect(page.get_by_role("heading", name="bo.txt")).to_be_visible()


def test_marks_are_hidden_and_shown_by_key(page: Page) -> None:
    page.keyboard.press("m")
    expect(page.locator("#show-marks")).not_to_be_checked()

    page.keyboard.press("F8")
    page.keyboard.press("m")

    expect(page.locator("#show-marks")).to_be_checked()


def test_history_tells_what_was_decided_and_stays_open_while_it_is_undone(
    page: Page, batch: Batch
) -> None:
    page.keyboard.press("1")
    said(page, "Accepted.")
    page.keyboard.press("i")
    said(page, "Ignored.")
    page.keyboard.press("h")
    assert problems(page) == []

    lines = page.locator("#history li")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("definately")
    expect(lines.last).to_contain_text("Teacher")
    lines.last.get_by_role("button", name="Undo").click()

    said(page, "Taken back.")
    expect(lines.last).to_contain_text("taken back")
    focus_is_in_the_card(page)
    assert decisions(batch)[:2] == [("becouse", "open"), ("definately", "ignored")]


def test_colleagues_decision_is_shown_and_not_overwritten(
    page: Page, batch: Batch, colleague: User
) -> None:
    mark = Misspelling.objects.get(pk=page.locator("#note").get_attribute("data-mark") or "")
    flow.accept(mark, "because", by=colleague)

    page.keyboard.press("i")

    expect(page.locator("#note [role=alert]")).to_contain_text("Colleague accepted “because”")
    expect(page.locator(f"#m{mark.pk}")).to_have_attribute("data-fix", "because")
    focus_is_in_the_card(page)
    mark.refresh_from_db()
    assert (mark.decision, mark.decided_by) == ("accepted", colleague)


def test_two_sessions_decide_and_both_end_up_with_the_truth(
    page: Page, open_page: OpenPage, batch: Batch
) -> None:
    other = open_page(page.url)
    other.get_by_role("button", name="Ignore here").click()
    said(other, "Ignored.")

    page.locator("#note .sugg button").first.click()
    expect(page.locator("#note [role=alert]")).to_contain_text("In another window")
    focus_is_in_the_card(page)
    page.keyboard.press("u")  # having seen it, they may
    said(page, "Taken back.")
    page.locator("#note .sugg button").first.click()
    said(page, "Accepted.")

    other.reload()
    expect(other.locator(".mk").first).to_have_attribute("data-fix", "because")


def test_decisions_stay_when_the_text_is_corrected_and_lost_ones_are_told(
    page: Page, batch: Batch, drain: Callable[[], int]
) -> None:
    page.keyboard.press("1")
    said(page, "Accepted.")
    page.keyboard.press("1")
    said(page, "Accepted.")
    page.keyboard.press("t")
    page.get_by_label("Text").fill(f"So! {TEXTS['alva.txt']}".replace("definately", "surely"))
    page.get_by_role("button", name="Save and check again").click()
    page.wait_for_url("**/essays/*")
    drain()
    page.reload()

    expect(page.locator(".mk").first).to_have_attribute("data-fix", "because")
    told = page.locator(".alert", has_text="1 decision could not be kept")
    expect(told).to_contain_text("definately → definitely")

    page.get_by_role("button", name="I have seen it").click()

    expect(told).to_have_count(0)
