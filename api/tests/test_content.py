"""Raw bytes: in, an id out, and back again unaltered."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from accounts.models import User
from content.models import StoredContent
from files.models import Upload
from tests.essays import essay_file, hand_in, register

pytestmark = pytest.mark.django_db

BYTES = bytes(range(256)) * 4


def put(client: APIClient, data: bytes, media_type: str = "application/pdf") -> Any:
    raw: Any = data  # bytes, which the stubs take for text
    return client.generic("POST", "/v1/content", raw, content_type=media_type)


@pytest.mark.parametrize("media_type", ["application/pdf", "text/plain", "application/json"])
def test_bytes_come_back_unaltered(api: APIClient, media_type: str) -> None:
    stored = put(api, BYTES, media_type)

    back = api.get(f"/v1/content/{stored.json()['storage_id']}")

    assert stored.status_code == HTTPStatus.CREATED
    assert back.content == BYTES
    assert back.headers["Content-Type"] == "application/octet-stream"
    assert back.headers["Content-Disposition"] == "attachment"
    assert back.headers["X-Content-Type-Options"] == "nosniff"


def test_no_bytes_are_refused(api: APIClient) -> None:
    assert put(api, b"").status_code == HTTPStatus.BAD_REQUEST
    assert not StoredContent.objects.exists()


def test_more_bytes_than_allowed_are_refused(api: APIClient, settings: LazySettings) -> None:
    settings.MAX_UPLOAD_BYTES = 100

    answer = put(api, b"x" * 101)

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert answer.json()["code"] == "too_large"


def test_form_is_refused(api: APIClient) -> None:
    answer = api.post("/v1/content", {"file": essay_file("a.txt")}, format="multipart")

    assert answer.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_original_of_an_upload_is_read_back(api: APIClient, teacher: User) -> None:
    receipt = hand_in(register(teacher, 1), essay_file("a.txt", "As it was."))
    upload = Upload.objects.get(pk=str(receipt.upload_id))

    assert api.get(f"/v1/content/{upload.raw_id}").content == b"As it was."


def test_bytes_that_are_gone_are_not_found(api: APIClient, tmp_path: Path) -> None:
    storage_id = put(api, BYTES).json()["storage_id"]
    (tmp_path / "content" / StoredContent.objects.get().storage_name).unlink()

    assert api.get(f"/v1/content/{storage_id}").status_code == HTTPStatus.NOT_FOUND
