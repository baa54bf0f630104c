"""GET /healthz/ready: one entry a check, and 503 when any of them fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from content import store
from files.models import Upload
from files.receipts import Outcome
from huleedu import health
from jobs.models import Worker
from jobs.queue import enqueue, every_queue
from tests.essays import essay_file, hand_in, hand_in_good, register
from tests.races import at_once

pytestmark = pytest.mark.django_db

CHECKS = ["database", "migrations", "storage", "worker", "queue"]


@pytest.fixture(autouse=True)
def _nothing_is_remembered(settings: LazySettings) -> None:
    settings.READY_FRESH_S = 0


@pytest.fixture
def worker() -> list[Worker]:
    """One that serves every queue, with a row for each."""
    now = timezone.now()
    return [
        Worker.objects.create(
            host="here", pid=pid, queue=queue, processes=1, started_at=now, seen_at=now
        )
        for pid, queue in enumerate(every_queue(), start=1)
    ]


def asked(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/healthz/ready")
    return answer.status_code, answer.json()


def failed(client: Client) -> list[str]:
    status, body = asked(client)
    names = [name for name, word in body["checks"].items() if word == "failed"]
    assert (status, body["status"]) == (
        (HTTPStatus.SERVICE_UNAVAILABLE, "failed") if names else (HTTPStatus.OK, "ok")
    )
    return names


def test_house_is_ready_when_every_check_is_well(client: Client, worker: list[Worker]) -> None:
    status, body = asked(client)

    assert status == HTTPStatus.OK
    assert body == {"status": "ok", "checks": dict.fromkeys(CHECKS, "ok")}


def test_readiness_needs_no_name_and_no_https(
    client: Client, worker: list[Worker], settings: LazySettings
) -> None:
    settings.ALLOWED_HOSTS = ["hule.example.org"]
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get("/healthz/ready", headers={"Host": "10.0.0.7"})

    assert answer.status_code == HTTPStatus.OK
    assert "no-store" in answer.headers["Cache-Control"]


def test_house_without_a_worker_is_not_ready(client: Client) -> None:
    assert failed(client) == ["worker"]


def test_worker_that_has_not_been_seen_for_long_is_none(
    client: Client, worker: list[Worker]
) -> None:
    Worker.objects.update(seen_at=timezone.now() - timedelta(hours=1))

    assert failed(client) == ["worker"]


@pytest.mark.parametrize("queue", every_queue())
def test_queue_that_nobody_serves_is_not_well(
    client: Client, worker: list[Worker], queue: str
) -> None:
    Worker.objects.filter(queue=queue).delete()

    assert failed(client) == ["worker"]


def test_worker_that_dies_and_starts_and_ends_no_task_is_not_well(
    client: Client, worker: list[Worker]
) -> None:
    Worker.objects.update(progressed_at=timezone.now() - timedelta(seconds=310))

    assert failed(client) == ["worker"]


def test_worker_of_the_future_is_none(client: Client, worker: list[Worker]) -> None:
    """It has died while its clock was wrong."""
    Worker.objects.update(seen_at=timezone.now() + timedelta(hours=3))

    assert failed(client) == ["worker"]


def test_check_that_hangs_keeps_one_thread_of_the_web(
    client: Client, worker: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    is_back = Event()
    monkeypatch.setattr(health, "CHECKS", {"storage": partial(is_back.wait, timeout=60)})
    monkeypatch.setattr(health, "PATIENCE_S", 0.1)
    first = Thread(target=health._found)
    first.start()
    try:
        assert failed(client) == ["storage"]
    finally:
        is_back.set()
        first.join()


@pytest.mark.parametrize(
    ("task", "age_s", "expected"),
    [
        ("pipelines.tasks.start_if_automatic", 290, []),
        ("pipelines.tasks.start_if_automatic", 310, ["queue"]),
        ("files.tasks.read_long", 14_300, []),
        ("files.tasks.read_long", 14_500, ["queue"]),
    ],
    ids=["short, fresh", "short, old", "long, fresh", "long, old"],
)
def test_queue_whose_oldest_task_is_too_old_is_not_well(
    client: Client, worker: list[Worker], task: str, age_s: int, expected: list[str]
) -> None:
    enqueue(task)
    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=age_s))

    assert failed(client) == expected


def test_task_that_is_worked_on_does_not_count_as_old(client: Client, worker: list[Worker]) -> None:
    enqueue("pipelines.tasks.start_if_automatic")
    OrmQ.objects.update(lock=timezone.now() + timedelta(seconds=20))

    assert failed(client) == []


def test_storage_that_takes_no_bytes_is_not_well(
    client: Client, worker: list[Worker], settings: LazySettings, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("where a folder should be")
    location = {"OPTIONS": {"location": tmp_path / "a file", "base_url": None}}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], **location},
    }

    assert failed(client) == ["storage"]


def test_storage_check_leaves_nothing_behind(
    client: Client, worker: list[Worker], tmp_path: Path
) -> None:
    asked(client)

    assert not [path for path in (tmp_path / "content").rglob("*") if path.is_file()]


def test_storage_without_the_files_that_the_database_knows_is_not_well(
    client: Client, worker: list[Worker], teacher: User, tmp_path: Path
) -> None:
    hand_in_good(register(teacher, 1), 1)
    (tmp_path / "content").rename(tmp_path / "away")

    assert failed(client) == ["storage"]


@pytest.mark.parametrize("is_asked_first", [True, False], ids=["before and after", "after"])
def test_files_wait_for_their_volume_however_often_the_health_was_asked_for(
    client: Client,
    teacher: User,
    drain: Callable[..., int],
    is_asked_first: bool,
    tmp_path: Path,
) -> None:
    content = tmp_path / "content"
    if is_asked_first:  # before anything was stored, and where the volume will be mounted
        asked(client)
        content.rename(tmp_path / "below")
    batch = register(teacher, 1)
    hand_in_good(batch, 1)
    content.rename(tmp_path / "volume")
    if is_asked_first:
        (tmp_path / "below").rename(content)
    asked(client)

    drain(limit=1)

    upload = batch.uploads.get()
    assert (upload.status, upload.attempts) == (Upload.Status.RECEIVED, 0)


def test_no_file_is_stored_where_a_volume_should_be_mounted(teacher: User, tmp_path: Path) -> None:
    content, batch = tmp_path / "content", register(teacher, 2)
    hand_in_good(batch, 1)
    content.rename(tmp_path / "volume")

    refused = hand_in(batch, essay_file("second.txt"))

    assert (refused.outcome, refused.code) == (Outcome.REFUSED, "storage_unavailable")
    assert not content.exists()
    (tmp_path / "volume").rename(content)
    assert hand_in(batch, essay_file("second.txt")).outcome == Outcome.ACCEPTED


class Sticky(FileSystemStorage):
    """Takes bytes and deletes none."""

    def delete(self, name: str) -> None:
        raise PermissionError


def test_what_a_storage_check_could_not_delete_is_swept(
    client: Client, worker: list[Worker], settings: LazySettings
) -> None:
    there = settings.STORAGES
    sticky = {**there["default"], "BACKEND": f"{__name__}.Sticky"}
    settings.STORAGES = {**there, "default": sticky}
    assert failed(client) == ["storage"]
    settings.STORAGES = there

    assert store.sweep_orphans() == 0  # it may be under way
    assert store.sweep_orphans(at=timezone.now() + timedelta(hours=2)) == 1


class Slow(FileSystemStorage):
    """Counts what it takes."""

    n_saved = 0

    def save(self, *args: Any, **kwargs: Any) -> str:
        Slow.n_saved += 1
        time.sleep(0.05)
        return super().save(*args, **kwargs)


@pytest.mark.django_db(transaction=True)
def test_storage_is_asked_once_however_many_ask_for_the_health(settings: LazySettings) -> None:
    settings.READY_FRESH_S = 60
    slow = {**settings.STORAGES["default"], "BACKEND": f"{__name__}.Slow"}
    settings.STORAGES = {**settings.STORAGES, "default": slow}
    Slow.n_saved = 0

    found = at_once(*[lambda: failed(Client())] * 6)

    assert found == [["worker"]] * 6
    assert Slow.n_saved == 1


def test_health_is_looked_at_again_after_a_moment(
    client: Client, worker: list[Worker], settings: LazySettings
) -> None:
    settings.READY_FRESH_S = 0.3
    assert failed(client) == []
    Worker.objects.all().delete()
    assert failed(client) == []

    time.sleep(0.4)

    assert failed(client) == ["worker"]


def test_migration_that_is_not_applied_is_not_well(client: Client, worker: list[Worker]) -> None:
    [last] = MigrationLoader(connection).graph.leaf_nodes("batches")
    MigrationRecorder(connection).record_unapplied(*last)

    assert failed(client) == ["migrations"]


def test_answer_and_log_tell_no_details(
    client: Client, worker: list[Worker], caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_worker RENAME TO jobs_gone")

    answer = client.get("/healthz/ready")

    assert answer.json()["checks"]["worker"] == "failed"
    assert "jobs_worker" not in answer.content.decode() + caplog.text
