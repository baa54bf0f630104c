"""Word lists over the API: the teacher's own, and a batch's."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from spellcheck.lists import MAX_LIST_BYTES
from spellcheck.models import KnownWord
from tests.essays import register

pytestmark = pytest.mark.django_db


def send(api: APIClient, address: str, data: bytes, **more: str) -> Any:
    body = {"file": SimpleUploadedFile("words.txt", data), **more}
    return api.post(address, body, format="multipart")


def test_words_are_added_listed_sought_and_taken_off(api: APIClient) -> None:
    answer = api.post("/v1/words", {"language": "sv", "words": ["Ebba", "Ola", "ebba", "7"]})

    assert answer.json() == {
        "added": ["ebba", "ola"],
        "known": ["ebba"],
        "refused": [{"line": 4, "text": "7", "reason": "not_a_word"}],
    }
    found = api.get("/v1/words?language=sv&q=bb").json()["results"]
    assert [row["word"] for row in found] == ["ebba"]
    assert api.delete(f"/v1/words/{found[0]['word_id']}").status_code == HTTPStatus.NO_CONTENT
    assert api.get("/v1/words").json()["count"] == 1


def test_file_is_taken_in_and_given_out_alike(api: APIClient) -> None:
    send(api, "/v1/words/import", "word,language\nÅsa,sv\nDarcy,en\n".encode(), language="sv")

    table = api.get("/v1/words/export?as=csv")
    again = send(api, "/v1/words/import", table.content, language="en").json()

    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (again["added"], sorted(again["known"])) == ([], ["darcy", "åsa"])
    assert api.get("/v1/words/export").content.decode() == "darcy\nåsa\n"


def test_words_of_a_batch_are_its_own(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)
    api.post("/v1/words", {"language": "en", "words": ["everywhere"]})

    api.post(f"/v1/batches/{batch.pk}/words", {"words": ["Blorp"]})
    send(api, f"/v1/batches/{batch.pk}/words/import", b"Glarf")

    listed = api.get(f"/v1/batches/{batch.pk}/words").json()["results"]
    assert [row["word"] for row in listed] == ["blorp", "glarf"]
    assert {row["batch_id"] for row in listed} == {str(batch.pk)}
    assert api.get(f"/v1/batches/{batch.pk}/words/export").content == b"blorp\nglarf\n"


def test_file_that_is_too_large_is_refused(api: APIClient) -> None:
    answer = send(api, "/v1/words/import", b"a" * (MAX_LIST_BYTES + 1), language="en")

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize("body", [{}, {"words": []}, {"words": ["x"], "language": "fi"}])
def test_words_that_make_no_sense_are_refused(api: APIClient, body: dict[str, Any]) -> None:
    answer = api.post("/v1/words", body)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert not KnownWord.objects.exists()


def test_list_of_another_teacher_is_not_seen(api: APIClient, colleague: User) -> None:
    word = KnownWord.objects.create(owner=colleague, language="en", word="theirs")

    assert api.get("/v1/words").json()["count"] == 0
    assert api.delete(f"/v1/words/{word.pk}").status_code == HTTPStatus.NOT_FOUND
    assert KnownWord.objects.exists()
