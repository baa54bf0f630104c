"""A teacher's evening, from thirty files to decisions, in a real browser with a real worker."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from batches.models import Batch
from spellcheck.models import Misspelling
from tests.browser.conftest import OpenPage
from tests.essays import BROKEN, GOOD
from tests.faults.real_worker import RealWorker, eventually

pytestmark = pytest.mark.xdist_group("browser")

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
READ_S = 60_000  # for a whole class, on a machine that does much else


def a_class(folder: Path, n_good: int) -> list[Path]:
    """The real files of the samples, two of them broken, and as many short ones as are missing."""
    files = sorted((SAMPLES / "ENG6").iterdir())
    n_short = n_good - (len(files) - 2)
    for i in range(n_short):
        path = folder / f"pupil {i + 1:02d}.txt"
        path.write_text(f"{GOOD} It was day {i} of my journy.")
        files.append(path)
    damaged = folder / "damaged.pdf"
    damaged.write_bytes(BROKEN)
    return [*files, damaged]


def line(page: Page) -> Any:
    return expect(page.locator("#line"))


def begin(page: Page, files: list[Path], course: str = "ENG6") -> None:
    """From the overview to a running batch."""
    page.get_by_role("link", name="New batch").click()
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_label("Course").select_option(course)
    page.get_by_role("button", name="Start with").click()
    page.wait_for_url("**/batches/*-*")
    page.locator("#line").wait_for()  # all files are sent


def test_thirty_files_three_of_them_bad_become_decided_essays(
    open_page: OpenPage, worker: RealWorker, tmp_path: Path
) -> None:
    page = open_page("/")

    begin(page, a_class(tmp_path, n_good=27))
    page.reload()  # in the middle: nothing is lost
    line(page).to_contain_text("27 of 30 checked", timeout=READ_S)
    line(page).to_contain_text("3 need you")

    page.get_by_role("link", name="Replace file damaged.pdf").click()
    page.get_by_label("The file").set_input_files(
        {"name": "mended.txt", "mimeType": "text/plain", "buffer": f"{GOOD} Mended.".encode()}
    )
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Replace file last_ditch.pdf").click()
    page.get_by_label("Or paste the text").fill(f"{GOOD} Pasted.")
    page.get_by_role("button", name="Save").click()
    page.locator("#needs-box li", has_text="theo").get_by_text("Mark as absent").click()
    line(page).to_contain_text("29 of 29 checked", timeout=READ_S)
    line(page).to_contain_text("1 absent")

    page.get_by_role("link", name="Decide the marks").click()
    page.wait_for_url("**/essays/*")
    decide_all_by_keyboard(page)
    expect(page.get_by_role("heading", name="All decided")).to_be_visible()
    assert not essay_shown(page).filter(decision="open").exists()

    page.locator(".crumb a").click()
    page.get_by_role("link", name="Class report").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Export").click()
    page.get_by_role("button", name=re.compile("Make the file.*Everything")).click()
    download = page.get_by_role("link", name=re.compile("Download.*Everything"))
    expect(download).to_be_visible(timeout=READ_S)
    with page.expect_download() as arriving:
        download.click()
    with ZipFile(arriving.value.path()) as archive:
        folders = Counter(name.partition("/")[0] for name in archive.namelist())
    assert (folders["essays"], folders["corrected"]) == (29, 1)  # one of them was decided


def essay_shown(page: Page) -> Any:
    pk = UUID(page.url.partition("/essays/")[2].partition("?")[0])
    return Misspelling.objects.filter(result__text__essay=pk)


def decide_all_by_keyboard(page: Page) -> None:
    """Enter takes the first suggestion, I ignores; the focus goes on to the next mark by itself."""
    n_marks = essay_shown(page).count()
    card = page.locator("#note")
    page.keyboard.press("F8")
    for left in range(n_marks, 0, -1):
        expect(page.locator("#note:focus, #note :focus")).to_have_count(1)
        mark = card.get_attribute("data-mark") or ""
        has_suggestion = card.locator(".sugg button").count() > 0
        page.keyboard.press("Enter" if left % 2 and has_suggestion else "i")
        expect(card).not_to_have_attribute("data-mark", mark)
        expect(page.locator("#said")).to_contain_text(f"{left - 1} left.")


def test_a_file_of_another_kind_is_left_out_and_said(
    open_page: OpenPage, tmp_path: Path, worker: RealWorker
) -> None:
    page = open_page("/batches/new")
    picture = tmp_path / "class list.numbers"
    picture.write_bytes(b"x")
    essay = tmp_path / "eng6 9B alva.txt"
    essay.write_text(GOOD)

    page.locator("input[type=file]").set_input_files([picture, essay])

    expect(page.locator("[data-upload-notes]")).to_contain_text("“class list.numbers” was left out")
    expect(page.get_by_role("button", name="Start with 1 file")).to_be_visible()
    expect(page.get_by_label("Course")).to_have_value("ENG6")
    expect(page.get_by_label("Class")).to_have_value("9B")


def test_files_dropped_on_the_overview_become_a_batch_in_one_more_click(
    open_page: OpenPage, worker: RealWorker
) -> None:
    page = open_page("/")
    files = page.evaluate_handle(
        """text => {
            const transfer = new DataTransfer();
            for (const name of ["SV2 NA21 alva.txt", "SV2 NA21 bo.txt"])
                transfer.items.add(new File([text + name], name, {type: "text/plain"}));
            return transfer;
        }""",
        "Vi åkte hem igentligen för tidigt och det var synd tyckte alla. ",
    )

    page.dispatch_event("main", "drop", {"dataTransfer": files})
    expect(page.get_by_label("Course")).to_have_value("SV2")
    expect(page.get_by_label("Class")).to_have_value("NA21")
    page.get_by_role("button", name="Start with 2 files").click()

    line(page).to_contain_text("2 of 2 checked", timeout=READ_S)
    assert Batch.objects.get().language == "sv"


def test_two_windows_show_the_same_decision(
    open_page: OpenPage, worker: RealWorker, tmp_path: Path
) -> None:
    first = open_page("/")
    begin(first, a_class(tmp_path, n_good=7))
    line(first).to_contain_text("7 of 10 checked", timeout=READ_S)
    first.get_by_role("link", name="Decide the marks").click()
    second = open_page(first.url)

    first.get_by_role("button", name="Ignore here").click()
    expect(first.locator("#said")).to_contain_text("Ignored.")
    second.get_by_role("button", name="Ignore here").click()

    expect(second.locator("#note")).to_contain_text("Nothing was changed.")
    expect(second.locator("#note")).to_contain_text("Ignored here")


def test_session_that_ends_in_the_middle_leads_back_after_signing_in(
    open_page: OpenPage, worker: RealWorker, tmp_path: Path
) -> None:
    page = open_page("/")
    begin(page, a_class(tmp_path, n_good=7)[:1])
    url = page.url
    Batch.objects.update(expected_essay_count=None, status="awaiting_content_validation")
    page.goto(url)

    page.context.clear_cookies()
    page.evaluate("htmx.ajax('GET', location.pathname, {target: '#live', swap: 'outerHTML'})")

    page.wait_for_url("**/login?next=/batches/*")


def test_worker_that_is_stopped_and_started_finishes_the_work(
    open_page: OpenPage, worker: RealWorker, household: list[RealWorker], tmp_path: Path
) -> None:
    assert worker.terminate(within_s=30) == 0
    page = open_page("/")
    begin(page, a_class(tmp_path, n_good=8))
    line(page).to_contain_text("0 of 11 ready")

    household.append(RealWorker(worker.folder, DJANGO_SETTINGS_MODULE="huleedu.settings"))

    line(page).to_contain_text("8 of 11 checked", timeout=READ_S)


def test_open_menu_and_focus_survive_what_is_new(
    open_page: OpenPage, worker: RealWorker, tmp_path: Path
) -> None:
    page = open_page("/")
    begin(page, a_class(tmp_path, n_good=7))
    menu = page.locator("tr", has_text="last_ditch.pdf").locator("summary")
    menu.click()

    line(page).to_contain_text("7 of 10 checked", timeout=READ_S)

    expect(menu).to_be_focused()
    expect(page.locator("tr", has_text="last_ditch.pdf").get_by_text("Remove")).to_be_visible()


def test_everything_works_without_scripts(
    open_page: OpenPage, worker: RealWorker, tmp_path: Path
) -> None:
    page = open_page("/batches/new", java_script_enabled=False)
    page.locator("input[type=file]").set_input_files(a_class(tmp_path, n_good=7)[:1])
    page.get_by_label("Course").select_option("ENG6")
    page.get_by_role("button", name="Start", exact=True).click()
    eventually(lambda: Batch.objects.get().status == "completed_successfully", within_s=60)
    page.goto(page.url)

    page.get_by_role("link", name="Decide the marks").click()
    mark = page.locator(".mk").nth(1)
    mark.click()
    page.locator(".sugg button").first.click()
    page.get_by_role("button", name="Ignore here").click()

    assert set(essay_shown(page).values_list("decision", flat=True)) >= {"accepted", "ignored"}
