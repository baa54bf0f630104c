"""What the processes of a measured site have in use: see bench/inside/sitecustomize.py."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.inside import sitecustomize
from bench.inside.sitecustomize import ASK, FOLDER

ANSWER_S = 10.0


class InUse:
    """Asks the processes of a site that was started with `environment`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        inside = str(Path(sitecustomize.__file__).parent)
        self.environment = {FOLDER: str(folder), "PYTHONPATH": inside}

    def of(self, process: psutil.Process) -> dict[str, int] | None:
        """`blocks`: Python's small objects; `malloc`: bytes of all larger ones and of libraries.
        None: it is not one of Python's, is too busy to say, or has ended."""
        answer = self._folder / f"{process.pid}.json"
        answer.unlink(missing_ok=True)
        try:
            if not _answers(process.pid):
                return None
            process.send_signal(ASK)
        except (FileNotFoundError, ProcessLookupError, psutil.NoSuchProcess):
            return None
        deadline = time.monotonic() + ANSWER_S
        while time.monotonic() < deadline and process.is_running():
            if answer.exists():
                said: dict[str, int] = json.loads(answer.read_text())
                return said
            time.sleep(0.05)
        return None


@contextmanager
def in_use() -> Iterator[InUse]:
    with tempfile.TemporaryDirectory(prefix="huleedu-in-use-") as folder:
        yield InUse(Path(folder))


def _answers(pid: int) -> bool:
    """It catches the question; any other process would be killed by it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (ASK - 1) & 1)
    return False
