"""What a teacher does with a file and its text: the same verbs as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent
from files.models import Upload
from lifecycle.models import Essay
from tests.essays import broken_file, essay_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]
MENDED = "I like my school because we learn about many interesting things."


# --- the text --------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["patch", "post"])
def test_corrected_text_is_a_new_version_that_is_checked(
    method: str, api: APIClient, checked: Essay, drain: Drain
) -> None:
    answer = getattr(api, method)(f"/v1/essays/{checked.pk}/text", {"text": MENDED})

    assert answer.status_code == HTTPStatus.OK
    assert (answer.json()["version"], answer.json()["source"]) == (2, "edited")
    drain()
    assert api.get(f"/v1/essays/{checked.pk}/spellcheck").json()["flagged_count"] == 0


def test_text_of_spaces_corrects_nothing(api: APIClient, checked: Essay) -> None:
    answer = api.patch(f"/v1/essays/{checked.pk}/text", {"text": "  \n"})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "empty_text"


def test_essay_without_a_text_cannot_be_corrected(api: APIClient, teacher: User) -> None:
    essay = register(teacher, 1).essays.get()

    answer = api.patch(f"/v1/essays/{essay.pk}/text", {"text": MENDED})

    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "no_text")


# --- the original ----------------------------------------------------------------------------
def test_original_is_downloaded_under_its_name(api: APIClient, teacher: User) -> None:
    file = essay_file("Åsas essä.txt")
    receipt = hand_in(register(teacher, 1), file)

    answer = api.get(f"/v1/essays/{receipt.essay_id}/original")

    file.seek(0)
    assert answer.content == file.read()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    disposition = "attachment; filename*=utf-8''%C3%85sas%20ess%C3%A4.txt"
    assert answer.headers["Content-Disposition"] == disposition


def test_essay_without_a_file_has_no_original(api: APIClient, teacher: User) -> None:
    essay = register(teacher, 1).essays.get()

    answer = api.get(f"/v1/essays/{essay.pk}/original")

    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.NOT_FOUND, "no_file")


def test_original_that_has_changed_in_the_storage_is_not_shown(
    api: APIClient, teacher: User
) -> None:
    receipt = hand_in(register(teacher, 1), essay_file("alva.txt"))
    StoredContent.objects.update(sha256="0" * 64)

    answer = api.get(f"/v1/essays/{receipt.essay_id}/original")

    assert answer.status_code == HTTPStatus.NOT_FOUND


# --- a text instead of a file ----------------------------------------------------------------
def paste(api: APIClient, batch: Batch, **body: Any) -> Any:
    answer = api.post(f"/v1/files/batch/{batch.pk}/files", {"text": MENDED, **body})
    assert answer.status_code == HTTPStatus.ACCEPTED, answer.content
    [entry] = answer.json()["files"]
    return entry


def test_pasted_text_takes_the_essay_that_is_named(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2, essay_ids=["alva", "bo"])

    entry = paste(api, batch, reference="bo", name="Bo's text")

    drain()
    text = batch.essays.get(reference="bo").current_text
    assert entry["file_name"] == "Bo's text.txt"
    assert text is not None
    assert text.body == MENDED


def test_pasted_text_takes_a_free_essay_when_none_is_named(api: APIClient, teacher: User) -> None:
    entry = paste(api, register(teacher, 1))

    assert (entry["status"], entry["file_name"]) == ("accepted", "Pasted text.txt")


def test_pasted_text_replaces_a_file_that_cannot_be_read(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1)
    broken = hand_in(batch, broken_file("alva.pdf"))
    drain()

    address = f"/v1/files/batch/{batch.pk}/files/{broken.upload_id}/replace"
    answer = api.post(address, {"text": MENDED})
    drain()

    assert answer.status_code == HTTPStatus.ACCEPTED
    assert batch.essays.ready().count() == 1


def test_pasted_spaces_are_no_text(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)

    answer = api.post(f"/v1/files/batch/{batch.pk}/files", {"text": " \n "})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "text" in answer.json()["errors"]


# --- one too many ----------------------------------------------------------------------------
def test_file_that_was_too_many_gets_an_essay_of_its_own(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)
    hand_in_good(batch, 1)
    excess = hand_in(batch, essay_file("late.txt"))

    answer = api.post(f"/v1/files/batch/{batch.pk}/files/{excess.upload_id}/extra")

    assert (answer.status_code, answer.json()["status"]) == (HTTPStatus.ACCEPTED, "received")
    assert fresh(batch).expected_essay_count == 2


def test_file_that_has_an_essay_is_not_too_many(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)
    receipt = hand_in(batch, essay_file("alva.txt"))

    answer = api.post(f"/v1/files/batch/{batch.pk}/files/{receipt.upload_id}/extra")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert Upload.objects.get().status == Upload.Status.RECEIVED
