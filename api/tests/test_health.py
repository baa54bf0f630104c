"""GET /healthz: whether the process answers."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.conf import LazySettings
from django.test import Client

HEALTH = "huleedu.health.answer_health_checks"


def test_health_is_ok_without_a_login_and_without_the_database(client: Client) -> None:
    answer = client.get("/healthz")  # pytest-django forbids the database here

    assert answer.status_code == HTTPStatus.OK
    assert answer.json() == {"status": "ok", "message": "HuleEdu answers."}
    assert "no-store" in answer.headers["Cache-Control"]


def test_health_speaks_plain_http_where_everything_else_is_sent_to_https(
    client: Client, settings: LazySettings
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == HTTPStatus.OK
    assert client.get("/").status_code == HTTPStatus.MOVED_PERMANENTLY


@pytest.mark.parametrize("host", ["10.0.0.7", "web:8000", "localhost"])
def test_health_answers_a_check_that_knows_only_an_address(
    client: Client, settings: LazySettings, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["hule.example.org"]
    settings.MIDDLEWARE = [HEALTH, *(name for name in settings.MIDDLEWARE if name != HEALTH)]

    assert client.get("/healthz", headers={"Host": host}).status_code == HTTPStatus.OK


def test_health_only_answers_reading(client: Client) -> None:
    assert client.post("/healthz").status_code == HTTPStatus.METHOD_NOT_ALLOWED
