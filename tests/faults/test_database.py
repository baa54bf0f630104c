"""A database that is not there yet, or goes away for a while."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from batches.models import Batch
from pipelines.models import EssayPhase
from pipelines.tests.phases import registered
from tests.engines import needs_postgres
from tests.essays import fresh, hand_in_good, register
from tests.faults.conftest import StartWorker
from tests.faults.deadly import DEADLY
from tests.faults.real_worker import Work, database_url, eventually

pytestmark = pytest.mark.xdist_group("faults")  # one after the other: they measure seconds


@contextmanager
def server() -> Iterator[psycopg.Connection]:
    """A session beside the test's database, which goes on when that one lets nobody in."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl()
    with psycopg.connect(url, autocommit=True) as session:
        yield session


def end_all_sessions(session: psycopg.Connection) -> None:
    connection.ensure_connection()
    name = connection.settings_dict["NAME"]
    session.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
        [name, connection.connection.info.backend_pid],
    )


def let_in(session: psycopg.Connection, allowed: bool) -> None:
    name = connection.settings_dict["NAME"]
    session.execute("UPDATE pg_database SET datallowconn = %s WHERE datname = %s", [allowed, name])


def holds_presence(session: psycopg.Connection) -> bool:
    locks = session.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted")
    return locks.fetchone() is not None


@needs_postgres
def test_lost_connections_cost_about_a_second(start: StartWorker, work: Work) -> None:
    worker = start().ready()
    work.queue("nap", 10)
    eventually(lambda: work.n_ended >= 3)

    with server() as session:
        end_all_sessions(session)

    assert work.finish() < 4
    assert worker.n_starts == 1
    assert work.n_started_twice == 0


@needs_postgres
def test_work_goes_on_after_the_database_was_away(start: StartWorker, work: Work) -> None:
    worker = start().ready()
    work.queue("nap", 10)
    eventually(lambda: work.n_ended >= 3)

    with server() as session:
        let_in(session, False)
        end_all_sessions(session)
        eventually(lambda: "waiting for the database" in worker.log)
        let_in(session, True)

    assert work.finish() < 4
    assert worker.n_starts == 1


@needs_postgres
def test_outage_while_work_is_under_way_is_no_attempt(
    start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    with registered(DEADLY):
        batch = register(teacher, 1, requested_pipeline="deadly", max_retries=0)
        hand_in_good(batch, 1)
        steps = EssayPhase.objects.filter(phase_run__phase="deadly")
        worker = start(VAR_DIR=str(tmp_path))
        eventually(lambda: steps.filter(attempts=1).exists(), within_s=60, what=worker)

        with server() as session:
            let_in(session, False)
            end_all_sessions(session)
            time.sleep(2)
            let_in(session, True)

        eventually(lambda: fresh(batch).completed_at, within_s=60, what=worker)
    assert (steps.get().status, steps.get().attempts) == (EssayPhase.Status.SUCCEEDED, 1)


OTHER_HOST = """
import os, signal, sys, uuid, django
django.setup()
from batches.flow import locked
with locked(uuid.UUID(sys.argv[1])):
    print("in", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
"""


@needs_postgres
def test_host_that_falls_silent_with_a_batch_in_its_hand_keeps_no_other_waiting(
    start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    held, _other = register(teacher, 5), register(teacher, 5)
    Batch.objects.update(registered_at=long_ago)
    silent = subprocess.Popen(
        [sys.executable, "-c", OTHER_HOST, str(held.pk)],
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "huleedu.settings",
        },
    )
    try:
        assert silent.stdout is not None
        assert silent.stdout.readline() == b"in\n"
        worker = start(VAR_DIR=str(tmp_path)).ready()

        waiting = Batch.objects.filter(readiness_timed_out_at=None)
        eventually(lambda: not waiting.exists(), within_s=28, what=worker)
    finally:
        silent.kill()
        silent.wait()


@needs_postgres
def test_worker_is_not_alone_after_its_session_was_lost(start: StartWorker, work: Work) -> None:
    first = start().ready()
    with server() as session:
        end_all_sessions(session)
        eventually(lambda: "waiting for the database" in first.log)
        eventually(lambda: holds_presence(session))
    work.queue("long", 2)
    eventually(lambda: len(work.marks("start")) == 2)

    second = start().ready()

    assert "its leases are left alone" in second.log
    work.finish()
    assert work.n_started_twice == 0


def test_worker_waits_for_a_database_that_is_not_up_yet(
    start: StartWorker, work: Work, tmp_path: Path
) -> None:
    missing = tmp_path / "later" / "huleedu.sqlite3"
    worker = start(DATABASE_URL=f"sqlite:///{missing}")
    eventually(lambda: "waiting for the database" in worker.log, within_s=30)
    assert worker.n_starts == 0

    if connection.vendor == "sqlite":
        made = tmp_path / "made"
        made.mkdir()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(made / missing.name)])
        made.rename(missing.parent)
        worker.ready()

    assert worker.terminate() == 0
