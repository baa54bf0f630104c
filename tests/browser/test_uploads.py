"""Sending files as it happens to people: refused ones, a reload, a lost session, two windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from tests.browser.conftest import OpenPage
from tests.essays import GOOD, register

pytestmark = pytest.mark.xdist_group("browser")


def essays(folder: Path, n: int) -> list[Path]:
    paths = [folder / f"pupil {i}.txt" for i in range(1, n + 1)]
    for path in paths:
        path.write_text(f"{GOOD} {path.name}")
    return paths


def choose(page: Page, files: Any) -> None:
    page.locator("input[type=file]").set_input_files(files)


def notes(page: Page) -> Any:
    return expect(page.locator("[data-upload-notes]"))


@pytest.fixture
def batch(teacher: User) -> Batch:
    return register(teacher, None, title="Phones")


def test_refused_file_is_named_with_what_to_do_and_the_others_arrive(
    open_page: OpenPage, batch: Batch, tmp_path: Path
) -> None:
    page = open_page(batch.get_absolute_url())
    nested = tmp_path / "class.zip"
    nested.write_bytes(b"PK\x03\x04 this is no archive")

    choose(page, [*essays(tmp_path, 2), nested])

    notes(page).to_contain_text("“class.zip”: The file is damaged.")
    expect(page.locator("#line")).to_contain_text("2 being read")
    assert page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('unsent'))") == []


def test_file_that_is_too_large_never_leaves_the_computer(
    open_page: OpenPage, batch: Batch, settings: Any
) -> None:
    settings.MAX_UPLOAD_BYTES = 1024**2
    page = open_page(batch.get_absolute_url())

    choose(
        page, {"name": "film.pdf", "mimeType": "application/pdf", "buffer": b"a" * (2 * 1024**2)}
    )

    notes(page).to_contain_text("“film.pdf” was left out: it is larger than 1 MB.")
    assert not Upload.objects.exists()


def test_files_that_a_reload_has_cut_off_are_named_and_asked_for_again(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("/batches/new")
    files = essays(tmp_path, 7)
    sent: list[Route] = []
    most = 2  # then the others hang, as on a bad line

    def as_on_a_bad_line(route: Route) -> None:
        if len(sent) < most:
            sent.append(route)
            route.continue_()

    page.route("**/files", as_on_a_bad_line)
    page.get_by_label("Course").select_option("ENG6")
    choose(page, files)
    page.get_by_role("button", name="Start with 7 files").click()
    expect(page.locator("[data-drop-title]")).to_contain_text("2 of 7 files")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    most = len(files) + 2

    notes(page).to_contain_text("5 files were not sent when the page was left")
    choose(page, files)  # all of them, as people do

    expect(page.locator("#rows tr")).to_have_count(7)
    notes(page).not_to_contain_text("is here already")
    expect(page.locator("#line")).to_contain_text("of 7 ready")  # the batch is closed, as was meant
    assert Upload.objects.count() == 7


def test_whoever_is_signed_out_while_sending_comes_back_to_what_is_missing(
    open_page: OpenPage, batch: Batch, tmp_path: Path
) -> None:
    page = open_page(batch.get_absolute_url())
    session = [c for c in page.context.cookies() if c.get("name") == "sessionid"]
    assert session
    page.context.clear_cookies(name="sessionid")

    choose(page, essays(tmp_path, 2))
    page.wait_for_url("**/login?next=/batches/*")
    page.locator("#id_username").fill("teacher@example.org")
    page.locator("#id_password").fill("correct horse")
    page.locator("main .btn-primary").click()

    notes(page).to_contain_text("2 files were not sent")
    choose(page, essays(tmp_path, 2))
    expect(page.locator("#line")).to_contain_text("2 being read")


def test_what_happens_in_one_window_is_seen_in_the_other(
    open_page: OpenPage, batch: Batch, tmp_path: Path
) -> None:
    first = open_page(batch.get_absolute_url())
    second = first.context.new_page()
    second.goto(batch.get_absolute_url())

    choose(first, essays(tmp_path, 3))
    expect(first.locator("#rows tr")).to_have_count(3)

    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(second.locator("#rows tr")).to_have_count(3)


def test_filter_stays_while_the_page_keeps_itself_current(
    open_page: OpenPage, batch: Batch, tmp_path: Path
) -> None:
    page = open_page(f"{batch.get_absolute_url()}?q=pupil+2")

    choose(page, essays(tmp_path, 3))

    expect(page.locator("#line")).to_contain_text("3 being read")
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(page.locator("#essays-box")).not_to_contain_text("No essay is like that")


def test_original_is_fetched_while_files_are_being_sent(
    open_page: OpenPage, batch: Batch, tmp_path: Path
) -> None:
    page = open_page(batch.get_absolute_url())
    first, second = essays(tmp_path, 2)
    choose(page, first)
    row = page.locator("tr", has_text="pupil 1.txt")
    expect(row).to_be_visible()
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.route("**/files", lambda route: None)  # the second one is on its way for ever
    choose(page, second)

    row.locator("summary").click()
    with page.context.expect_event("response", lambda it: it.url.endswith("/original")) as fetched:
        row.get_by_role("link", name="Download the original").click()

    assert fetched.value.headers["content-disposition"] == 'attachment; filename="pupil 1.txt"'
    assert asked == []
