"""The whole job under load: files through HTTP and real workers, beside the bare functions.

    python bench/pipeline.py [--engine sqlite|postgres|both] [--batches N] [--essays M]
                             [--processes P] [--growth]

Each run starts a web server, a worker and, for postgres, a server of its own in a temporary folder,
and prints one JSON line:

essays_per_s        from the first upload to the last result
latency_s           of a batch, from the answer to its upload to its last result: p50, p95
platform_cpu_ms     CPU of web, workers and database for an essay, less the two pure functions'
pure_cpu_ms         CPU of `extract` and `check` for an essay, in a bare pool of the same size
floor_ratio         essays_per_s ÷ essays/s of that bare pool, measured before and after in the
                    same run: the machine's own speed changes meanwhile
batches_of_30_per_h essays_per_s as batches of thirty in an hour
estimate            how wrong the time left was that the API said meanwhile: bench/estimates.py
database            postgres: statements (from the server's log, in a run of their own), rows and
                    buffers that an essay touches
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import secrets
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOUSE), str(HOUSE / "samples")]

import psutil  # noqa: E402
import psycopg  # noqa: E402
from client import Client  # noqa: E402
from running import Site, free_port  # noqa: E402

from bench.estimates import asking  # noqa: E402
from bench.workload import FOLDERS, Essay, essays  # noqa: E402
from tests import postgres  # noqa: E402

TEACHER = ("bench@example.org", "bench")
N_CLIENTS = 2
N_OF_THE_FLOOR = 600  # essays at most
N_ASKED_ABOUT = 5  # batches whose time left is asked for each second, as by teachers who wait
LONGEST_RUN_S = 3600
ENDED = "completed_successfully,completed_with_failures,failed"


@dataclass(frozen=True, slots=True)
class Load:
    batches: int
    essays: int
    processes: int

    @property
    def n(self) -> int:
        return self.batches * self.essays


# --- the floor: the same functions, and nothing else ----------------------------------------
def _one(essay: Essay) -> float:
    """CPU seconds of reading and checking one essay."""
    from files.extraction import extract
    from spellcheck import engine

    began = time.process_time()
    text = extract(essay.data, file_name=essay.name, language=essay.language).text
    engine.check(text, language=essay.language)
    return time.process_time() - began


def _warm() -> None:
    from spellcheck import engine

    engine.preload()


def floor(work: list[Essay], processes: int) -> dict[str, float]:
    """wall_ms and cpu_ms an essay of a bare pool of processes, without Django and database."""
    _warm()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        pool.map(_one, work[: 4 * processes], chunksize=1)
        began = time.monotonic()
        cpu_s = pool.map(_one, work, chunksize=1)
        wall_s = time.monotonic() - began
    return {
        "wall_ms": 1000 * wall_s / len(work),
        "cpu_ms": 1000 * sum(cpu_s) / len(work),
    }


# --- the platform -----------------------------------------------------------------------------
@contextmanager
def site(engine: str, processes: int, log_statements: bool) -> Iterator[tuple[Site, str]]:
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
        environment = {
            "SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": url,
            "VAR_DIR": str(folder),
            "HTTPS": "false",
            "LOG_LEVEL": "WARNING",
        }
        running = Site(port=free_port(), environment=environment, logs=folder)
        stack.enter_context(running)
        running.manage("migrate", "--verbosity", "0")
        running.manage("collectstatic", "--no-input", "--verbosity", "0")
        running.make_teacher(*TEACHER)
        running.start(processes=processes)
        yield running, url


def cpu_s(running: Site, url: str) -> float:
    """CPU seconds so far of web, worker and database, with all that they have started."""
    roots = [psutil.Process(pid) for pid in running.pids()]
    if not url.startswith("sqlite"):
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            roots.append(psutil.Process(row[0]).parent())  # type: ignore[index, arg-type]
    total = 0.0
    for root in roots:
        for process in [root, *root.children(recursive=True)]:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system + times.children_user + times.children_system
    return total


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


def results(url: str, running: Site, load: Load) -> dict[str, float]:
    """Batch id → moment of its end, once all have ended."""
    query = (
        "SELECT id, completed_at FROM batches_batch"
        " WHERE status IN ('completed_successfully', 'completed_with_failures',"
        " 'failed_critically')"
    )
    deadline = time.monotonic() + LONGEST_RUN_S
    while time.monotonic() < deadline:
        running.check()
        rows = _rows(url, query)
        if len(rows) == load.batches:
            return rows
        time.sleep(0.25)
    raise SystemExit("the run did not end")


def _rows(url: str, query: str) -> dict[str, float]:
    if url.startswith("sqlite"):
        import sqlite3
        from datetime import UTC, datetime

        with sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True) as db:
            found = db.execute(query).fetchall()
        return {
            f"{pk[:8]}-{pk[8:12]}-{pk[12:16]}-{pk[16:20]}-{pk[20:]}": datetime.fromisoformat(at)
            .replace(tzinfo=UTC)
            .timestamp()
            for pk, at in found
        }
    with psycopg.connect(url) as connection:
        return {str(pk): at.timestamp() for pk, at in connection.execute(query).fetchall()}


def measure(engine: str, load: Load) -> dict[str, Any]:
    """One run of the platform between two of its floor."""
    courses = [list(FOLDERS)[i % 2] for i in range(load.batches)]
    work = [essays(course, load.essays, i) for i, course in enumerate(courses)]
    pure = [essay for batch in work for essay in batch][:N_OF_THE_FLOOR]
    before = floor(pure, load.processes)
    with site(engine, load.processes, log_statements=False) as (running, url):
        client = Client(running.url)
        client.sign_in(*TEACHER)
        send(client, "ENG6", essays("ENG6", 2, -1))  # the first essays pay for warm-up
        results(url, running, Load(1, 2, load.processes))
        before_rows, before_cpu = touched(url), cpu_s(running, url)
        began = time.time()
        with asking(client) as said, ThreadPoolExecutor(N_CLIENTS) as clients:

            def send_and_ask(i: int) -> tuple[str, float]:
                batch_id, at = send(client, courses[i], work[i])
                if i % max(1, load.batches // N_ASKED_ABOUT) == 0:
                    said.ask_about(batch_id)
                return batch_id, at

            sent = dict(clients.map(send_and_ask, range(load.batches)))
            ended = results(url, running, Load(load.batches + 1, load.essays, load.processes))
        used_cpu = cpu_s(running, url) - before_cpu
        after_rows = touched(url)
    last = max(ended[pk] for pk in sent)
    latencies = sorted(max(0.0, ended[pk] - at) for pk, at in sent.items())
    after = floor(pure, load.processes)
    bare = {name: (before[name] + after[name]) / 2 for name in before}
    floor_rate = 1000 / bare["wall_ms"]
    rate = load.n / (last - began)
    return {
        "bench": "pipeline",
        "engine": engine,
        "batches": load.batches,
        "essays_a_batch": load.essays,
        "worker_processes": load.processes,
        "essays_per_s": round(rate, 1),
        "batches_of_30_per_h": round(rate * 120),
        "latency_s": {
            "p50": round(statistics.median(latencies), 2),
            "p95": round(latencies[int(0.95 * (len(latencies) - 1))], 2),
        },
        "last_upload_to_last_result_s": round(last - max(sent.values()), 2),
        "estimate": said.errors(ended),
        "cpu_ms": round(1000 * used_cpu / load.n, 1),
        "pure_cpu_ms": round(bare["cpu_ms"], 1),
        "platform_cpu_ms": round(1000 * used_cpu / load.n - bare["cpu_ms"], 1),
        "floor_essays_per_s": round(floor_rate, 1),
        "floor_ratio": round(rate / floor_rate, 2),
        "touched_per_essay": {
            name: round((after_rows[name] - before_rows[name]) / load.n, 1) for name in after_rows
        },
    }


def touched(url: str) -> dict[str, int]:
    """Rows and buffers that the server has touched so far; empty for SQLite."""
    if url.startswith("sqlite"):
        return {}
    columns = ["tup_fetched", "tup_inserted", "tup_updated", "tup_deleted", "blks_hit"]
    time.sleep(1.5)  # the server's statistics are up to a second late
    with psycopg.connect(url) as connection:
        row = connection.execute(
            f"SELECT {', '.join(columns)} FROM pg_stat_database"  # noqa: S608 - our own names
            " WHERE datname = current_database()"
        ).fetchone()
    return dict(zip(columns, row or (), strict=True))


# --- statements -------------------------------------------------------------------------------
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)")
NOT_COUNTED = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SET|SHOW|DISCARD|SELECT set_config)")
TARGET = re.compile(r'^(\w+)\b.*?(?:FROM |INTO |^UPDATE )"(\w+)"|^(UPDATE) "(\w+)"')


def statements(load: Load) -> dict[str, Any]:
    """Statements an essay on PostgreSQL, by what they do; polling and heartbeats count."""
    with site("postgres", load.processes, log_statements=True) as (running, url):
        client = Client(running.url)
        client.sign_in(*TEACHER)
        send(client, "ENG6", essays("ENG6", 2, -1))
        results(url, running, Load(1, 2, load.processes))
        log = _server_log(url)
        began = log.stat().st_size
        send(client, "ENG6", essays("ENG6", load.essays, 0))
        results(url, running, Load(2, load.essays, load.processes))
        lines = log.read_bytes()[began:].decode("utf-8", "replace").splitlines()
    found = [match[1] for line in lines if (match := STATEMENT.search(line))]
    kinds = Counter(
        f"{match[1] or match[3]} {match[2] or match[4]}"
        for text in found
        if not NOT_COUNTED.match(text) and (match := TARGET.match(text))
    )
    return {
        "bench": "statements",
        "engine": "postgres",
        "essays": load.essays,
        "statements_per_essay": round(sum(kinds.values()) / load.essays, 1),
        "of_which": {name: round(n / load.essays, 2) for name, n in kinds.most_common(40)},
    }


def _server_log(url: str) -> Path:
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    return Path(row[0]) / "log"  # type: ignore[index]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--essays", type=int, default=30)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--growth", action="store_true", help="how cost grows; takes long")
    options = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    engines = ["sqlite", "postgres"] if options.engine == "both" else [options.engine]
    loads = [Load(options.batches, options.essays, options.processes)]
    if options.growth:
        loads = [Load(n, 10, 2) for n in (10, 100, 1000)]
        loads += [Load(10, 300, 2), Load(20, 30, 1), Load(20, 30, 2)]
    for engine in engines:
        for load in loads:
            print(json.dumps(measure(engine, load)), flush=True)
    if options.growth and "postgres" in engines:
        from bench import growth  # it needs this module

        for line in growth.run([10, 100, 1000], n_batches=10, n_essays=10):
            print(json.dumps(line), flush=True)
    if "postgres" in engines:
        print(json.dumps(statements(Load(1, 60, options.processes))), flush=True)


if __name__ == "__main__":
    main()
