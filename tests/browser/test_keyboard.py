"""A whole evening without a mouse: every step is reached by Tab and done by Enter or Space."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from spellcheck.models import Misspelling
from tests.browser.conftest import OpenPage
from tests.essays import BROKEN, GOOD
from tests.faults.real_worker import RealWorker

pytestmark = pytest.mark.xdist_group("browser")

WAIT_MS = 60_000
BATCH = "**/batches/*-*"
MOST_TABS = 120
FOCUSED = """() => {
    const e = document.activeElement;
    const label = e.labels?.[0]?.innerText ?? "";
    const name = e.getAttribute("aria-label") ?? (label || e.innerText || e.value || "");
    return name.replace(/\\s+/g, " ").trim();
}"""
RING = """() => {
    const e = document.activeElement;
    const shown = e.classList.contains("visually-hidden") ? e.closest(".pick") ?? e : e;
    const box = shown.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus, and can be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if name in page.evaluate(FOCUSED):
            assert page.evaluate(RING), f"“{name}” has the focus out of sight"
            return
    raise AssertionError(f"Tab never comes to “{name}”")


def press(page: Page, name: str, *, to: str = "") -> None:
    """to: the address that it leads to, if any."""
    tab_to(page, name)
    page.keyboard.press("Enter")
    if to:
        page.wait_for_url(to)


def choose(page: Page, name: str, files: Any) -> None:
    tab_to(page, name)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(files)


def line(page: Page) -> Any:
    return expect(page.locator("#line"))


def test_evening_without_a_mouse(open_page: OpenPage, worker: RealWorker, tmp_path: Path) -> None:
    page = open_page("/")
    page.on("filechooser", lambda chooser: None)  # from now on, so that no dialog comes before
    files = []
    for i in range(1, 5):
        path = tmp_path / f"pupil {i}.txt"
        path.write_text(f"{GOOD} It was day {i}.")
        files.append(path)
    for i in (1, 2, 3):
        path = tmp_path / f"damaged {i}.pdf"
        path.write_bytes(BROKEN + bytes([i]))
        files.append(path)

    press(page, "New batch", to="**/batches/new")
    choose(page, "Choose files", files)
    tab_to(page, "Course")
    page.keyboard.type("English 6")
    press(page, "Start with 7 files", to=BATCH)
    line(page).to_contain_text("4 of 7 checked", timeout=WAIT_MS)

    press(page, "Replace file damaged 1.pdf", to="**/file")
    mended = {"name": "mended.txt", "mimeType": "text/plain", "buffer": f"{GOOD} Mended.".encode()}
    choose(page, "The file", mended)
    press(page, "Save", to=BATCH)
    press(page, "Replace file damaged 2.pdf", to="**/file")
    tab_to(page, "Or paste the text")
    page.keyboard.type(f"{GOOD} Pasted.")
    press(page, "Save", to=BATCH)
    press(page, "Mark as absent")
    line(page).to_contain_text("6 of 6 checked", timeout=WAIT_MS)

    press(page, "Decide the marks", to="**/essays/*")
    for _ in range(Misspelling.objects.filter(decision="open").count()):
        decide_one(page)
    expect(page.locator("#note [data-next]")).to_have_text("Class report")
    page.keyboard.press("Enter")

    page.wait_for_url("**/report")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    press(page, "Export", to="**/exports")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert not Misspelling.objects.filter(decision="open").exists()


def decide_one(page: Page) -> None:
    """The next mark; where an essay has none left, the focus is on the way to the next one."""
    card = page.locator("#note")
    if card.locator("[data-next]").count():
        before = page.url
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: url != before)
    page.keyboard.press("F8")
    mark = card.get_attribute("data-mark") or ""
    assert mark, "there is a mark to decide"
    page.keyboard.press("i")
    expect(page.locator("#said")).not_to_be_empty()
    expect(card).not_to_have_attribute("data-mark", mark)
