"""The OpenAPI schema and the page that shows it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from api.urls import urlpatterns

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema() -> Any:
    generator: Any = SchemaGenerator
    with GENERATOR_STATS.silence():
        return generator().get_schema(request=None, public=True)


def test_schema_is_valid_openapi(client: Client) -> None:
    answer = client.get("/v1/schema/")

    assert answer.status_code == HTTPStatus.OK
    validate: Any = validate_schema
    validate(answer.json())


def test_schema_covers_every_address(schema: Any) -> None:
    described = {re.sub(r"{\w+}", "{}", path) for path in schema["paths"]}

    ours = {
        "/v1/" + re.sub(r"<\w+:\w+>", "{}", str(pattern.pattern))
        for pattern in urlpatterns
        if pattern.name not in {"schema", "docs"}
    }
    assert described - {"/v1/schema/"} == ours


def test_every_operation_has_a_summary_and_its_errors(schema: Any) -> None:
    operations = [
        (path, operation)
        for path, methods in schema["paths"].items()
        for operation in methods.values()
        if path != "/v1/schema/"
    ]

    for path, operation in operations:
        assert operation["summary"], path
        assert "401" in operation["responses"], path
        assert "{" not in path or "404" in operation["responses"], path


def test_every_writing_operation_says_that_a_reader_s_token_is_refused(schema: Any) -> None:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method != "get" and path != "/v1/auth/token":
                assert "403" in operation["responses"], f"{method} {path}"


def test_docs_page_shows_every_operation_without_any_script(client: Client, schema: Any) -> None:
    answer = client.get("/v1/docs/")

    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.OK
    assert all(path in page for path in schema["paths"])
    assert "<script" not in page
    assert "style=" not in page
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
