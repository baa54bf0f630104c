"""The web server as it runs everywhere: gunicorn with our settings for it, real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest

from huleedu import gunicorn_conf
from tests.faults.real_worker import eventually
from tests.test_metrics import parsed

HOUSE = Path(__file__).resolve().parent.parent
LOADED = """
import threading, huleedu.wsgi
from django.db import connections
print([each.connection for each in connections.all()], threading.active_count())
"""
SOON_S = 30.0


def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "METRICS_DIR": str(folder / "metrics"),
        "METRICS_ENABLED": "true",
        "HTTPS": "false",
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "CRITICAL",
    }


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int, threads: int) -> None:
        self.process = process
        self.port = port
        self.threads = threads

    def get(self, path: str) -> str:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def answers(self) -> bool:
        try:
            return bool(self.get("/healthz"))
        except OSError:
            return False

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def is_whole(self) -> bool:
        """All processes are there with all of their threads."""
        n_threads = 1 + self.threads
        whole = [each for each in self.processes() if each.num_threads() == n_threads]
        return len(whole) == gunicorn_conf.workers


@contextmanager
def serving(folder: Path, *, threads: int = gunicorn_conf.threads) -> Iterator[Server]:
    """gunicorn loses a stop for a process that it has just forked: it is told none before all are
    whole."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    surroundings = environment(folder) | {"DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"}
    migrate = [sys.executable, "manage.py", "migrate", "-v", "0"]
    subprocess.run(migrate, cwd=HOUSE, env=surroundings, check=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:huleedu.gunicorn_conf"]
    options = ["--bind", f"127.0.0.1:{port}", "--log-level", "critical", "--threads", str(threads)]
    process = subprocess.Popen(
        [*gunicorn, *options],
        cwd=HOUSE,
        env=surroundings,
    )
    try:
        served = Server(process, port, threads)
        eventually(lambda: served.answers() and served.is_whole(), within_s=SOON_S)
        yield served
    finally:
        process.terminate()
        process.wait(SOON_S)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as server:
        yield server


def test_nothing_that_a_fork_must_not_share_is_open_once_all_is_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=HOUSE,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["[None]", "1"]


def test_processes_share_what_is_loaded(server: Server) -> None:
    for each in server.processes():
        memory = each.memory_full_info()
        assert memory.uss < memory.rss / 2


def test_process_that_dies_is_followed_by_one_that_serves(server: Server) -> None:
    dead, _ = server.processes()

    dead.send_signal(signal.SIGKILL)
    eventually(lambda: dead not in server.processes() and server.is_whole())

    for _ in range(10):
        assert server.get("/healthz")


def test_requests_of_all_processes_are_counted(server: Server) -> None:
    for _ in range(20):
        server.get("/v1/batches")

    [family] = [each for each in parsed(server.get("/metrics")) if each.name == "http_requests"]
    counted = [each.value for each in family.samples if each.labels["view"] == "api:batches"]
    assert counted == [20]


def test_one_thread_is_enough_to_serve(tmp_path: Path) -> None:
    with serving(tmp_path, threads=1) as server:
        assert server.get("/healthz")
