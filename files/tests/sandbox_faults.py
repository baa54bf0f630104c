"""Faults that tests let a reader's child commit: real ones, not mocks."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any


def hang() -> dict[str, Any]:
    time.sleep(60)
    return {}


def burn() -> None:
    while True:
        pass


def eat_memory() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(16 * 1024**2))


def kill_oneself_with(number: int) -> None:
    os.kill(os.getpid(), number)


def exit_at_once() -> None:
    os._exit(3)


def crash_in_native_code() -> None:
    ctypes.string_at(0)


def write_garbage() -> None:
    os.write(highest_descriptor(), b"\x80\x04not json at all")
    os._exit(0)


def answer_with_a_cause(cause: str) -> None:
    answer = {"code": "corrupt", "cause": cause}
    os.write(highest_descriptor(), json.dumps(answer).encode() + b"\n")
    os._exit(0)


def flood_the_pipe() -> None:
    while True:
        os.write(highest_descriptor(), b"x" * 65536)


def recurse_without_end() -> None:
    recurse_without_end()


def answer_with_the_wrong_shape() -> list[str]:
    return ["no", "dict"]


def highest_descriptor() -> int:
    """The pipe: the child's only descriptor beside 0, 1 and 2."""
    return max(fd for fd in range(3, 4096) if is_open(fd))


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


# --- what a child says about itself -----------------------------------------------------------
def nothing() -> dict[str, Any]:
    return {}


def descriptors() -> dict[str, Any]:
    return {"open": [fd for fd in range(3, 256) if is_open(fd)]}


def surroundings() -> dict[str, Any]:
    return {
        "alarm": signal.getitimer(signal.ITIMER_REAL)[0],
        "interrupt_is_default": signal.getsignal(signal.SIGINT) == signal.SIG_DFL,
        "environment": dict(os.environ),
    }


def tries_to_write(target: Path) -> dict[str, Any]:
    return {"write": refusal_of(lambda: target.write_text("x"))}


def tries_to_connect() -> dict[str, Any]:
    kinds = {"tcp": socket.AF_INET, "unix": socket.AF_UNIX}
    return {name: refusal_of(partial(socket.socket, kind)) for name, kind in kinds.items()}


def tries_to_start_others() -> dict[str, Any]:
    return {
        "fork": refusal_of(os.fork),
        "exec": refusal_of(lambda: subprocess.run(["true"])),
    }


def refusal_of(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "allowed"


def process_id(after_s: float = 0.0) -> dict[str, Any]:
    time.sleep(after_s)
    return {"pid": os.getpid()}


def fails_in(pid: int) -> dict[str, Any]:
    if os.getpid() == pid:
        raise ValueError
    return {"pid": os.getpid()}


def leave_an_answer_and_die() -> None:
    os.write(highest_descriptor(), b'{"ok": ["not", "a", "dict"]}\n')
    os._exit(0)
