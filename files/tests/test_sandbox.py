"""The parent survives whatever its child does. Every fault is a real one, run in a real child."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from files import confinement, sandbox
from files.extraction import ExtractionFailed, FailureCode, Limits
from files.sandbox import extract_in_sandbox
from files.tests.sandbox_faults import (
    answer_with_the_wrong_shape,
    burn,
    crash_in_native_code,
    eat_memory,
    exit_at_once,
    flood_the_pipe,
    hang,
    is_open,
    kill_oneself_with,
    recurse_without_end,
    write_garbage,
)

FAST = Limits(wall_s=5.0, memory_bytes=256 * 1024**2)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and prctl are Linux")


def open_files() -> list[str]:
    return (
        sorted(fd.name for fd in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else []
    )


def failure_of(work: Callable[[], Any], limits: Limits = FAST) -> FailureCode:
    before = open_files()
    with pytest.raises(ExtractionFailed) as failed:
        sandbox.run(work, limits)
    assert open_files() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    return failed.value.code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (eat_memory, FailureCode.TOO_LARGE),
        (kill_oneself_with(signal.SIGABRT), FailureCode.TOO_LARGE),
        (kill_oneself_with(signal.SIGKILL), FailureCode.TOO_LARGE),
        (crash_in_native_code, FailureCode.CORRUPT),
        (exit_at_once, FailureCode.CORRUPT),
        (write_garbage, FailureCode.CORRUPT),
        (flood_the_pipe, FailureCode.TOO_LARGE),
        (recurse_without_end, FailureCode.CORRUPT),
        (answer_with_the_wrong_shape, FailureCode.CORRUPT),
        (sys.exit, FailureCode.CORRUPT),
    ],
)
def test_a_fault_in_the_child_becomes_a_code(fault: Callable[[], Any], code: FailureCode) -> None:
    limits = Limits(wall_s=10.0, memory_bytes=256 * 1024**2, text_chars=10_000)

    assert failure_of(fault, limits) == code


def test_a_busy_child_runs_out_of_cpu_time() -> None:
    assert failure_of(burn, Limits(cpu_s=1, wall_s=10.0)) == FailureCode.TIMEOUT


def test_a_hang_costs_no_more_than_the_wall_limit() -> None:
    begun = time.monotonic()

    assert failure_of(hang, Limits(wall_s=0.3)) == FailureCode.TIMEOUT

    assert time.monotonic() - begun < 1.5


def test_what_works_comes_back() -> None:
    found = extract_in_sandbox("Kära dagbok, åäö 😀".encode(), file_name="a.txt")

    assert found.text == "Kära dagbok, åäö 😀"
    assert found.warnings == ("too_short",)


def test_a_reader_s_refusal_keeps_its_code_and_sentence() -> None:
    with pytest.raises(ExtractionFailed) as failed:
        extract_in_sandbox(b"GIF89a", file_name="photo.gif")

    assert failed.value.code == FailureCode.UNSUPPORTED_TYPE
    assert "picture" in failed.value.detail


def test_an_oversized_file_is_refused_without_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))

    with pytest.raises(ExtractionFailed) as failed:
        extract_in_sandbox(b"12345", file_name="a.txt", limits=Limits(file_bytes=4))

    assert failed.value.code == FailureCode.TOO_LARGE


def test_the_child_has_no_descriptor_of_the_parent() -> None:
    ours, theirs = socket.socketpair()

    answer = sandbox.run(lambda: {"open": [fd for fd in range(3, 256) if is_open(fd)]}, FAST)

    assert len(answer["open"]) == 1  # the pipe
    ours.send(b"still connected")
    assert theirs.recv(64) == b"still connected"
    ours.close()
    theirs.close()


def test_the_child_forgets_alarms_and_handlers() -> None:
    previous = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 5)
    try:
        answer = sandbox.run(
            lambda: {
                "left": signal.getitimer(signal.ITIMER_REAL)[0],
                "default": signal.getsignal(signal.SIGALRM) == signal.SIG_DFL,
            },
            FAST,
        )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)

    assert answer == {"left": 0.0, "default": True}


def test_exit_handlers_and_buffers_of_the_parent_do_not_run(
    capfd: pytest.CaptureFixture[str],
) -> None:
    sys.stdout.write("once")

    sandbox.run(lambda: {}, FAST)
    sys.stdout.flush()

    assert capfd.readouterr().out == "once"


def refusal_of(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "allowed"


@on_linux
def test_the_child_can_write_no_file(tmp_path: Path) -> None:
    target = tmp_path / "stolen.txt"

    answer = sandbox.run(lambda: {"write": refusal_of(lambda: target.write_text("x"))}, FAST)

    assert answer["write"] != "allowed"
    assert not target.exists() or target.read_text() == ""


@on_linux
def test_the_child_can_reach_no_server() -> None:
    kinds = {"tcp": socket.AF_INET, "unix": socket.AF_UNIX}

    answer = sandbox.run(
        lambda: {name: refusal_of(partial(socket.socket, kind)) for name, kind in kinds.items()},
        FAST,
    )

    assert answer == {"tcp": "PermissionError", "unix": "PermissionError"}


@on_linux
def test_the_child_can_start_no_program_and_no_process() -> None:
    answer = sandbox.run(
        lambda: {
            "fork": refusal_of(os.fork),
            "exec": refusal_of(lambda: subprocess.run(["true"])),
        },
        FAST,
    )

    assert answer == {"fork": "PermissionError", "exec": "PermissionError"}


def test_without_confinement_nothing_is_read() -> None:
    """An impossible limit fails inside the child; a broken machine must not blame the file."""
    with pytest.raises(sandbox.SandboxUnavailable):
        extract_in_sandbox(b"text", file_name="a.txt", limits=Limits(memory_bytes=1 << 70))


def extract_and_exit() -> None:
    found = extract_in_sandbox(b"Read in a daemon.", file_name="a.txt")
    os._exit(0 if found.text == "Read in a daemon." else 1)


def test_it_works_inside_a_daemonic_worker() -> None:
    """django-q's workers are daemonic, and multiprocessing refuses children to them."""
    worker = multiprocessing.get_context("fork").Process(target=extract_and_exit, daemon=True)

    worker.start()
    worker.join(10)

    assert worker.exitcode == 0


@on_linux
def test_the_child_dies_with_its_parent() -> None:
    """A worker killed in the middle of a file leaves no reader behind."""
    worker = os.fork()
    if worker == 0:
        try:
            sandbox.run(hang, Limits(wall_s=50))
        finally:
            os._exit(0)
    reader = wait_for(lambda: only_child_of(worker))

    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)

    wait_for(lambda: not Path(f"/proc/{reader}").exists() or is_zombie(reader))


def only_child_of(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(children[0]) if children else 0


def is_zombie(pid: int) -> bool:
    return ") Z " in Path(f"/proc/{pid}/stat").read_text()


def wait_for(question: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.01)
    pytest.fail("waited 5 s in vain")


def test_memory_stays_flat_over_many_files() -> None:
    data = b"A short essay about nothing much. " * 200
    extract_in_sandbox(data, file_name="a.txt")
    before = confinement.inherited_bytes()

    for _ in range(100):
        extract_in_sandbox(data, file_name="a.txt")

    assert confinement.inherited_bytes() - before < 4 * 1024**2
