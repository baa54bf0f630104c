"""The warm process and the readers that it forks, seen from outside."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def the_readers() -> set[int]:
    """The one that waits for the next file, and any that has not ended."""
    return set(children_of(warm_process()))


def warm_process() -> int:
    """The one that readers are forked from."""
    [pid] = [child for child in children_of(os.getpid()) if "files.reader" in command_of(child)]
    return pid


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def is_gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or ") Z " in stat.read_text()


def wait_for(question: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.01)
    pytest.fail("waited 5 s in vain")
