"""One id from a request through its event and the task it caused to every log line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from events.models import Event
from pipelines.tests.phases import STYLE, registered
from tests.essays import essay_file, hand_in, register
from tests.log_lines import written_as

HOUSE = Path(__file__).resolve().parent.parent
MINE = "0b6e1d3c-7a54-4c1e-9d5e-2f4f6a7b8c90"

LOG = """
import django, logging
django.setup()
logger = logging.getLogger("files.tasks")
logger.info("two\\nlines of %s", "å")
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("broken")
"""


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written with LOG_FORMAT=json."""
    with written_as("json") as written:
        yield written


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def of_tasks(lines: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in objects(lines.getvalue()) if line["name"] == "jobs.attempts"]


@pytest.mark.django_db
def test_request_s_id_is_in_its_events_and_in_the_log_of_the_task_it_caused(
    client: Client, teacher: User, drain: Callable[..., int], lines: io.StringIO
) -> None:
    with registered(STYLE):
        batch = register(teacher, 1, auto_start=False)
        hand_in(batch, essay_file("one.txt", "This text breaks style on purpose, every time."))
        drain()
        client.force_login(teacher)

        answer = client.post(
            f"/v1/batches/{batch.pk}/pipelines",
            {"requested_pipeline": "style"},
            content_type="application/json",
            headers={"X-Correlation-ID": MINE},
        )
        drain(skip_delays=True)

    assert answer.status_code == HTTPStatus.ACCEPTED
    caused = Event.objects.filter(correlation_id=MINE).values_list("event_type", flat=True)
    assert "huleedu.els.spellcheck.initiate.command.v1" in caused  # by the request
    assert "huleedu.batch.pipeline.completed.v1" in caused  # by its last task
    of_phase = [line for line in of_tasks(lines) if "phases.measure" in line["message"]]
    assert of_phase
    assert {line["correlation_id"] for line in of_phase} == {MINE}


@pytest.mark.django_db
def test_reading_carries_the_id_under_which_its_batch_was_registered(
    client: Client, teacher: User, drain: Callable[..., int]
) -> None:
    client.force_login(teacher)
    answer = client.post(
        "/v1/batches/register",
        {"course_code": "ENG6", "expected_essay_count": 1},
        content_type="application/json",
        headers={"X-Correlation-ID": MINE},
    )
    batch = teacher.batches.get(pk=answer.json()["batch_id"])
    hand_in(batch, essay_file("one.txt"))

    drain()

    read = Event.objects.get(event_type="huleedu.file.essay.content.ready.v1")
    assert str(read.correlation_id) == MINE


@pytest.mark.django_db
def test_reading_carries_the_id_of_the_request_that_handed_the_file_in(
    client: Client, teacher: User, drain: Callable[..., int], lines: io.StringIO
) -> None:
    client.force_login(teacher)
    batch = register(teacher, 1)
    client.post(
        "/v1/files/batch",
        {"batch_id": str(batch.pk), "files": [essay_file("one.txt")]},
        headers={"X-Correlation-ID": MINE},
    )

    drain()

    caused = Event.objects.filter(correlation_id=MINE).values_list("event_type", flat=True)
    assert "huleedu.file.batch.file.added.v1" in caused  # by the request
    assert "huleedu.els.batch.essays.ready.v1" in caused  # by the task
    [read, checked] = of_tasks(lines)
    assert read["correlation_id"] == MINE
    assert checked["correlation_id"] == str(batch.correlation_id)  # a run is of all its files


@pytest.mark.parametrize(("form", "n_lines"), [("json", 2), ("plain", None)])
def test_log_in_json_has_one_object_a_line(tmp_path: Path, form: str, n_lines: int | None) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "huleedu.settings",
        "LOG_FORMAT": form,
        "LOG_LEVEL": "INFO",
    }

    done = subprocess.run(
        [sys.executable, "-c", LOG], cwd=HOUSE, env=environment, capture_output=True, text=True
    )

    assert not done.returncode, done.stderr
    if n_lines is None:
        assert "INFO    files.tasks two\nlines of å" in done.stderr
        return
    [first, second] = objects(done.stderr)
    assert (first["levelname"], first["name"]) == ("INFO", "files.tasks")
    assert first["message"] == "two\nlines of å"
    assert "correlation_id" in first and "asctime" in first
    assert "ZeroDivisionError" in second["exc_info"]
