"""The parent survives whatever its child does. Every fault is a real one, run in a real child."""

from __future__ import annotations

import logging
import signal
import socket
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
from files.tests.processes import the_readers, wait_for
from files.tests.sandbox_faults import (
    answer_with_a_cause,
    answer_with_the_wrong_shape,
    burn,
    crash_in_native_code,
    descriptors,
    eat_memory,
    exit_at_once,
    flood_the_pipe,
    hang,
    kill_oneself_with,
    nothing,
    recurse_without_end,
    surroundings,
    tries_to_connect,
    tries_to_start_others,
    tries_to_write,
    write_garbage,
)

FAST = Limits(wall_s=5.0, memory_bytes=256 * 1024**2)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and prctl are Linux")


def open_files() -> list[str]:
    return (
        sorted(fd.name for fd in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else []
    )


def failure_of(work: Callable[[], Any], limits: Limits = FAST) -> FailureCode:
    sandbox.run(nothing, FAST)
    readers = wait_for(the_readers) if sys.platform == "linux" else set()
    before = open_files()
    with pytest.raises(ExtractionFailed) as failed:
        sandbox.run(work, limits)
    sandbox.run(nothing, FAST)
    assert open_files() == before
    if sys.platform == "linux":
        wait_for(lambda: not readers & the_readers())
    return failed.value.code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (eat_memory, FailureCode.TOO_LARGE),
        (partial(kill_oneself_with, signal.SIGABRT), FailureCode.TOO_LARGE),
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


@pytest.mark.parametrize(
    ("cause", "is_told"),
    [
        ("KeyError in parse:12", True),
        ("KeyError in <lambda>:12", True),
        ("Zebulonia went home in the rain", False),
        ("KeyError in parse:12\nZebulonia", False),
    ],
)
def test_only_a_type_and_a_place_get_from_a_child_into_the_log(
    cause: str, is_told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert failure_of(partial(answer_with_a_cause, cause)) == FailureCode.CORRUPT

    assert (cause in caplog.text) == is_told
    assert "Zebulonia" not in caplog.text


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
    monkeypatch.setattr(sandbox, "run", lambda *_: pytest.fail("a child was asked"))

    with pytest.raises(ExtractionFailed) as failed:
        extract_in_sandbox(b"12345", file_name="a.txt", limits=Limits(file_bytes=4))

    assert failed.value.code == FailureCode.TOO_LARGE


def test_the_child_has_no_descriptor_but_its_own() -> None:
    ours, theirs = socket.socketpair()

    answer = sandbox.run(descriptors, FAST)

    assert len(answer["open"]) == 1  # the channel
    ours.send(b"still connected")
    assert theirs.recv(64) == b"still connected"
    ours.close()
    theirs.close()


def test_the_child_knows_nothing_of_what_its_caller_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for a parser's eyes")
    monkeypatch.setenv("DATABASE_URL", "postgres://teacher:password@db/huleedu")
    sandbox.stop()

    answer = sandbox.run(surroundings, FAST)

    assert set(answer["environment"]) <= {"PATH", "LANG", "LC_ALL", "TMPDIR", "LC_CTYPE"}
    assert (answer["alarm"], answer["interrupt_is_default"]) == (0.0, True)


@on_linux
def test_the_child_can_write_no_file(tmp_path: Path) -> None:
    target = tmp_path / "stolen.txt"

    answer = sandbox.run(partial(tries_to_write, target), FAST)

    assert answer["write"] != "allowed"
    assert not target.exists() or target.read_text() == ""


@on_linux
def test_the_child_can_reach_no_server() -> None:
    answer = sandbox.run(tries_to_connect, FAST)

    assert answer == {"tcp": "PermissionError", "unix": "PermissionError"}


@on_linux
def test_the_child_can_start_no_program_and_no_process() -> None:
    answer = sandbox.run(tries_to_start_others, FAST)

    assert answer == {"fork": "PermissionError", "exec": "PermissionError"}


def test_memory_stays_flat_over_many_files() -> None:
    data = b"A short essay about nothing much. " * 200
    extract_in_sandbox(data, file_name="a.txt")
    before = confinement.inherited_bytes()

    for _ in range(100):
        extract_in_sandbox(data, file_name="a.txt")

    assert confinement.inherited_bytes() - before < 4 * 1024**2
