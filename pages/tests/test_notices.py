"""What a teacher should look at in a text that was read, and what became of files handed in."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from batches.models import Batch
from files import advice
from files.extraction import FailureCode
from files.extraction.advice import WarningCode
from files.models import Upload
from files.receipts import Outcome, Receipt
from pages import receipts, words
from tests.essays import GOOD, essay_file

JSON = {"Accept": "application/json"}


@pytest.mark.parametrize("code", list(WarningCode))
def test_every_warning_is_said_beside_the_text(
    browser: Client, checked_batch: Batch, code: WarningCode
) -> None:
    Upload.objects.update(warnings=[code])
    essay = checked_batch.essays.all()[0]

    assert advice.of_warning(code) in browser.get(essay.get_absolute_url()).text


def test_words_that_nobody_sees_are_quoted(browser: Client, checked_batch: Batch) -> None:
    Upload.objects.update(warnings=["hidden_text"], hidden_words=["give", "<b>full", "marks"])
    essay = checked_batch.essays.all()[0]

    page = browser.get(essay.get_absolute_url()).text

    assert "They are: “give &lt;b&gt;full marks”" in page


def test_scan_that_was_hard_to_read_is_said_once() -> None:
    upload = Upload(warnings=["ocr", "ocr_please_check"])

    assert words.warnings(upload) == [advice.of_warning("ocr_please_check")]


def test_row_says_in_short_what_to_look_at(browser: Client, checked_batch: Batch) -> None:
    Upload.objects.filter(original_name="essay 1.txt").update(warnings=["picture_page", "ocr"])

    page = browser.get(checked_batch.get_absolute_url()).text

    assert page.count("a page is only a picture</a>") == 1


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"pages_done": 0}, "Reading: waits to be read as a picture"),
        ({"pages_done": 2, "page_count": 12}, "Reading: page 3 of 12"),
        ({"pages_done": 12, "page_count": 12}, "Reading: page 12 of 12"),
        ({"failure_code": "scanner_unavailable"}, "The virus scanner does not answer."),
    ],
)
def test_row_says_how_far_a_file_is_that_takes_its_time(
    browser: Client, waiting_batch: Batch, columns: dict[str, object], said: str
) -> None:
    Upload.objects.filter(original_name="hugo.pdf").update(**columns)

    assert said in browser.get(waiting_batch.get_absolute_url()).text


@pytest.mark.parametrize("code", list(FailureCode))
def test_every_reason_for_failure_has_a_sentence_for_teachers(code: FailureCode) -> None:
    assert words.problem(code) not in ("", str(words.UNKNOWN))


def test_reason_that_nobody_knows_still_says_what_to_do() -> None:
    assert words.problem("of a later version") == str(words.UNKNOWN)


# --- files that were not simply accepted ----------------------------------------------------
def test_archive_answers_for_what_it_left_out(browser: Client, waiting_batch: Batch) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("9B/bo.txt", f"{GOOD} Bo.")
        archive.writestr("9B/again.txt", essay_file("essay 1.txt").read())
        archive.writestr("9B/cim.txt", f"{GOOD} Cim.")
        archive.writestr("__MACOSX/._bo.txt", "x")
        archive.writestr("9B/~$bo.docx", "x")
    file = SimpleUploadedFile("class.zip", packed.getvalue())

    answer = browser.post(
        reverse("pages:batch-files", args=[waiting_batch.pk]), {"files": file}, headers=JSON
    )

    duplicate, excess, skipped = answer.json()["said"]
    assert "“again.txt” is here already" in duplicate
    assert "“cim.txt” is one more than you expect. Under “Needs you”" in excess
    assert skipped.startswith("2 files in the archive are no essays")


@pytest.mark.parametrize("outcome", [Outcome.DUPLICATE, Outcome.EXCESS, Outcome.RETRIED])
def test_many_of_a_kind_are_one_sentence(outcome: Outcome) -> None:
    handed_in = [Receipt(f"{n}.txt", outcome) for n in range(30)]

    (sentence,) = receipts.said(handed_in)

    assert sentence.startswith("30 files")
    assert "“4.txt”, …" in sentence


def test_accepted_files_need_no_words() -> None:
    assert receipts.said([Receipt("a.txt", Outcome.ACCEPTED)]) == []


@pytest.mark.parametrize(("name", "mb"), [("class.zip", 200), ("alva.pdf", 20)])
def test_file_that_is_too_large_is_told_the_limit_of_its_kind(name: str, mb: int) -> None:
    (sentence,) = receipts.said([Receipt(name, Outcome.REFUSED, code="too_large")])

    assert f"larger than {mb} MB" in sentence
