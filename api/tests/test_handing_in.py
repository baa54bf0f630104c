"""Many files come in one request, and each has its own entry in the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from tests.essays import broken_file, essay_file, hand_in, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def send(
    client: APIClient, batch: Batch, files: Sequence[SimpleUploadedFile], **beside: Any
) -> Any:
    form = {"batch_id": str(batch.pk), "files": list(files), **beside}
    return client.post("/v1/files/batch", form, format="multipart")


def entries(answer: Any) -> list[Any]:
    assert answer.status_code == HTTPStatus.ACCEPTED, answer.content
    files: list[Any] = answer.json()["files"]
    return files


def test_files_are_accepted_with_an_entry_each(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 2, essay_ids=["anna", "bo"])

    answer = send(api, batch, [essay_file("bo.txt"), essay_file("x.txt")])

    first, second = entries(answer)
    assert answer.json()["added_files"] == 2
    assert (first["file_name"], first["status"], first["reference"]) == ("bo.txt", "accepted", "bo")
    assert (second["status"], second["reference"]) == ("accepted", "anna")
    assert Upload.objects.get(pk=first["upload_id"]).essay_id == batch.essays.get(reference="bo").pk


def test_three_hundred_files_come_in_one_request(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 300)
    files = [essay_file(f"{n}.txt", f"Essay number {n}.") for n in range(300)]

    answer = send(api, batch, files, essay_id=[""] * 300, reference=[""] * 300)

    assert {entry["status"] for entry in entries(answer)} == {"accepted"}
    assert batch.uploads.count() == 300


def test_more_files_than_a_request_may_carry_are_too_large(
    api: APIClient, teacher: User, settings: LazySettings
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2

    answer = send(api, register(teacher, 3), [essay_file(f"{n}.txt") for n in range(3)])

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert answer.json()["code"] == "too_large"


def test_n_th_reference_belongs_to_the_n_th_file(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 3, essay_ids=["a", "b", "c"])
    files = [essay_file(f"{n}.txt") for n in range(3)]

    answer = send(api, batch, files, reference=["c", "", "b"])

    assert [entry["reference"] for entry in entries(answer)] == ["c", "a", "b"]


def test_essay_id_beside_a_file_names_its_slot(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 2)
    last = batch.essays.get(position=2)

    answer = send(api, batch, [essay_file("x.txt")], essay_id=[str(last.pk)])

    assert entries(answer)[0]["essay_id"] == str(last.pk)


@pytest.mark.parametrize(
    ("beside", "field"),
    [
        ({"reference": ["a"]}, "reference"),
        ({"essay_id": ["nonsense", ""]}, "essay_id"),
        ({"essay_id": ["", "", ""]}, "essay_id"),
    ],
    ids=["too few references", "no uuid", "too many ids"],
)
def test_names_that_fit_no_files_are_refused(
    api: APIClient, teacher: User, beside: dict[str, Any], field: str
) -> None:
    batch = register(teacher, 2)

    answer = send(api, batch, [essay_file("a.txt"), essay_file("b.txt")], **beside)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert list(answer.json()["errors"]) == [field]
    assert not batch.uploads.exists()


def test_unknown_essay_refuses_its_file_and_no_other(
    api: APIClient, teacher: User, stranger: User
) -> None:
    batch = register(teacher, 2)
    others = register(stranger, 1).essays.get()

    answer = send(
        api, batch, [essay_file("a.txt"), essay_file("b.txt")], essay_id=[str(others.pk), ""]
    )

    first, second = entries(answer)
    assert (first["status"], first["code"]) == ("refused", "unknown_essay")
    assert second["status"] == "accepted"


def test_file_that_is_too_large_is_refused_and_no_other(
    api: APIClient, teacher: User, settings: LazySettings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    batch = register(teacher, 2)

    answer = send(api, batch, [SimpleUploadedFile("big.txt", b"x" * 1001), essay_file("a.txt")])

    first, second = entries(answer)
    assert (first["status"], first["code"]) == ("refused", "too_large")
    assert second["status"] == "accepted"
    assert answer.json()["added_files"] == 1


def test_same_bytes_are_a_duplicate_that_names_the_first(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 2)
    first = hand_in(batch, essay_file("a.txt", "The same."))

    (entry,) = entries(send(api, batch, [essay_file("b.txt", "The same.")]))

    assert entry["status"] == "duplicate"
    assert entry["upload_id"] == str(first.upload_id)


def test_same_bytes_are_accepted_when_duplicates_are_allowed(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 2)
    hand_in(batch, essay_file("a.txt", "The same."))

    answer = send(api, batch, [essay_file("b.txt", "The same.")], allow_duplicate="true")

    assert entries(answer)[0]["status"] == "accepted"


def test_failed_file_that_comes_again_is_tried_again(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    hand_in(batch, broken_file("a.pdf"))
    drain()

    assert entries(send(api, batch, [broken_file("a.pdf")]))[0]["status"] == "retried"


def test_file_too_many_is_kept_and_says_what_it_could_replace(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    hand_in(batch, broken_file("bad.pdf"))
    hand_in(batch, broken_file("worse.pdf"))
    drain()

    (entry,) = entries(send(api, batch, [essay_file("other.txt")]))

    assert entry["status"] == "excess"
    assert [slot["file_name"] for slot in entry["replaceable"]] == ["bad.pdf", "worse.pdf"]


def test_files_of_a_cancelled_batch_are_refused(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)
    api.post(f"/v1/batches/{batch.pk}/cancel")

    (entry,) = entries(send(api, batch, [essay_file("a.txt")]))

    assert (entry["status"], entry["code"]) == ("refused", "batch_cancelled")


def test_request_without_files_is_refused(api: APIClient, teacher: User) -> None:
    answer = send(api, register(teacher), [])

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "files" in answer.json()["errors"]


def test_file_name_is_a_label_without_a_path(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)

    (entry,) = entries(send(api, batch, [essay_file("../../etc/passwd.txt")]))

    assert entry["file_name"] == "passwd.txt"


def test_more_files_are_added_under_the_batch_s_own_address(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 2)

    form = {"files": [essay_file("a.txt"), essay_file("b.txt")]}
    answer = api.post(f"/v1/files/batch/{batch.pk}/files", form, format="multipart")

    assert answer.json()["added_files"] == len(entries(answer)) == 2


def test_teacher_in_a_browser_hands_in_with_a_csrf_token(teacher: User) -> None:
    batch = register(teacher, 1)
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(teacher)

    refused = send(client, batch, [essay_file("a.txt")])
    token = "a" * 32
    client.cookies["csrftoken"] = token
    accepted = send(client, batch, [essay_file("a.txt")], csrfmiddlewaretoken=token)

    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert entries(accepted)[0]["status"] == "accepted"
