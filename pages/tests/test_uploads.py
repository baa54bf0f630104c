from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from batches.models import Batch
from files import advice
from files.models import Upload
from lifecycle.models import Essay
from tests.essays import GOOD, essay_file, hand_in, hand_in_good, register

JSON = {"Accept": "application/json"}
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "ENG6"


def essay(batch: Batch, status: str) -> Essay:
    found = batch.essays.filter(status=status).first()
    assert found is not None
    return found


def act(browser: Client, name: str, subject: Essay | Upload, **data: object) -> str:
    response = browser.post(reverse(f"pages:{name}", args=[subject.pk]), data, follow=True)
    assert response.status_code == HTTPStatus.OK
    return response.text


def test_real_files_of_a_class_are_taken_in_and_the_broken_ones_explained(
    browser: Client, teacher: object, drain: Callable[[], int]
) -> None:
    batch = register(teacher, 9)  # type: ignore[arg-type]  # the fixture is a User
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in SAMPLES.iterdir()]

    browser.post(reverse("pages:batch-files", args=[batch.pk]), {"files": files})
    drain()

    page = browser.get(batch.get_absolute_url()).text
    assert "<b>7</b> of 9 checked" in page
    assert advice.of_failure("encrypted") in page
    assert advice.of_failure("empty") in page


def test_duplicate_is_a_neutral_notice(browser: Client, waiting_batch: Batch) -> None:
    page = browser.post(
        reverse("pages:batch-files", args=[waiting_batch.pk]),
        {"files": [essay_file("essay 1.txt")]},
        follow=True,
    )

    assert "“essay 1.txt” is here already: the very same file." in page.text


def test_file_over_the_limit_is_refused_and_the_others_are_taken(
    browser: Client, waiting_batch: Batch, settings: LazySettings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1024**2
    large = SimpleUploadedFile("large.txt", b"a" * (1024**2 + 1))

    answer = browser.post(
        reverse("pages:batch-files", args=[waiting_batch.pk]),
        {"files": [large, essay_file("late.txt")]},
        headers=JSON,
    )

    said = answer.json()
    assert [file["outcome"] for file in said["files"]] == ["refused", "accepted"]
    assert said["said"] == [
        "“large.txt”: The file is larger than 1 MB. Make it smaller, or split it."
    ]


def test_broken_file_is_replaced(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()
    broken = essay(waiting_batch, "content_ingestion_failed")

    act(browser, "essay-file", broken, files=essay_file("hugo again.txt"))
    drain()

    broken.refresh_from_db()
    assert (broken.status, broken.file_name) == ("ready_for_processing", "hugo again.txt")


def test_text_is_pasted_where_no_file_can_be_read(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()
    broken = essay(waiting_batch, "content_ingestion_failed")

    act(browser, "essay-file", broken, body=GOOD)
    drain()

    broken.refresh_from_db()
    assert broken.file_name == "hugo.txt"
    assert broken.current_text is not None
    assert broken.current_text.body == GOOD


def test_missing_essay_gets_a_file_even_if_it_equals_anothers(
    browser: Client, waiting_batch: Batch
) -> None:
    missing = essay(waiting_batch, "awaiting_content")

    act(browser, "essay-file", missing, files=essay_file("essay 1.txt"))

    missing.refresh_from_db()
    assert missing.status == "content_ingesting"


def test_nothing_chosen_is_said(browser: Client, waiting_batch: Batch) -> None:
    page = act(browser, "essay-file", essay(waiting_batch, "awaiting_content"))

    assert "Choose a file, or paste the text." in page


def test_failed_file_is_tried_again(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    drain()
    failed = waiting_batch.uploads.get(status="failed")

    act(browser, "file-retry", failed)

    failed.refresh_from_db()
    assert failed.status == "received"


def test_file_is_removed_and_its_place_is_free(browser: Client, waiting_batch: Batch) -> None:
    act(browser, "file-remove", waiting_batch.uploads.filter(original_name="hugo.pdf")[0])

    assert waiting_batch.essays.free().count() == 2


def test_pupil_is_absent_and_then_not(browser: Client, waiting_batch: Batch) -> None:
    missing = essay(waiting_batch, "awaiting_content")

    for _ in ("click", "once more"):
        assert "<b>1</b> absent" in act(browser, "essay-absent", missing, absent=1)
    for _ in ("click", "once more"):
        assert "<b>1</b> missing" in act(browser, "essay-absent", missing, absent=0)


def test_file_too_many_is_added_as_an_extra_essay(browser: Client, waiting_batch: Batch) -> None:
    hand_in_good(waiting_batch, 2)
    hand_in(waiting_batch, essay_file("extra.txt"))
    extra = waiting_batch.uploads.get(status="excess")
    assert "this file is one more" in browser.get(waiting_batch.get_absolute_url()).text

    act(browser, "file-extra", extra)

    assert waiting_batch.essays.count() == 4


def test_original_is_downloaded_as_it_was_handed_in(browser: Client, waiting_batch: Batch) -> None:
    url = reverse("pages:essay-original", args=[waiting_batch.essays.order_by("position")[0].pk])

    response = browser.get(url)

    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert b"becouse" in b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_archive_of_a_class_is_taken_in_essay_by_essay(
    browser: Client, waiting_batch: Batch, drain: Callable[[], int]
) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("class/bo.txt", f"{GOOD} Bo.")
        archive.writestr("class/cim.txt", f"{GOOD} Cim.")

    browser.post(
        reverse("pages:batch-files", args=[waiting_batch.pk]),
        {"files": [SimpleUploadedFile("class.zip", packed.getvalue())]},
    )

    names = waiting_batch.uploads.values_list("original_name", flat=True)
    assert {"bo.txt", "cim.txt"} <= {name.rpartition("/")[2] for name in names}
