"""At 200 % a laptop shows half as much, and nothing that one can do is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.conftest import OpenPage
from tests.essays import hand_in, register

pytestmark = pytest.mark.xdist_group("browser")

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "ENG6"
WHOLE = {"width": 1280, "height": 800}
ZOOMED = {"width": 640, "height": 400}

# Names of what can be used, with menus unfolded; text that only stands there in `texts`.
USABLE = """() => {
    for (const menu of document.querySelectorAll("details")) menu.open = true;
    const seen = (e) => e.checkVisibility({ visibilityProperty: true });
    const name = (e) => (e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent
        ?? "").replace(/\\s+/g, " ").trim();
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
    return [...new Set(all.filter(seen).map(name).filter(Boolean))];
}"""
CUT_OFF = """() => {
    const wide = document.documentElement.scrollWidth > innerWidth;
    const cut = [...document.querySelectorAll("main a, main button, main p, main h1, main td")]
        .filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, .sheets"))
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => e.textContent.trim().slice(0, 40));
    return wide ? ["scrolls sideways", ...cut] : cut;
}"""


@pytest.fixture
def addresses(server: LiveServer, teacher: User, drain: Callable[[], int]) -> dict[str, str]:
    batch = register(teacher, 8, title="A text about something", class_designation="9C")
    for path in sorted(SAMPLES.iterdir()):
        hand_in(batch, SimpleUploadedFile(path.name, path.read_bytes()))
    drain()
    essay = batch.essays.get(file_name="hugo_L_essay.pdf")
    of_batch = ("batch", "batch-details", "batch-report", "batch-exports")
    of_essay = ("essay", "essay-text", "essay-file")
    return {
        **{name: reverse(f"pages:{name}", args=[batch.pk]) for name in of_batch},
        **{name: reverse(f"pages:{name}", args=[essay.pk]) for name in of_essay},
        **{name: reverse(f"pages:{name}") for name in ("overview", "batch-new", "words")},
    }


def usable(page: Page, address: str) -> set[str]:
    page.goto(address)
    return set(page.evaluate(USABLE))


def test_nothing_is_lost_at_two_hundred_percent(
    open_page: OpenPage, addresses: dict[str, str]
) -> None:
    whole = open_page("/account", viewport=WHOLE)
    zoomed = open_page("/account", viewport=ZOOMED, device_scale_factor=2)

    lost = {}
    for name, address in addresses.items():
        missing = usable(whole, address) - usable(zoomed, address)
        if missing or (cut := zoomed.evaluate(CUT_OFF)):
            lost[name] = sorted(missing) or cut

    assert lost == {}
