"""Errors have one shape, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection
from django.test import Client
from django.utils.translation import override
from rest_framework.fields import Field
from rest_framework.serializers import Serializer
from rest_framework.test import APIClient

import api.urls  # noqa: F401 - and with it every serializer
from accounts.models import User
from tests.essays import register

pytestmark = pytest.mark.django_db


def post_raw(client: APIClient, path: str, body: Any, media_type: str) -> Any:
    return client.generic("POST", path, body, content_type=media_type)


def assert_shape(answer: Any, status: HTTPStatus, code: str) -> None:
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert body["code"] == code
    assert set(body) - {"errors"} == {"code", "detail", "correlation_id"}
    assert body["detail"]
    assert body["correlation_id"] == answer.headers["X-Correlation-ID"]


def test_request_without_a_token_is_401_and_says_how_to_sign_in() -> None:
    answer = APIClient().get("/v1/batches")

    assert_shape(answer, HTTPStatus.UNAUTHORIZED, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("header", ["Token nonsense", "Token", "Token a b", "Token \xff\xfe"])
def test_wrong_token_is_401(db: None, header: str) -> None:
    answer = APIClient(HTTP_AUTHORIZATION=header).get("/v1/batches")

    assert_shape(answer, HTTPStatus.UNAUTHORIZED, "authentication_failed")


def test_writing_with_a_reader_s_token_is_403(reader: APIClient) -> None:
    answer = reader.post("/v1/batches/register", {"course_code": "ENG6"})

    assert_shape(answer, HTTPStatus.FORBIDDEN, "read_only_token")


def test_writing_from_a_browser_without_a_csrf_token_is_403(teacher: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(teacher)

    answer = client.post("/v1/batches/register", {"course_code": "ENG6"})

    assert_shape(answer, HTTPStatus.FORBIDDEN, "permission_denied")


def test_unknown_batch_is_404(api: APIClient) -> None:
    assert_shape(api.get(f"/v1/batches/{uuid4()}"), HTTPStatus.NOT_FOUND, "not_found")


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/batches/17", "/v1/batches/x/status"])
def test_unknown_address_is_404_in_the_same_shape(api: APIClient, path: str) -> None:
    assert_shape(api.get(path), HTTPStatus.NOT_FOUND, "not_found")


def test_wrong_method_is_405(api: APIClient) -> None:
    answer = api.get("/v1/batches/register")

    assert_shape(answer, HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")


def test_illegal_move_is_409(api: APIClient, teacher: User) -> None:
    answer = api.post(f"/v1/batches/{register(teacher).pk}/reopen")

    assert_shape(answer, HTTPStatus.CONFLICT, "illegal_move")


def test_body_that_is_too_large_is_413(api: APIClient, settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = api.post("/v1/trigger-spellcheck", {"text": "x" * 1000})

    assert_shape(answer, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/v1/batches/register", "application/xml"), ("/v1/files/batch", "application/json")],
)
def test_body_of_another_kind_is_415(api: APIClient, path: str, media_type: str) -> None:
    answer = post_raw(api, path, b"{}", media_type)

    assert_shape(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")


@pytest.mark.parametrize(
    ("path", "body", "media_type"),
    [
        ("/v1/batches/register", b"{", "application/json"),
        ("/v1/batches/register", b"\xff\xfe", "application/json"),
        ("/v1/batches/register", b'{"language": "\\ud800"}', "application/json"),
        ("/v1/batches/register", b"[" * 5000, "application/json"),
        ("/v1/files/batch", b"--", "multipart/form-data"),
        ("/v1/files/batch", b"x", "multipart/form-data; boundary=b"),
    ],
    ids=["half a JSON", "no text", "half a character", "no end", "no boundary", "no parts"],
)
def test_body_that_cannot_be_read_is_400(
    api: APIClient, path: str, body: bytes, media_type: str
) -> None:
    answer = post_raw(api, path, body, media_type)

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json()["code"] in {"parse_error", "invalid"}
    assert answer.json()["correlation_id"]


@pytest.mark.parametrize("body", [[], "text", 3, None, True])
def test_json_that_is_no_object_is_400(api: APIClient, body: Any) -> None:
    answer = api.post("/v1/batches/register", body, format="json")

    assert_shape(answer, HTTPStatus.BAD_REQUEST, "invalid")


def test_fault_of_ours_is_500_and_says_nothing_of_its_cause(api: APIClient) -> None:
    def broken(*args: Any) -> Any:
        raise DatabaseError("secret")

    with connection.execute_wrapper(broken):
        answer = api.get("/v1/batches")

    assert_shape(answer, HTTPStatus.INTERNAL_SERVER_ERROR, "server_error")
    assert "secret" not in answer.content.decode()


def test_unknown_page_outside_of_the_api_is_a_page(client: Client) -> None:
    answer = client.get("/nothing/here")

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.headers["Content-Type"].startswith("text/html")


def test_errors_speak_the_user_s_language(api: APIClient, teacher: User) -> None:
    batch = register(teacher)

    answer = api.post(f"/v1/batches/{batch.pk}/close", headers={"Accept-Language": "sv"})

    assert answer.headers["Content-Language"] == "sv"
    assert answer.json()["code"] == "not_open"


def test_too_many_tries_are_told_in_the_user_s_language() -> None:
    body = {"email": "somebody@example.org", "password": "wrong"}

    for _ in range(11):
        answer = APIClient().post("/v1/auth/token", body, headers={"Accept-Language": "sv"})

    assert_shape(answer, HTTPStatus.TOO_MANY_REQUESTS, "throttled")
    assert answer.json()["detail"].startswith("För många försök. Försök igen om ")


def fields_of(known: type[Serializer[Any]] = Serializer) -> Iterator[Field[Any, Any, Any, Any]]:
    """Every field of every serializer of the API, those of its lists too."""
    for each in known.__subclasses__():
        yield from fields_of(each)
        for field in each._declared_fields.values() if each.__module__.startswith("api.") else ():
            yield field
            if child := getattr(field, "child", None):
                yield child


def test_every_sentence_of_a_field_is_there_in_swedish() -> None:
    sentences = [text for field in fields_of() for text in field.error_messages.values()]

    def said(language: str) -> list[str]:
        with override(language):
            return [str(sentence) for sentence in sentences]

    english = {en for en, sv in zip(said("en"), said("sv"), strict=True) if en == sv}
    assert sentences
    assert english == set()
