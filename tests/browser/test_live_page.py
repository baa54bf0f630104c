"""A batch's page that changes by itself, in a window that somebody uses."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import User
from files import flow as files
from tests.browser.conftest import OpenPage
from tests.essays import hand_in_good, register
from tests.queue import drain

pytestmark = pytest.mark.xdist_group("browser")


def test_what_can_be_done_is_shown_though_the_focus_was_on_its_menu(
    open_page: OpenPage, teacher: User
) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    page = open_page(batch.get_absolute_url())
    menu = page.locator("#batch-acts .menu summary")
    menu.click()
    menu.click()

    drain()

    expect(page.locator("#batch-acts").get_by_text("Decide the marks")).to_be_visible()
    expect(menu).to_be_focused()


def test_batch_that_is_deleted_in_another_window_is_shown_as_gone(
    open_page: OpenPage, teacher: User
) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    page = open_page(batch.get_absolute_url())

    files.erase_batch(batch.pk, by=teacher)

    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")


def test_who_clicks_twice_means_one_click(open_page: OpenPage, teacher: User) -> None:
    batch = register(teacher, 2)
    page = open_page(batch.get_absolute_url())

    page.locator("#missing-box").get_by_text("Mark as absent").first.dblclick()
    page.wait_for_load_state()

    expect(page.locator("#line")).to_contain_text("0 of 1")
    assert batch.essays.filter(status="absent").count() == 1
