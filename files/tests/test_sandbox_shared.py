"""Files that share a child: quicker together, and none answers for its neighbour."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import pytest

from files import sandbox
from files.extraction import ExtractionFailed, FailureCode, Limits
from files.sandbox import extract_in_sandbox
from files.tests.processes import is_gone, wait_for
from files.tests.sandbox_faults import (
    answer_with_the_wrong_shape,
    crash_in_native_code,
    eat_memory,
    exit_at_once,
    fails_in,
    hang,
    leave_an_answer_and_die,
    process_id,
    write_garbage,
)

FAST = Limits(memory_bytes=256 * 1024**2)


def extracted(text: str) -> str:
    return extract_in_sandbox(text.encode(), file_name="a.txt").text


def child_of(work: Callable[[], Any] = process_id) -> int:
    return int(sandbox.run(work, Limits())["pid"])


def test_files_of_one_batch_share_a_child_which_ends_with_their_task() -> None:
    with sandbox.shared():
        children = {child_of() for _ in range(4)}
        assert [extracted(f"Essay {n}.") for n in range(3)] == ["Essay 0.", "Essay 1.", "Essay 2."]

    [child] = children
    assert child_of() != child
    wait_for(lambda: is_gone(child))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (crash_in_native_code, FailureCode.CORRUPT),
        (exit_at_once, FailureCode.CORRUPT),
        (write_garbage, FailureCode.CORRUPT),
        (eat_memory, FailureCode.TOO_LARGE),
        (answer_with_the_wrong_shape, FailureCode.CORRUPT),
        (leave_an_answer_and_die, FailureCode.CORRUPT),
    ],
)
def test_a_fault_among_files_that_share_harms_only_its_own(
    fault: Callable[[], Any], code: FailureCode
) -> None:
    with sandbox.shared():
        assert extracted("Before.") == "Before."
        with pytest.raises(ExtractionFailed) as failed:
            sandbox.run(fault, FAST)
        assert extracted("After.") == "After."

    assert failed.value.code == code


def test_a_file_is_judged_by_what_a_child_of_its_own_makes_of_it() -> None:
    """What fails only in a child that has read before has not failed."""
    with sandbox.shared():
        first = child_of()

        answer = sandbox.run(partial(fails_in, first), Limits())

    assert answer["pid"] != first


def test_a_hanging_file_is_waited_for_once() -> None:
    limits = Limits(wall_s=4.0)
    with sandbox.shared():
        extracted("Before.")
        began = time.monotonic()
        with pytest.raises(ExtractionFailed) as failed:
            sandbox.run(hang, limits)

    assert failed.value.code == FailureCode.TIMEOUT
    assert time.monotonic() - began < 1.5 * limits.wall_s


def test_a_child_that_one_file_has_kept_for_long_reads_no_other() -> None:
    with sandbox.shared():
        slow = child_of(partial(process_id, 0.6))

        assert child_of() != slow


@pytest.mark.parametrize("together", [sandbox.shared, nullcontext])
def test_answer_that_nobody_has_waited_for_is_never_taken_for_another_s(
    together: Callable[[], AbstractContextManager[None]],
) -> None:
    """django-q's alarm may ring while a file is being read; its worker may live on."""
    extracted("Warm.")
    before = signal.signal(signal.SIGALRM, ring)
    try:
        with pytest.raises(Rung), together():
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            child_of(partial(process_id, 0.2))
    finally:
        signal.signal(signal.SIGALRM, before)
    time.sleep(0.3)

    assert extracted("My own words.") == "My own words."


class Rung(Exception):
    pass


def ring(*_: object) -> None:
    raise Rung
