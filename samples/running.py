"""A HuleEdu of one's own: web server and worker as child processes, and a teacher who can sign in.

Used by demo.py and serve.py; a real site is run as docs/running.md says.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

HOUSE = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_S = 60  # the longest that the web server may take to answer
GRACE_S = 30  # the longest that a process may take to finish what it has begun
# Whatever .env says of a real site: here nobody ends TLS, and the name is this machine's.
HERE = {"HTTPS": "false", "ALLOWED_HOSTS": f"localhost,{HOST}"}

MAKE_TEACHER = """
import os
from accounts.models import User
email = os.environ["TEACHER_EMAIL"]
teacher = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email)
teacher.set_password(os.environ["TEACHER_PASSWORD"])
teacher.save()
"""


class Broken(Exception):
    """Something did not go as it should; the message is for the person at the terminal."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def refuse_taken_port(port: int) -> None:
    """Raises Broken when somebody else listens there already."""
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise Broken(f"Port {port} is taken. Choose another one: PORT={port + 1} make serve")


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal end the block as Ctrl-C does: nothing is left behind. Ctrl-C is
    told too: a script's background jobs inherit it as ignored."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield


class Site:
    """Web server and worker, stopped at the end of the `with` block by their own process ids.

    environment: on top of this process's own. logs: a folder for web.log and worker.log; None: the
    processes write to this terminal.
    """

    def __init__(
        self, *, port: int, environment: Mapping[str, str], logs: Path | None = None
    ) -> None:
        self.port = port
        self.logs = logs
        self._environment = {**os.environ, **HERE, **environment}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def manage(self, *arguments: str, **environment: str) -> None:
        """Run a management command to its end. Raises Broken."""
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "manage.py", *arguments],
            cwd=HOUSE,
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Broken(f"manage.py {arguments[0]} failed:\n{done.stderr[-2000:]}")

    def make_teacher(self, email: str, password: str) -> None:
        self.manage(
            "shell", "-v", "0", "-c", MAKE_TEACHER, TEACHER_EMAIL=email, TEACHER_PASSWORD=password
        )

    def start(self, *, processes: int) -> None:
        """Start both and wait until the web server answers. Raises Broken."""
        python = sys.executable
        web = [python, "-m", "gunicorn", "--config", "python:huleedu.gunicorn_conf"]
        self._start("web", [*web, "--bind", f"{HOST}:{self.port}", "--log-level", "warning"])
        self._start("worker", [python, "manage.py", "worker", "--processes", str(processes)])
        deadline = time.monotonic() + START_S
        while not self._answers():
            self.check()
            if time.monotonic() > deadline:
                raise Broken(f"The web server does not answer on {self.url}.\n{self.tail()}")
            time.sleep(0.1)

    def _start(self, name: str, command: list[str]) -> None:
        log = (self.logs / f"{name}.log").open("wb") if self.logs else None
        self._processes[name] = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            cwd=HOUSE,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches them through stop(), and only once
        )
        if log:
            log.close()

    def _answers(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def check(self) -> None:
        """Raises Broken when a process has ended by itself."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise Broken(f"The {name} ended with {process.returncode}.\n{self.tail(name)}")

    def tail(self, *names: str, n_lines: int = 25) -> str:
        """The last lines of the logs."""
        if self.logs is None:
            return ""
        parts = []
        for name in names or tuple(self._processes):
            lines = (self.logs / f"{name}.log").read_text("utf-8", "replace").splitlines()
            parts += [f"--- {name}.log", *lines[-n_lines:]]
        return "\n".join(parts)

    def pids(self) -> list[int]:
        return [process.pid for process in self._processes.values()]

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
