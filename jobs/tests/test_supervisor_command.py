"""What `manage.py worker` reads before it starts anything, and what it says when asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.conf import Conf

from jobs.models import Worker
from jobs.supervisor import UnknownQueue, configure


@pytest.fixture(autouse=True)
def _conf(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """django-q2's settings as they were, after each test."""
    for name in ("CLUSTER_NAME", "WORKERS", "TIMEOUT"):
        monkeypatch.setattr(Conf, name, getattr(Conf, name))
    yield


def worker(**columns: Any) -> Worker:
    now = timezone.now()
    details = {"host": socket.gethostname(), "pid": 1, "queue": "huleedu", "processes": 2}
    return Worker.objects.create(**details | {"started_at": now, "seen_at": now} | columns)


def test_queue_of_its_own_brings_its_own_settings(settings: LazySettings) -> None:
    settings.Q_CLUSTER = {"name": "huleedu", "ALT_CLUSTERS": {"long": {"timeout": 600}}}

    assert configure("long", 3) == "long"

    assert (Conf.CLUSTER_NAME, Conf.TIMEOUT, Conf.WORKERS) == ("long", 600, 3)


def test_queue_that_nobody_has_is_refused() -> None:
    with pytest.raises(UnknownQueue, match="No queue 'nonesuch'; there are: huleedu"):
        configure("nonesuch", None)


@pytest.mark.django_db
def test_check_succeeds_when_workers_of_all_queues_were_seen_on_this_host(capsys: Any) -> None:
    worker()
    worker(queue="long", pid=2)

    call_command("worker", "--check")

    assert capsys.readouterr().out.count("is alive") == 2


@pytest.mark.django_db
def test_check_of_one_queue_asks_for_no_other(capsys: Any) -> None:
    worker()

    call_command("worker", "--check", "--queue", "huleedu")

    assert "worker on queue huleedu is alive" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [[], ["--queue", "long"]], ids=["all", "long"])
def test_check_fails_soon_when_the_long_queue_alone_has_no_worker(asked: list[str]) -> None:
    worker()
    worker(queue="long", pid=2, seen_at=timezone.now() - timedelta(minutes=1))

    with pytest.raises(CommandError, match="no worker on queue long is alive"):
        call_command("worker", "--check", *asked)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "columns",
    [
        {"seen_at": timezone.now() - timedelta(minutes=1)},
        {"host": "elsewhere"},
        {"queue": "long"},
    ],
    ids=["silent", "elsewhere", "another queue"],
)
def test_check_fails_when_no_such_worker_was_seen(columns: dict[str, Any]) -> None:
    worker(**columns)

    with pytest.raises(CommandError, match="no worker on queue huleedu is alive"):
        call_command("worker", "--check")
