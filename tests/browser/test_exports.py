"""Taking a class out: asked for on the page, made by a real worker, opened without HuleEdu."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from batches.models import Batch
from exports import flow as exports
from exports.models import Export, ExportPart
from spellcheck import flow
from spellcheck.models import Misspelling, SpellcheckResult
from tests.browser.conftest import OpenPage
from tests.essays import GOOD, essay_file, hand_in, register
from tests.faults.real_worker import RealWorker, eventually

pytestmark = pytest.mark.xdist_group("browser")

MADE = re.compile(r"^Made \d")
MADE_MS = 60_000


def class_of(n: int, owner: User, drain: Callable[[], int]) -> Batch:
    """n checked essays, the first with a decision."""
    batch = register(owner, n, title="Krönika: att vänta", class_designation="9C")
    for i in range(n):
        hand_in(batch, essay_file(f"Åsa Öberg {i:03}.txt", f"{GOOD} Day {i} of my journy."))
    drain()
    eventually(lambda: SpellcheckResult.objects.count() == n, within_s=60)  # a worker helps
    first = Misspelling.objects.order_by("result__text__essay__position", "start")[0]
    flow.accept(first, "because", by=owner)
    return batch


def exports_of(page: Page, batch: Batch) -> None:
    """From the batch to its exports, as a teacher goes."""
    page.goto(batch.get_absolute_url())
    page.locator("#batch-acts summary").click()
    page.locator("#batch-acts").get_by_role("link", name="Export").click()


def make(page: Page, what: str) -> None:
    page.get_by_role("button", name=re.compile(f"Make the file.*{what}")).click()


def saved(page: Page, name: str | re.Pattern[str], folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_class_of_thirty_is_taken_out_and_opens_without_huleedu(
    open_page: OpenPage,
    worker: RealWorker,
    teacher: User,
    drain: Callable[[], int],
    tmp_path: Path,
) -> None:
    page = open_page("/")
    exports_of(page, class_of(30, teacher, drain))

    make(page, "Everything")
    expect(page.get_by_text(MADE)).to_be_visible(timeout=MADE_MS)
    bundle = zipfile.ZipFile(saved(page, re.compile("Download.*Everything"), tmp_path))

    for row in json.loads(bundle.read("manifest.json"))["members"]:
        assert hashlib.sha256(bundle.read(row["path"])).hexdigest() == row["sha256"]
    bundle.extractall(tmp_path / "bundle")
    alone = page.context.browser.new_context(offline=True).new_page()  # type: ignore[union-attr]
    alone.goto((tmp_path / "bundle" / "index.html").as_uri())
    expect(alone.get_by_role("heading", level=1)).to_have_text("Krönika: att vänta")
    essays = alone.get_by_role("link", name="Åsa Öberg").all()
    assert len(essays) == 31  # the first has a corrected one beside it
    for link in essays:
        href = link.evaluate("link => decodeURIComponent(link.getAttribute('href'))")
        assert docx.Document(str(tmp_path / "bundle" / href)).paragraphs
    alone.context.close()


def test_workbook_and_one_essay_are_had_at_once(
    open_page: OpenPage, teacher: User, drain: Callable[[], int], tmp_path: Path
) -> None:
    batch = class_of(2, teacher, drain)
    page = open_page("/")
    exports_of(page, batch)

    book = openpyxl.load_workbook(saved(page, re.compile("Download.*Workbook"), tmp_path))
    page.goto(batch.essays.order_by("position")[0].get_absolute_url())
    essay = saved(page, "Word with comments", tmp_path)

    assert book.sheetnames == ["Essays", "Misspellings", "Pairs"]
    assert essay.name == "Åsa Öberg 000.docx"
    assert len(list(docx.Document(str(essay)).comments)) == 3


def test_export_whose_worker_is_killed_is_finished_by_the_next_attempt(
    open_page: OpenPage, worker: RealWorker, teacher: User, drain: Callable[[], int]
) -> None:
    batch = class_of(150, teacher, drain)
    page = open_page(f"{batch.get_absolute_url()}/exports")

    make(page, "Everything")
    expect(page.locator("progress")).to_be_visible()
    eventually(ExportPart.objects.exists, within_s=30)
    export = Export.objects.get()
    worker.kill("workers")
    n_kept = ExportPart.objects.count()

    expect(page.get_by_text(MADE)).to_be_visible(timeout=MADE_MS)
    assert n_kept >= 1
    assert Export.objects.get().pk == export.pk
    assert not ExportPart.objects.exists()


def test_export_is_made_without_a_script(
    open_page: OpenPage, worker: RealWorker, teacher: User, drain: Callable[[], int]
) -> None:
    page = open_page("/", java_script_enabled=False)
    page.goto(f"{class_of(2, teacher, drain).get_absolute_url()}/exports")

    make(page, "Essays")
    eventually(Export.objects.kept().exists, within_s=MADE_MS / 1000)
    page.goto(page.url)

    expect(page.get_by_role("link", name=re.compile("Download.*Essays"))).to_be_visible()


def test_export_that_is_gone_by_now_is_told_and_no_page_is_saved_in_its_place(
    open_page: OpenPage, teacher: User, drain: Callable[[], int]
) -> None:
    batch = class_of(2, teacher, drain)
    asked = exports.ask(batch.pk, "docx", language="en", by=teacher)
    drain()
    eventually(Export.objects.kept().exists, within_s=60)  # a worker helps
    page = open_page(f"{batch.get_absolute_url()}/exports")
    Export.objects.filter(pk=asked.pk).update(expires_at=timezone.now())

    page.get_by_role("link", name=re.compile("Download.*Essays")).click()

    gone = page.get_by_text("This export is not kept any more. Make it again.")
    expect(gone).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Make the file.*Essays"))).to_be_visible()
