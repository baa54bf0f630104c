"""Where bytes cannot be stored, a client is told to come back, and nothing is left behind."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent
from files.models import Upload
from tests.essays import essay_file, hand_in_good, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_disk(settings: LazySettings, tmp_path: Path) -> None:
    """A storage that takes no file: its folder is a file itself."""
    no_folder = tmp_path / "no folder"
    no_folder.write_bytes(b"")
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": no_folder}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


def test_content_cannot_be_stored_now(api: APIClient, full_disk: None) -> None:
    raw: str = "bytes"

    answer = api.generic("POST", "/v1/content", raw, content_type="text/plain")

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["code"] == "storage_unavailable"
    assert not StoredContent.objects.exists()


def test_each_file_of_a_request_is_refused_by_itself(
    api: APIClient, teacher: User, full_disk: None
) -> None:
    batch = register(teacher, 2)
    form = {"batch_id": str(batch.pk), "files": [essay_file("a.txt"), essay_file("b.txt")]}

    answer = api.post("/v1/files/batch", form, format="multipart")

    assert answer.status_code == HTTPStatus.ACCEPTED
    assert [entry["code"] for entry in answer.json()["files"]] == ["storage_unavailable"] * 2


def test_replacement_that_cannot_be_stored_leaves_the_file_before(
    api: APIClient, teacher: User, request: pytest.FixtureRequest
) -> None:
    batch = register(teacher, 1)
    old = hand_in_good(batch, 1)[0].upload_id
    request.getfixturevalue("full_disk")

    address = f"/v1/files/batch/{batch.pk}/files/{old}/replace"
    answer = api.post(address, {"file": essay_file("new.txt")}, format="multipart")

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert Upload.objects.get().status == Upload.Status.RECEIVED


def test_one_text_that_cannot_be_stored_leaves_no_batch(api: APIClient, full_disk: None) -> None:
    answer = api.post("/v1/trigger-spellcheck", {"text": "I like school."})

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert not Batch.objects.exists()
