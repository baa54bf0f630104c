"""The warm process: readers come from it, and end with it and with whoever asked for them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from files import sandbox
from files.extraction import Limits
from files.sandbox import extract_in_sandbox
from files.tests.processes import children_of, is_gone, the_readers, wait_for, warm_process
from files.tests.sandbox_faults import hang, kill_oneself_with, nothing, process_id
from files.warm_process import the_one

FAST = Limits(wall_s=5.0, memory_bytes=256 * 1024**2)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="who forked whom is read in /proc")


@on_linux
def test_warm_process_that_was_killed_is_started_again_and_the_file_is_read() -> None:
    sandbox.run(nothing, FAST)
    before = warm_process()

    os.kill(before, signal.SIGKILL)
    wait_for(lambda: is_gone(before))

    assert extract_in_sandbox(b"Still read.", file_name="a.txt").text == "Still read."
    assert warm_process() != before


@on_linux
def test_the_reader_is_there_before_its_file() -> None:
    sandbox.run(nothing, FAST)
    [reader] = wait_for(lambda: the_readers() if len(the_readers()) == 1 else None)

    assert sandbox.run(process_id, FAST) == {"pid": reader}


@on_linux
def test_warm_process_that_is_slow_to_start_is_waited_for_and_no_file_is_judged() -> None:
    sandbox.stop()
    sandbox.start(within_s=0.1)
    slow = the_one().process.pid
    os.kill(slow, signal.SIGSTOP)

    with pytest.raises(BlockingIOError):
        extract_in_sandbox(b"Read soon.", file_name="a.txt")
    os.kill(slow, signal.SIGCONT)
    sandbox.start(within_s=30)

    assert extract_in_sandbox(b"Read soon.", file_name="a.txt").text == "Read soon."
    assert the_one().process.pid == slow


@on_linux
def test_warm_process_that_never_starts_is_followed_by_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("files.warm_process._PATIENCE_S", 0.5)
    sandbox.stop()
    sandbox.start(within_s=0.2)
    stuck = the_one().process.pid
    os.kill(stuck, signal.SIGSTOP)

    def text() -> str:
        with suppress(BlockingIOError):
            return extract_in_sandbox(b"Read after all.", file_name="a.txt").text
        return ""

    wait_for(lambda: text() or is_gone(stuck))
    monkeypatch.undo()  # the one that follows may take its time
    sandbox.start(within_s=30)

    assert text() == "Read after all."
    assert the_one().process.pid != stuck


@on_linux
def test_warm_process_ends_with_its_owner() -> None:
    owner = os.fork()
    if owner == 0:
        sandbox.run(nothing, FAST)
        signal.pause()
    warm = wait_for(lambda: next(iter(children_of(owner)), 0))

    os.kill(owner, signal.SIGKILL)
    os.waitpid(owner, 0)

    wait_for(lambda: is_gone(warm))


@on_linux
def test_forked_process_starts_a_warm_process_of_its_own() -> None:
    sandbox.run(nothing, FAST)
    before = warm_process()

    child = os.fork()
    if child == 0:
        extract_and_exit()
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert warm_process() == before
    assert extract_in_sandbox(b"Read after it.", file_name="a.txt").text == "Read after it."


def test_threads_take_turns() -> None:
    names = [f"Essay number {n}." for n in range(12)]

    with ThreadPoolExecutor(4) as threads:
        read = threads.map(lambda name: extract_in_sandbox(name.encode(), file_name="a"), names)

    assert [found.text for found in read] == names


def test_reader_that_somebody_kills_does_not_blame_its_file() -> None:
    killed: Callable[[], Any] = partial(kill_oneself_with, signal.SIGKILL)

    with pytest.raises(sandbox.SandboxUnavailable):
        sandbox.run(killed, FAST)


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
def test_the_child_dies_with_the_worker_that_asked_for_it() -> None:
    """A worker killed in the middle of a file leaves no reader behind."""
    worker = os.fork()
    if worker == 0:
        try:
            sandbox.run(hang, Limits(wall_s=50))
        finally:
            os._exit(0)
    warm = wait_for(lambda: next(iter(children_of(worker)), 0))
    child = wait_for(lambda: next(iter(children_of(warm)), 0))

    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)

    wait_for(lambda: is_gone(warm) and is_gone(child))
