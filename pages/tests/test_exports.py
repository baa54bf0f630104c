"""The export page: what can be had at once, and what is made meanwhile."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from http import HTTPStatus

import docx
import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from batches.models import Batch
from exports import flow
from exports.models import Export
from exports.sweeps import sweep_expired_exports
from pages import export
from pages.tests.conftest import CountQueries
from spellcheck import flow as spellcheck
from spellcheck.models import Misspelling
from tests.essays import hand_in_good, register

Drain = Callable[..., int]


def file_of(made: Export) -> str:
    return reverse("pages:batch-export-file", args=[made.batch_id, made.pk])


def page(browser: Client, batch: Batch) -> str:
    return browser.get(reverse("pages:batch-exports", args=[batch.pk])).text


def make(browser: Client, batch: Batch, kind: str = "zip") -> Export:
    answer = browser.post(reverse("pages:batch-export", args=[batch.pk]), {"kind": kind})
    assert answer.url == reverse("pages:batch-exports", args=[batch.pk])  # type: ignore[attr-defined]
    return Export.objects.latest("asked_at")


def download(browser: Client, made: Export) -> bytes:
    answer = browser.get(file_of(made))
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.content


def test_bundle_is_asked_for_made_and_downloaded(
    browser: Client, checked_batch: Batch, drain: Drain
) -> None:
    made = make(browser, checked_batch)
    assert "Being made: 0 of 2 essays." in page(browser, checked_batch)
    assert 'hx-trigger="every 1s"' in page(browser, checked_batch)

    drain()

    shown = page(browser, checked_batch)
    assert file_of(made) in shown
    assert "hx-trigger" not in shown
    names = zipfile.ZipFile(io.BytesIO(download(browser, made))).namelist()
    assert "index.html" in names


def test_file_is_called_what_the_batch_is_called(
    browser: Client, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1, title="Krönika")
    hand_in_good(batch, 1)
    drain()
    made = make(browser, batch, "docx")
    drain()

    answer = browser.get(file_of(made))

    disposition = answer.headers["Content-Disposition"]
    assert disposition == "attachment; filename*=utf-8''Kr%C3%B6nika%20Word.zip"


def test_page_that_asks_again_hears_only_what_is_new(
    browser: Client, checked_batch: Batch, drain: Drain
) -> None:
    make(browser, checked_batch)
    url = re.findall(r'hx-get="([^"]+)"', page(browser, checked_batch))[0]

    unchanged = browser.get(url, headers={"HX-Request": "true"})
    drain()
    changed = browser.get(url, headers={"HX-Request": "true"})

    assert unchanged.status_code == HTTPStatus.NO_CONTENT
    assert "Made " in changed.text
    assert "<html" not in changed.text


def test_page_says_that_something_has_changed_since(
    browser: Client, checked_batch: Batch, mark: Misspelling, drain: Drain
) -> None:
    make(browser, checked_batch)
    drain()
    assert "Something has changed since." not in page(browser, checked_batch)

    spellcheck.ignore(mark, by=checked_batch.owner)

    assert "Something has changed since." in page(browser, checked_batch)
    assert "Make it anew" in page(browser, checked_batch)


def test_export_that_failed_says_so_and_is_asked_for_again(
    browser: Client, checked_batch: Batch, drain: Drain
) -> None:
    made = make(browser, checked_batch)
    flow.give_up(made.pk)
    assert "It could not be made." in page(browser, checked_batch)
    assert "Try again" in page(browser, checked_batch)

    again = make(browser, checked_batch)
    drain()

    assert download(browser, again)


def test_file_whose_bytes_are_gone_is_offered_no_more(
    browser: Client, checked_batch: Batch, drain: Drain
) -> None:
    made = make(browser, checked_batch)
    drain()
    content = Export.objects.select_related("content").get(pk=made.pk).content
    assert content is not None
    default_storage.delete(content.storage_name)

    answer = browser.get(file_of(made), follow=True)

    assert "This export is not kept any more. Make it again." in answer.text
    assert not Export.objects.exists()


def test_page_that_offers_an_export_too_long_says_that_it_is_gone(
    browser: Client, checked_batch: Batch, drain: Drain
) -> None:
    made = make(browser, checked_batch)
    drain()
    Export.objects.update(expires_at=timezone.now())
    sweep_expired_exports()

    answer = browser.get(file_of(made), follow=True)

    assert answer.redirect_chain == [
        (reverse("pages:batch-exports", args=[checked_batch.pk]), HTTPStatus.FOUND)
    ]
    assert "This export is not kept any more. Make it again." in answer.text


def test_batch_without_texts_says_why_there_is_nothing(browser: Client, teacher: User) -> None:
    batch = register(teacher, 2)

    assert "No essay of this batch has been read yet." in page(browser, batch)
    answer = browser.post(
        reverse("pages:batch-export", args=[batch.pk]), {"kind": "zip"}, follow=True
    )
    assert answer.text.count("No essay of this batch has been read yet.") == 2


@pytest.mark.parametrize("kind", ["", "exe"])
def test_kind_that_nobody_knows_is_not_found(
    browser: Client, checked_batch: Batch, kind: str
) -> None:
    answer = browser.post(reverse("pages:batch-export", args=[checked_batch.pk]), {"kind": kind})

    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_workbook_of_a_class_is_had_at_once(browser: Client, checked_batch: Batch) -> None:
    url = reverse("pages:batch-workbook", args=[checked_batch.pk])
    assert url in page(browser, checked_batch)

    book = openpyxl.load_workbook(io.BytesIO(browser.get(url).content))

    assert book.sheetnames == ["Essays", "Misspellings", "Pairs"]
    assert book["Misspellings"].max_row == 1 + Misspelling.objects.count()


def test_workbook_of_many_is_made_by_the_worker(
    browser: Client, checked_batch: Batch, monkeypatch: pytest.MonkeyPatch, drain: Drain
) -> None:
    monkeypatch.setattr(export, "MAX_AT_ONCE", 1)
    assert reverse("pages:batch-workbook", args=[checked_batch.pk]) not in page(
        browser, checked_batch
    )

    made = make(browser, checked_batch, "xlsx")
    drain()

    assert openpyxl.load_workbook(io.BytesIO(download(browser, made))).sheetnames


def test_essay_is_a_word_file_with_comments_or_with_corrections(
    browser: Client, checked_batch: Batch, mark: Misspelling, teacher: User
) -> None:
    spellcheck.accept(mark, "because", by=teacher)
    essay = mark.result.text.essay
    url = reverse("pages:essay-word", args=[essay.pk])
    assert url in browser.get(essay.get_absolute_url()).text

    commented = docx.Document(io.BytesIO(browser.get(url).content))
    corrected = docx.Document(io.BytesIO(browser.get(url, {"corrected": 1}).content))

    assert [c.text.partition(":")[0] for c in commented.comments] == [
        "Spelling",
        "Spelling, perhaps",
    ]
    assert "because" in corrected.paragraphs[2].text


def test_essay_without_a_text_has_no_word_file(browser: Client, waiting_batch: Batch) -> None:
    missing = waiting_batch.essays.free()[0]

    answer = browser.get(reverse("pages:essay-word", args=[missing.pk]))

    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_page_costs_the_same_for_few_essays_and_for_many(
    browser: Client, teacher: User, drain: Drain, n_queries: CountQueries
) -> None:
    few, many = register(teacher, 2), register(teacher, 12)
    hand_in_good(few, 2)
    hand_in_good(many, 12)
    drain()
    make(browser, few)
    make(browser, many)
    drain()

    costs = n_queries(lambda: page(browser, few))

    assert n_queries(lambda: page(browser, many)) == costs <= 12
