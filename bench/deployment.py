"""A running HuleEdu to be measured: web server, worker and database, started for the purpose."""

from __future__ import annotations

import secrets
import sqlite3
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg
from client import Client
from running import Site, free_port

from bench.workload import Essay
from tests import postgres

TEACHER = ("bench@example.org", "bench")
LONGEST_RUN_S = 3600
LOOK = "SELECT id, completed_at FROM batches_batch"  # so begins what the bench itself asks


@dataclass(frozen=True, slots=True)
class Load:
    batches: int
    essays: int
    processes: int

    @property
    def n(self) -> int:
        return self.batches * self.essays


@contextmanager
def site(
    engine: str, processes: int, log_statements: bool, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Site, str]]:
    """A running HuleEdu with a teacher, and its DATABASE_URL."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="huleedu-bench-")))
        url = f"sqlite:///{folder}/huleedu.sqlite3"
        if engine == "postgres":
            url = stack.enter_context(postgres.server())
        if log_statements:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET log_statement = 'all'")
                connection.execute("SELECT pg_reload_conf()")
        surroundings = {
            **(environment or {}),
            "SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": url,
            "VAR_DIR": str(folder),
            "HTTPS": "false",
            "LOG_LEVEL": "WARNING",
        }
        running = Site(port=free_port(), environment=surroundings, logs=folder)
        stack.enter_context(running)
        running.manage("migrate", "--verbosity", "0")
        running.manage("collectstatic", "--no-input", "--verbosity", "0")
        running.make_teacher(*TEACHER)
        running.start(processes=processes)
        yield running, url


def roots(running: Site, url: str) -> list[psutil.Process]:
    """Web server, worker and database; all others descend from them."""
    found = [psutil.Process(pid) for pid in running.pids()]
    if not url.startswith("sqlite"):
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            found.append(psutil.Process(row[0]).parent())  # type: ignore[index, arg-type]
    return found


@contextmanager
def standing_still(processes: list[psutil.Process]) -> Iterator[None]:
    """They and all that they have started take no CPU inside."""
    everyone = [each for root in processes for each in (root, *root.children(recursive=True))]
    for process in everyone:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in everyone:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def send(client: Client, course: str, work: list[Essay]) -> tuple[str, float]:
    """Register a batch and send its files; (batch id, moment of the answer)."""
    answer = client.post(
        "/v1/batches/register",
        {"course_code": course, "expected_essay_count": len(work), "class_designation": "bench"},
    )
    batch_id = str(answer["batch_id"])
    for first in range(0, len(work), 300):
        files = [(essay.name, essay.data) for essay in work[first : first + 300]]
        client.send("/v1/files/batch", files, batch_id=batch_id)
    return batch_id, time.time()


def results(url: str, running: Site, batch_ids: Collection[str]) -> dict[str, float]:
    """Batch id → moment of its end, once all of them have ended."""
    literals = ", ".join(f"'{UUID(pk).hex}'" for pk in batch_ids)  # as both databases take them
    query = f"{LOOK} WHERE completed_at IS NOT NULL AND id IN ({literals})"
    deadline = time.monotonic() + LONGEST_RUN_S
    with _beside(url) as connection:
        while time.monotonic() < deadline:
            running.check()
            rows = connection.execute(query).fetchall()
            if len(rows) == len(batch_ids):
                return dict(map(_as_python, rows))
            time.sleep(0.25)
    raise SystemExit("the run did not end")


@contextmanager
def _beside(url: str) -> Iterator[sqlite3.Connection | psycopg.Connection]:
    """One connection for all looks: to open one costs the server more than the look itself."""
    if url.startswith("sqlite"):
        file = f"file:{url.removeprefix('sqlite:///')}?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as connection:
            yield connection
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection


def _as_python(row: tuple[Any, Any]) -> tuple[str, float]:
    pk, at = row
    if isinstance(at, str):  # as Django writes them into SQLite
        return str(UUID(pk)), datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
    return str(pk), at.timestamp()


ROWS = ("tup_returned", "tup_fetched", "tup_inserted", "tup_updated", "tup_deleted")
BUFFERS = ("blks_hit", "blks_read")


def touched(url: str) -> dict[str, int]:
    """Rows and buffers that the server has touched so far; empty for SQLite. tup_returned: rows of
    sequential scans and entries of indexes; tup_fetched: rows that indexes have led to."""
    if url.startswith("sqlite"):
        return {}
    time.sleep(1.5)  # the server's statistics are up to a second late
    with psycopg.connect(url) as connection:
        row = connection.execute(
            f"SELECT {', '.join(ROWS + BUFFERS)} FROM pg_stat_database"  # noqa: S608 - our names
            " WHERE datname = current_database()"
        ).fetchone()
    found = dict(zip(ROWS + BUFFERS, row or (), strict=True))
    return {name: found[name] for name in ROWS} | {"buffers": sum(found[name] for name in BUFFERS)}
