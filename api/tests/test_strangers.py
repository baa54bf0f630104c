"""A stranger never learns that anything of the teacher's exists: 404 everywhere, and no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from api.urls import urlpatterns
from batches.models import Batch
from events.models import Event
from exports import flow as exports
from exports.models import Export
from files.models import Upload
from lifecycle.models import Essay
from spellcheck.models import KnownWord, Misspelling, Verdict
from spellcheck.wordlist import declare_right
from tests.essays import essay_file, hand_in_good, register

pytestmark = pytest.mark.django_db

Client = Callable[[User], APIClient]

NO_ONE_S = {
    "schema",
    "docs",
    "token",
    "batches",
    "batch-register",
    "contents",
    "trigger-spellcheck",
    "words",
    "words-import",
    "words-export",
}

# Every other address with a method and a body that its owner could send.
REQUESTS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("batch", "get", None),
    ("batch", "patch", {"title": "Mine now"}),
    ("batch", "delete", None),
    ("batch-status", "get", None),
    ("batch-close", "post", None),
    ("batch-cancel", "post", None),
    ("batch-reopen", "post", None),
    ("batch-pipelines", "post", {"requested_pipeline": "spellcheck"}),
    ("batch-retry-phase", "post", {"phase_name": "spellcheck"}),
    ("batch-essays", "get", None),
    ("essay", "get", None),
    ("essay-status", "get", None),
    ("essay-timeline", "get", None),
    ("essay-text", "get", None),
    ("essay-text", "patch", {"text": "Mine now."}),
    ("essay-text", "post", {"text": "Mine now."}),
    ("essay-original", "get", None),
    ("essay-spellcheck", "get", None),
    ("essay-decisions", "post", {"decisions": [{"misspelling_id": 1, "decision": "ignored"}]}),
    ("essay-decisions", "get", None),
    ("batch-decisions", "get", None),
    ("batch-decisions", "post", {"word": "becouse", "decision": "ignored"}),
    ("batch-decision-undo", "post", None),
    ("batch-check-again", "post", {}),
    ("batch-results", "get", None),
    ("batch-words", "get", None),
    ("batch-words", "post", {"words": ["becouse"]}),
    ("batch-words-import", "post", {"file": ""}),
    ("batch-words-export", "get", None),
    ("word", "delete", None),
    ("batch-exports", "get", None),
    ("batch-exports", "post", {"kind": "zip"}),
    ("export", "get", None),
    ("export-file", "get", None),
    ("essay-word", "get", None),
    ("essay-absent", "post", {"absent": True}),
    ("files", "post", {"batch_id": "", "files": ""}),
    ("files-state", "get", None),
    ("files-add", "post", {"files": ""}),
    ("file", "delete", None),
    ("file-retry", "post", None),
    ("file-extra", "post", None),
    ("file-replace", "post", {"file": ""}),
    ("content", "get", None),
    ("events", "get", {"batch_id": ""}),
]


@pytest.fixture
def checked(teacher: User, drain: Callable[..., int]) -> Upload:
    batch = register(teacher, 1)
    hand_in_good(batch, 1)
    drain()
    declare_right(Misspelling.objects.all()[0], always=True, by=teacher)
    exports.ask(batch.pk, "csv", language="en", by=teacher)
    drain()
    return Upload.objects.get()


def snapshot() -> Iterator[list[Any]]:
    for model in (Batch, Essay, Upload, Misspelling, Verdict, KnownWord, Export, Event):
        yield list(model._default_manager.order_by("pk").values())


def address(name: str, upload: Upload) -> str:
    ids: dict[str, UUID | int | None] = {
        "batch_id": upload.batch_id,
        "essay_id": upload.essay_id,
        "upload_id": upload.pk,
        "content_id": upload.raw_id,
        "export_id": upload.batch.exports.values_list("pk", flat=True).get(),
        "decision_id": Verdict.objects.values_list("pk", flat=True).get(),
        "word_id": KnownWord.objects.values_list("pk", flat=True).get(),
    }
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    wanted = pattern.pattern.converters
    return reverse(f"api:{name}", kwargs={key: ids[key] for key in wanted})


def send(client: APIClient, name: str, method: str, body: Any, upload: Upload) -> Any:
    body = dict(body or {})
    if "batch_id" in body:
        body["batch_id"] = str(upload.batch_id)
    for key in {"file", "files"} & set(body):
        body[key] = essay_file("mine.txt")
    options = {"format": "multipart"} if {"file", "files"} & set(body) else {}
    return getattr(client, method)(address(name, upload), body or None, **options)


def test_every_address_is_asked_by_a_stranger() -> None:
    names = {pattern.name for pattern in urlpatterns}

    assert names == NO_ONE_S | {name for name, _method, _body in REQUESTS}


@pytest.mark.parametrize(
    ("name", "method", "body"), REQUESTS, ids=[f"{m} {n}" for n, m, _ in REQUESTS]
)
def test_stranger_is_told_that_it_does_not_exist(
    as_client: Client, stranger: User, checked: Upload, name: str, method: str, body: Any
) -> None:
    before = list(snapshot())

    answer = send(as_client(stranger), name, method, body, checked)

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json()["code"] == "not_found"
    assert list(snapshot()) == before


@pytest.mark.parametrize(
    ("name", "method", "body"),
    [request for request in REQUESTS if request[1] == "get"],
    ids=[name for name, method, _ in REQUESTS if method == "get"],
)
def test_teacher_is_shown_it(
    api: APIClient, checked: Upload, name: str, method: str, body: Any
) -> None:
    assert send(api, name, method, body, checked).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("name", "method", "body"),
    [request for request in REQUESTS if request[1] != "get"],
    ids=[f"{m} {n}" for n, m, _ in REQUESTS if m != "get"],
)
def test_reader_s_token_changes_nothing(
    reader: APIClient, checked: Upload, name: str, method: str, body: Any
) -> None:
    before = list(snapshot())

    answer = send(reader, name, method, body, checked)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert list(snapshot()) == before


def test_stranger_s_lists_are_empty(as_client: Client, stranger: User, checked: Upload) -> None:
    assert as_client(stranger).get("/v1/batches").json()["count"] == 0


@pytest.mark.parametrize("name", [name for name, method, _ in REQUESTS if method == "get"])
def test_nobody_in_particular_is_shown_nothing(checked: Upload, name: str) -> None:
    answer = send(APIClient(), name, "get", {}, checked)

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
