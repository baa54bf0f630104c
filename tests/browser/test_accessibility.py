"""Each page in both languages, light and dark, wide and narrow: nothing to hold against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from batches.models import Batch
from exports import flow as exports
from lifecycle.models import Essay
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
    warnings = ["ocr_please_check", "hidden_text", "picture_page", "too_short"]
    done.uploads.filter(status="extracted").update(
        warnings=warnings, hidden_words=["full", "marks"]
    )
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
        "essays to check": f"{done.get_absolute_url()}?show=check",
        "no such essay": f"{done.get_absolute_url()}?q=nobody",
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


@pytest.mark.parametrize("look", LOOKS)
def test_original_beside_its_text_is_accessible(
    open_page: OpenPage, addresses: dict[str, str], look: str
) -> None:
    essay = Essay.objects.filter(file_name="hugo_L_essay.pdf")[0]
    page = open_page(essay.get_absolute_url(), **LOOKS[look])

    page.get_by_label("Show the original").check()

    picture = page.get_by_role("img", name="Page 1 of 1")
    expect(picture).to_be_visible()
    assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") == 1000
    assert problems(page) == []
    page.goto(reverse("pages:essay-text", args=[essay.pk]))
    assert problems(page) == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["overview", "archive", "words", "batch-new", "account"])
def test_pages_of_a_teacher_who_has_nothing_yet_are_accessible(
    open_page: OpenPage, teacher: User, look: str, name: str
) -> None:
    User.objects.update(locale="sv" if "Swedish" in look else "en")

    page = open_page(reverse(f"pages:{name}"), **LOOKS[look])

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert problems(page) == []


def test_files_that_are_asked_for_again_are_accessible(
    open_page: OpenPage, addresses: dict[str, str]
) -> None:
    address = addresses["batch that waits"]
    page = open_page(address, **LOOKS["dark, narrow, Swedish"])
    kept = '{"names": ["alva.txt", "bo.txt"], "sent": [], "close": null}'

    page.evaluate(
        "([name, kept]) => sessionStorage.setItem(name, kept)", [f"unsent {address}", kept]
    )
    page.reload()

    expect(page.get_by_text("2 files were not sent")).to_be_visible()
    assert problems(page) == []
