"""Each page in both languages, light and dark, wide and narrow: nothing to hold against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from batches.models import Batch
from exports import flow as exports
from spellcheck import flow, wordlist
from spellcheck.models import Misspelling
from tests.browser.conftest import OpenPage
from tests.essays import hand_in, register

pytestmark = pytest.mark.xdist_group("browser")

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS: dict[str, dict[str, Any]] = {
    "light, wide, English": {"viewport": {"width": 1280, "height": 900}},
    "dark, narrow, Swedish": {
        "viewport": {"width": 320, "height": 640},
        "color_scheme": "dark",
    },
}


@pytest.fixture
def addresses(server: LiveServer, teacher: User, drain: Callable[[], int]) -> dict[str, str]:
    """Every page, of batches in which everything has happened."""
    waiting, done = register(teacher, 8, title="Waiting"), register(teacher, 6, title="Done")
    for batch, folder in ((waiting, "ENG6"), (done, "ENG6")):
        for path in sorted((SAMPLES / folder).iterdir()):
            hand_in(batch, SimpleUploadedFile(path.name, path.read_bytes()))
    drain()
    mark, other, third = Misspelling.objects.filter(result__text__essay__batch=done)[:3]
    flow.accept(mark, "correct", by=teacher)
    flow.ignore(other, by=teacher)
    wordlist.declare_right(third, always=True, by=teacher)
    essay = mark.result.text.essay
    for kind in ("zip", "docx", "csv"):
        exports.ask(done.pk, kind, language="en", by=teacher)
    exports.give_up(done.exports.get(kind="docx").pk)
    done.exports.filter(kind="csv").delete()
    failed = Batch.objects.get(pk=waiting.pk).essays.failed()[0]
    of_batch = {
        name: reverse(f"pages:{name}", args=[done.pk])
        for name in ("batch", "batch-report", "batch-details", "batch-exports")
    }
    of_essay = {
        name: reverse(f"pages:{name}", args=[essay.pk])
        for name in ("essay", "essay-text", "essay-file")
    }
    alone = {
        name: reverse(f"pages:{name}")
        for name in ("overview", "archive", "words", "account", "batch-new")
    }
    others = {
        "batch that waits": waiting.get_absolute_url(),
        "essay that failed": failed.get_absolute_url(),
        "decided mark": f"{essay.get_absolute_url()}?mark={mark.pk}",
        "nothing here": "/nothing-here",
    }
    return {**alone, **of_batch, **of_essay, **others}


@pytest.fixture
def errors(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What the browser's console says; nothing, when all is well."""
    said: list[str] = []
    yield said
    assert said == []


def problems(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    broken = [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        broken.append("scrolls sideways")
    return broken


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible(
    open_page: OpenPage,
    addresses: dict[str, str],
    look: str,
    errors: list[str],
) -> None:
    User.objects.update(locale="sv" if "Swedish" in look else "en")
    page = open_page("/account", **LOOKS[look])
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "404" not in said.text else None)

    found = {}
    for name, address in addresses.items():
        page.goto(address)
        if broken := problems(page):
            found[name] = broken

    assert found == {}


def test_sign_in_is_accessible(open_page: OpenPage) -> None:
    assert problems(open_page("/login", signed_in=False)) == []


def test_open_dialog_and_menu_are_accessible(
    open_page: OpenPage, addresses: dict[str, str]
) -> None:
    page = open_page(addresses["batch that waits"])

    page.locator("#batch-acts summary").click()
    assert problems(page) == []
    page.get_by_role("button", name="Delete the batch").click()
    assert problems(page) == []
