"""One log line for a request: what was asked, how it ended, under its correlation id."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.conf import LazySettings
from django.test import Client
from gunicorn.config import Config
from gunicorn.glogging import Logger

from accounts.models import User
from tests.essays import register
from tests.log_lines import written_as

MINE = "0b6e1d3c-7a54-4c1e-9d5e-2f4f6a7b8c90"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    with written_as("json") as written:
        yield written


@pytest.mark.django_db
def test_request_is_told_in_one_line_under_its_id(
    client: Client, teacher: User, lines: io.StringIO
) -> None:
    client.force_login(teacher)
    batch = register(teacher, 1, title="Zebulonia")

    client.get(
        f"/v1/batches/{batch.pk}/essays", {"q": "Zebulonia"}, headers={"X-Correlation-ID": MINE}
    )

    [line] = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert (line["levelname"], line["correlation_id"]) == ("INFO", MINE)
    assert re.fullmatch(r"GET api:batch-essays: 200 in \d+ ms", line["message"])
    assert str(batch.pk) not in lines.getvalue()


@pytest.mark.django_db
def test_poll_that_hears_of_nothing_new_is_not_told(
    client: Client, teacher: User, lines: io.StringIO
) -> None:
    client.force_login(teacher)
    address = register(teacher, 1).get_absolute_url()
    seen = client.get(address).context["live"].token
    told = lines.getvalue()

    answer = client.get(address, {"seen": seen}, headers={"HX-Request": "true"})

    assert answer.status_code == HTTPStatus.NO_CONTENT
    assert told and lines.getvalue() == told


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/static/app.css"])
def test_what_programs_ask_for_all_the_time_is_not_told(
    path: str, client: Client, settings: LazySettings, lines: io.StringIO
) -> None:
    settings.METRICS_ENABLED = True

    client.get(path)

    assert "request_log" not in lines.getvalue()


def test_method_that_nobody_knows_is_told_as_another(client: Client, lines: io.StringIO) -> None:
    client.generic("ZEBULONIA", "/login")

    assert "other pages:login: 405" in lines.getvalue()


def test_error_that_the_web_server_notices_is_written_as_all_others() -> None:
    logger = logging.getLogger(Logger(Config()).error_log.name)  # with gunicorn's own handler

    with written_as("json") as lines:
        try:
            raise ValueError
        except ValueError:
            logger.exception("Error handling request %s %s", "GET", "/words?q=Zebulonia")

    [line] = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert (line["name"], line["message"]) == (
        "gunicorn.error",
        "Error handling request GET /words",
    )
    assert not logger.handlers
