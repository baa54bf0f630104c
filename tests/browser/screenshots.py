"""The pictures in docs/screenshots; `pytest tests/browser/screenshots.py` takes them anew.

A class's evening with the sample files, in the looks that matter: a laptop, a phone, Swedish, dark.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from accounts.models import User
from batches.models import Batch
from files import flow as files
from spellcheck import flow
from spellcheck.models import Misspelling
from tests.browser.conftest import OpenPage
from tests.essays import hand_in, register

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "screenshots"
MAX_BYTES = 150_000
COLOURS = 64
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def a_class(owner: User, n: int | None, folder: str, **details: Any) -> Batch:
    batch = register(owner, n, **details)
    for path in sorted((ROOT / "samples" / folder).iterdir()):
        hand_in(batch, SimpleUploadedFile(path.name, path.read_bytes()))
    return batch


def decide(batch: Batch, n: int, by: User) -> None:
    """Accept the first marks of each essay, and ignore every fifth."""
    for essay in batch.essays.all():
        for i, mark in enumerate(Misspelling.objects.filter(result__text__essay=essay)[:n]):
            if i % 5 == 3:
                flow.ignore(mark, by=by)
            elif mark.suggestions:
                flow.accept(mark, mark.suggestions[0], by=by)


@pytest.fixture
def evening(server: object, teacher: User, drain: Callable[[], int]) -> dict[str, Batch]:
    done = a_class(teacher, None, "SV2", course_code="SV2", title="Krönika: att vänta")
    files.close(done.pk, by=teacher)
    place = a_class(teacher, 9, "ENG6", title="A text about something", class_designation="9C")
    phones = a_class(teacher, 10, "ENG6", title="Write what you want", class_designation="9B")
    drain()
    decide(done, 99, teacher)
    decide(place, 6, teacher)
    a_class(teacher, 28, "SV2", course_code="SV3", title="Bokanalys", class_designation="NA21")
    yesterday = timezone.now() - timedelta(days=1)
    Batch.objects.filter(pk=done.pk).update(class_designation="SA22", completed_at=yesterday)
    User.objects.update(name="Karin")
    return {"phones": phones, "place": place}


def keep(page: Page, name: str) -> None:
    """One screen, in as few colours as paper and ink need."""
    picture = FOLDER / f"{name}.png"
    with Image.open(BytesIO(page.screenshot())) as image:
        image.convert("RGB").quantize(COLOURS).save(picture, optimize=True)
    assert picture.stat().st_size < MAX_BYTES


def test_take_the_pictures(
    open_page: OpenPage, evening: dict[str, Batch], drain: Callable[..., int]
) -> None:
    FOLDER.mkdir(exist_ok=True)
    waiting = evening["phones"].get_absolute_url()
    essay = evening["place"].essays.get(file_name="elin_k.docx").get_absolute_url()
    report = f"{evening['place'].get_absolute_url()}/report"
    laptop = open_page("/", **LAPTOP)
    keep(laptop, "overview")
    for name, address in {"batch": waiting, "essay": essay, "report": report}.items():
        laptop.goto(address)
        keep(laptop, name)
    laptop.goto("/batches/new")
    names = sorted((ROOT / "samples" / "ENG6").iterdir())
    laptop.locator("input[type=file]").set_input_files(names)
    keep(laptop, "new-batch")

    laptop.goto(f"{evening['place'].get_absolute_url()}/exports")
    laptop.get_by_role("button", name=re.compile("Make the file.*Essays")).click()
    drain()
    laptop.goto(laptop.url)
    laptop.get_by_role("button", name=re.compile("Make the file.*Everything")).click()
    keep(laptop, "export")
    drain()

    laptop.goto(evening["place"].essays.get(file_name="hugo_L_essay.pdf").get_absolute_url())
    laptop.get_by_label("Show the original").check()
    laptop.get_by_role("img", name="Page 1").evaluate("picture => picture.decode()")
    keep(laptop, "original")

    dark = open_page(essay, **LAPTOP, color_scheme="dark")
    keep(dark, "essay-dark")
    phone = open_page(waiting, **PHONE)
    keep(phone, "batch-phone")
    phone.goto(f"{essay}?mark={Misspelling.objects.filter(decision='open')[30].pk}")
    keep(phone, "essay-phone")

    User.objects.update(locale="sv")
    swedish = open_page("/", **LAPTOP)
    keep(swedish, "overview-sv")
    swedish.goto(waiting)
    keep(swedish, "batch-sv")
