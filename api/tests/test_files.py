"""Files are watched, tried again, replaced and removed."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from tests.essays import broken_file, essay_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def test_state_shows_every_file_and_why_it_failed(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    hand_in(batch, essay_file("good.txt"))
    hand_in(batch, broken_file("bad.pdf"))
    drain()

    state = api.get(f"/v1/files/batch/{batch.pk}/state").json()

    good, bad = state["files"]
    assert (good["file_name"], good["status"], good["failure"]) == ("good.txt", "extracted", None)
    assert good["media_type"] == "text/plain"
    assert bad["status"] == "failed"
    assert bad["failure"]["code"] == "corrupt"
    assert "damaged" in bad["failure"]["detail"]


def test_state_is_locked_while_the_batch_is_checked(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    upload = hand_in_good(batch, 1)[0].upload_id
    drain()
    api.post(f"/v1/batches/{batch.pk}/pipelines", {"requested_pipeline": "spellcheck"})

    state = api.get(f"/v1/files/batch/{batch.pk}/state").json()
    removal = api.delete(f"/v1/files/batch/{batch.pk}/files/{upload}")

    assert state["lock_status"]["locked"]
    assert removal.status_code == HTTPStatus.CONFLICT
    assert removal.json()["code"] == "run_active"


def test_failed_file_is_retried(api: APIClient, teacher: User, drain: Drain) -> None:
    batch = register(teacher, 1)
    upload = hand_in(batch, broken_file("bad.pdf")).upload_id
    drain()

    answer = api.post(f"/v1/files/batch/{batch.pk}/files/{upload}/retry")

    assert answer.status_code == HTTPStatus.ACCEPTED
    assert (answer.json()["status"], answer.json()["failure"]) == ("received", None)
    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION


def test_file_that_was_read_cannot_be_retried(api: APIClient, teacher: User, drain: Drain) -> None:
    batch = register(teacher, 1)
    upload = hand_in_good(batch, 1)[0].upload_id
    drain()

    answer = api.post(f"/v1/files/batch/{batch.pk}/files/{upload}/retry")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "illegal_move"


def test_replacement_takes_the_slot_of_the_file_before(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    old = hand_in(batch, broken_file("bad.pdf"))
    drain()

    answer = api.post(
        f"/v1/files/batch/{batch.pk}/files/{old.upload_id}/replace",
        {"file": essay_file("mended.txt")},
        format="multipart",
    )

    assert answer.status_code == HTTPStatus.ACCEPTED
    assert answer.json()["essay_id"] == str(old.essay_id)
    assert Upload.objects.get(pk=str(old.upload_id)).status == Upload.Status.REMOVED


def test_replacement_of_a_removed_file_is_a_conflict(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)
    old = hand_in_good(batch, 1)[0].upload_id
    api.delete(f"/v1/files/batch/{batch.pk}/files/{old}")

    address = f"/v1/files/batch/{batch.pk}/files/{old}/replace"
    answer = api.post(address, {"file": essay_file("new.txt")}, format="multipart")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "file_gone"


def test_replacement_that_is_too_large_is_refused_as_a_whole(
    api: APIClient, teacher: User, settings: LazySettings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    batch = register(teacher, 1)
    old = hand_in_good(batch, 1)[0].upload_id

    address = f"/v1/files/batch/{batch.pk}/files/{old}/replace"
    big = SimpleUploadedFile("big.txt", b"x" * 1001)
    answer = api.post(address, {"file": big}, format="multipart")

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert Upload.objects.get(pk=str(old)).status == Upload.Status.RECEIVED


def test_removed_file_frees_its_slot(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)
    upload = hand_in_good(batch, 1)[0].upload_id

    answer = api.delete(f"/v1/files/batch/{batch.pk}/files/{upload}")

    assert answer.status_code == HTTPStatus.NO_CONTENT
    assert batch.essays.free().count() == 1


def test_file_is_found_only_under_its_own_batch(api: APIClient, teacher: User) -> None:
    upload = hand_in_good(register(teacher, 1), 1)[0].upload_id
    other = register(teacher, 1)

    answer = api.delete(f"/v1/files/batch/{other.pk}/files/{upload}")

    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_file_of_an_unknown_batch_is_not_found(api: APIClient) -> None:
    form = {"batch_id": str(uuid4()), "files": [essay_file("a.txt")]}

    answer = api.post("/v1/files/batch", form, format="multipart")

    assert answer.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("locale", "asked", "said"),
    [("sv", "", "skadad"), ("sv", "en", "damaged"), ("", "sv", "skadad"), ("", "", "damaged")],
)
def test_failure_is_said_in_the_language_asked_for_or_else_the_user_s_own(
    api: APIClient, teacher: User, drain: Drain, locale: str, asked: str, said: str
) -> None:
    User.objects.filter(pk=teacher.pk).update(locale=locale)
    batch = register(teacher, 1)
    hand_in(batch, broken_file("bad.pdf"))
    drain()

    headers = {"Accept-Language": asked} if asked else {}
    state = api.get(f"/v1/files/batch/{batch.pk}/state", headers=headers).json()
    status = api.get(f"/v1/batches/{batch.pk}/status", headers=headers).json()

    assert said in state["files"][0]["failure"]["detail"]
    assert said in status["failures"][0]["detail"]
