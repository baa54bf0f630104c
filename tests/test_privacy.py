"""Pupils' texts are personal data: no text and no name in a log line or an event."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.conf import LazySettings
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import User
from events.models import Event
from exports import flow as exports
from files import flow as files
from pipelines.tests.phases import STYLE, registered
from tests.essays import BROKEN, essay_file, hand_in, register
from tests.log_lines import written_as

pytestmark = pytest.mark.django_db

NAME = "Zebulonia"  # of a pupil, in file names, titles and texts
WORD = "quixotrylike"  # of a pupil's own text
TEXT = f"My name is {NAME} and I write {WORD} things. This text breaks style on purpose."


def test_neither_logs_nor_events_tell_a_name_or_a_text(
    teacher: User,
    drain: Callable[..., int],
    caplog: pytest.LogCaptureFixture,
    client: Client,
) -> None:
    client.force_login(teacher)
    with caplog.at_level(logging.DEBUG), registered(STYLE):
        batch = register(teacher, 3, title=f"Texts of {NAME}", requested_pipeline="style")
        hand_in(batch, essay_file(f"{NAME}.txt", TEXT))
        hand_in(batch, essay_file(f"{NAME} 2.txt", f"{TEXT} Again."))
        locked = essay_file(f"{NAME}.pdf", (BROKEN + NAME.encode()).decode())
        receipt = hand_in(batch, locked)
        drain(skip_delays=True)
        assert receipt.upload_id is not None
        files.retry(receipt.upload_id, by=teacher)
        drain(skip_delays=True)
        essay = batch.essays.order_by("position")[0]
        for path in (f"/batches/{batch.pk}", f"/essays/{essay.pk}", f"/v1/essays/{essay.pk}/text"):
            client.get(path)
        exports.ask(batch.pk, "zip", language="sv", by=teacher)
        drain(skip_delays=True)
        files.erase_batch(batch.pk, by=teacher)

    logged = "\n".join(
        f"{record.getMessage()} {record.exc_text or ''} {record.args}"
        for record in caplog.records
        if record.name != "django.db.backends"  # writes under DEBUG only, which no site sets
    )
    recorded = json.dumps(list(Event.objects.values_list("data", flat=True)))
    assert "attempt 1 failed, RuntimeError" in logged
    for secret in (NAME, WORD):
        assert secret not in logged
        assert secret not in recorded


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """The database quotes the name as PostgreSQL does, and whoever noticed it quotes the text."""
    for _ in range(2):
        try:
            with transaction.atomic():
                User.objects.bulk_create([User(email=f"{NAME}@example.org")])
        except IntegrityError as error:
            raise RuntimeError(f"{error} {NAME}\n{TEXT}") from error
    raise AssertionError


urlpatterns = [path("broken", broken)]


@pytest.mark.parametrize("form", ["json", "plain"])
def test_error_that_nobody_foresaw_is_logged_by_types_and_places(
    form: str, client: Client, settings: LazySettings
) -> None:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False

    with written_as(form) as lines:
        answer = client.get("/broken", {"q": NAME})

    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    log = lines.getvalue()
    assert "IntegrityError" in log and "RuntimeError" in log
    assert "in broken" in log
    for secret in (NAME, NAME.lower(), WORD):
        assert secret not in log


@pytest.mark.parametrize("form", ["json", "plain"])
def test_search_that_finds_no_page_is_not_logged(form: str, client: Client) -> None:
    with written_as(form) as lines:
        client.get("/nowhere", {"q": NAME})

    assert "Not Found: /nowhere" in lines.getvalue()
    assert NAME not in lines.getvalue()
