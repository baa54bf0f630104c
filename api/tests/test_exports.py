from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import docx
import pytest
from django.core.files.storage import default_storage
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent
from exports import flow
from exports.models import Export
from tests.essays import hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


@pytest.fixture
def batch(teacher: User, drain: Drain) -> Batch:
    """Two essays that have been checked."""
    batch = register(teacher, 2, title="About my school")
    hand_in_good(batch, 2)
    drain()
    return batch


def ask(api: APIClient, batch: Batch, **told: str) -> dict[str, Any]:
    answer = api.post(f"/v1/batches/{batch.pk}/exports", {"kind": "zip", **told})
    assert answer.status_code == HTTPStatus.ACCEPTED
    shown: dict[str, Any] = answer.json()
    return shown


def test_export_is_asked_for_followed_and_fetched(
    api: APIClient, batch: Batch, drain: Drain
) -> None:
    asked = ask(api, batch)
    assert (asked["status"], asked["essays_done"], asked["essays_total"]) == ("pending", 0, 2)
    assert asked["failure"] is asked["size_bytes"] is asked["expires_at"] is None

    drain()

    made = api.get(f"/v1/exports/{asked['export_id']}").json()
    answer = api.get(f"/v1/exports/{asked['export_id']}/file")
    assert (made["status"], made["essays_done"]) == ("ready", 2)
    assert made["size_bytes"] == len(answer.content)
    assert made["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert 'filename="About my school.zip"' in answer.headers["Content-Disposition"]
    assert "index.html" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()


def test_export_that_is_still_true_serves_again(api: APIClient, batch: Batch, drain: Drain) -> None:
    first = ask(api, batch, language="sv")
    drain()

    assert ask(api, batch, language="sv")["export_id"] == first["export_id"]
    assert ask(api, batch, language="en")["export_id"] != first["export_id"]
    listed = api.get(f"/v1/batches/{batch.pk}/exports").json()
    assert [row["status"] for row in listed["results"]] == ["pending", "ready"]


def test_export_speaks_the_language_of_the_request(
    api: APIClient, batch: Batch, drain: Drain
) -> None:
    answer = api.post(
        f"/v1/batches/{batch.pk}/exports",
        {"kind": "csv"},
        headers={"Accept-Language": "sv"},
    )
    drain()

    file = api.get(f"/v1/exports/{answer.json()['export_id']}/file")

    assert file.content.decode("utf-8-sig").startswith("Text;Läge;Ord;")


def test_file_that_is_not_ready_is_a_conflict(api: APIClient, batch: Batch) -> None:
    asked = ask(api, batch)

    answer = api.get(f"/v1/exports/{asked['export_id']}/file")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "not_ready"


def test_export_that_failed_says_so(api: APIClient, batch: Batch) -> None:
    asked = ask(api, batch)
    flow.give_up(asked["export_id"])

    shown = api.get(f"/v1/exports/{asked['export_id']}").json()

    assert shown["status"] == "failed"
    assert shown["failure"]["code"] == "gave_up"
    assert "Ask for it again" in shown["failure"]["detail"]


def test_file_whose_bytes_are_gone_is_a_conflict_once(
    api: APIClient, batch: Batch, drain: Drain
) -> None:
    asked = ask(api, batch)
    drain()
    for content in StoredContent.objects.all():
        default_storage.delete(content.storage_name)

    answer = api.get(f"/v1/exports/{asked['export_id']}/file")

    assert answer.json()["code"] == "not_kept"
    assert not Export.objects.exists()


@pytest.mark.parametrize("told", [{}, {"kind": "exe"}, {"kind": "zip", "language": "fi"}])
def test_unknown_kind_or_language_is_refused(
    api: APIClient, batch: Batch, told: dict[str, str]
) -> None:
    answer = api.post(f"/v1/batches/{batch.pk}/exports", told)

    assert answer.status_code == HTTPStatus.BAD_REQUEST


def test_batch_without_texts_has_nothing_to_export(api: APIClient, teacher: User) -> None:
    answer = api.post(f"/v1/batches/{register(teacher, 2).pk}/exports", {"kind": "csv"})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "nothing_to_export"


def test_essay_is_a_word_file(api: APIClient, batch: Batch) -> None:
    essay = batch.essays.order_by("position")[0]

    answer = api.get(f"/v1/essays/{essay.pk}/word")
    corrected = api.get(f"/v1/essays/{essay.pk}/word?corrected=true")

    assert len(list(docx.Document(io.BytesIO(answer.content)).comments)) == 2
    assert not list(docx.Document(io.BytesIO(corrected.content)).comments)
    assert 'filename="essay 1.docx"' in answer.headers["Content-Disposition"]


def test_essay_without_a_text_has_no_word_file(api: APIClient, teacher: User) -> None:
    missing = register(teacher, 1).essays.get()

    assert api.get(f"/v1/essays/{missing.pk}/word").status_code == HTTPStatus.NOT_FOUND
