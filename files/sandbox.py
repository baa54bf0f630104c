"""Reads untrusted files in a child process that may die in any way without harming anybody.

The child is a fork of a warm process (`files/warm_process.py`); a fresh interpreter for each file
would cost half a second. The answer comes back as JSON (never pickle: the child is not trusted),
and what the child may not do stands in `files/confinement.py`.

A child reads one file or, inside `shared`, some of one batch, since a small file's child costs more
than its reading. From a child that has read before, only a quick answer in good order is taken:
whatever else happens to it, the file is read again, and judged, in a child of its own.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import pickle
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import partial
from typing import NoReturn

from files import warm_process
from files.extraction import Extraction, ExtractionFailed, FailureCode, Limits, extract, first_words
from files.reader import Answer
from files.warm_process import Ending, Said, WarmProcess, WarmProcessDied

logger = logging.getLogger(__name__)

REUSED_WALL_S = 1.0  # for a file in a child that has read before; then it is read alone
_LONGEST_SHARED_S = 0.5  # a child that one file has kept longer than this reads no other
# All that a child's word may bring into the log: one that a file has hijacked could quote the file.
_PLACE = re.compile(r"[A-Za-z_]\w{0,60} in [\w<>]{1,60}:\d{1,6}", re.ASCII)
_OUT_OF_MEMORY = (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL)

stop = warm_process.stop


class SandboxUnavailable(OSError):
    """A child could not be confined, or was killed: the machine's fault, not the file's. ENOMEM."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.ENOMEM, why)


def extract_in_sandbox(
    data: bytes, *, file_name: str, language: str | None = None, limits: Limits | None = None
) -> Extraction:
    """`files.extraction.extract` in a child process with memory, CPU and wall limits.

    Raises ExtractionFailed however the child ends; OSError (SandboxUnavailable) when the machine
    gives no confined child at all, which is worth another try (EAGAIN: soon). Leaves no open file
    behind.
    """
    limits = limits or Limits()
    if not data:
        raise ExtractionFailed(FailureCode.EMPTY)
    if len(data) > limits.file_bytes:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    work = partial(_extracted, data, file_name=file_name, language=language, limits=limits)
    return _extraction_of(run(work, limits))


def _extracted(data: bytes, *, file_name: str, language: str | None, limits: Limits) -> Answer:
    return asdict(extract(data, file_name=file_name, language=language, limits=limits))


def start(*, within_s: float) -> None:
    """Have the warm process ready before the first file comes, and let files wait so long for it.

    Where it does not come in time the machine is slow, and the file has done nothing: EAGAIN.
    """
    global _starts_within_s
    with _turns:
        _starts_within_s = within_s
        warm_process.the_one()


def run(work: Callable[[], Answer], limits: Limits) -> Answer:
    """What `work` returns (JSON types only), computed in a confined child; one at a time.

    work: a function of a module, or a partial of one. Raises ExtractionFailed: what `work` raised,
    or the code that fits the child's end; OSError as `extract_in_sandbox`.
    """
    request = pickle.dumps((work, limits))
    with _turns:
        with suppress(WarmProcessDied):
            return _asked(request, limits)
        try:
            return _asked(request, limits)
        except WarmProcessDied as error:
            raise SandboxUnavailable("no warm process") from error


@contextmanager
def shared() -> Iterator[None]:
    """Files that are read inside may share a child, under the least of their memory and CPU limits.

    Other threads wait so long.
    """
    global _is_shared
    with _turns:
        _is_shared = True
        try:
            yield
        finally:
            _is_shared = False
            _dismiss(warm_process.the_one())


_turns = threading.RLock()
_is_shared = False
_starts_within_s = 30.0


def _forget_the_parents() -> None:
    global _turns, _is_shared
    _turns, _is_shared = threading.RLock(), False


os.register_at_fork(after_in_child=_forget_the_parents)


def _asked(request: bytes, limits: Limits) -> Answer:
    warm = warm_process.the_one()
    if not warm.has_a_child(_starts_within_s):
        raise BlockingIOError(errno.EAGAIN, "the warm process is still starting")
    if warm.child is not None:
        briefly = replace(limits, wall_s=min(limits.wall_s, REUSED_WALL_S))
        answer = _in_good_order(warm.ask(request, briefly))
        if answer is not None:
            return answer
        warm.end_child()
    began = time.monotonic()
    said = warm.ask(request, limits)
    answer = _in_good_order(said)
    if answer is None:
        _raise_for(said, warm.end_child(), limits)
    if not _is_shared or time.monotonic() - began > _LONGEST_SHARED_S:
        _dismiss(warm)
    return answer


def _dismiss(warm: WarmProcess) -> None:
    """What its child has said is said: how it ends no longer matters."""
    with suppress(WarmProcessDied):
        warm.dismiss_child()


# --- what a child has said -------------------------------------------------------------------
def _in_good_order(said: Said) -> Answer | None:
    """What the work returned, if it did."""
    if not said.is_whole:
        return None
    try:
        answer = json.loads(said.answer)["ok"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _raise_for(said: Said, ending: Ending, limits: Limits) -> NoReturn:
    """Raises what a child deserves which has not returned what it should."""
    if said.timed_out:
        raise ExtractionFailed(FailureCode.TIMEOUT)
    if said.flooded:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    if not said.is_whole and os.WIFSIGNALED(ending.status):
        number = os.WTERMSIG(ending.status)
        if number == signal.SIGKILL and ending.cpu_s < limits.cpu_s:
            raise SandboxUnavailable("killed from outside")  # perhaps by a kernel short of memory
        raise ExtractionFailed(_code_of_signal(number, ending.cpu_s, limits))
    try:
        answer = json.loads(said.answer)
        if "unconfined" in answer:
            raise SandboxUnavailable(str(answer["unconfined"])[:200])
        failure = ExtractionFailed(FailureCode(answer["code"]), str(answer.get("detail") or ""))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        logger.warning("A reader's child answered nonsense: %s bytes", len(said.answer))
        raise ExtractionFailed(FailureCode.CORRUPT) from error
    cause = str(answer.get("cause"))
    if _PLACE.fullmatch(cause):
        logger.info("A reader refused a file as %s: %s", failure.code, cause)
    raise failure


def _code_of_signal(number: int, cpu_s: float, limits: Limits) -> FailureCode:
    logger.warning("A reader's child died of signal %s after %.1f s of CPU", number, cpu_s)
    if number == signal.SIGXCPU or cpu_s >= limits.cpu_s:
        return FailureCode.TIMEOUT
    # pdfium aborts or traps when an allocation fails.
    return FailureCode.TOO_LARGE if number in _OUT_OF_MEMORY else FailureCode.CORRUPT


def _extraction_of(answer: Answer) -> Extraction:
    """The dataclass, checked field by field: a hijacked child could send anything."""
    text, media_type = answer.get("text"), answer.get("media_type")
    page_count, warnings = answer.get("page_count"), answer.get("warnings")
    hidden = answer.get("hidden")
    if not isinstance(text, str) or not isinstance(media_type, str):
        raise ExtractionFailed(FailureCode.CORRUPT)
    if not (page_count is None or isinstance(page_count, int)) or not isinstance(warnings, list):
        raise ExtractionFailed(FailureCode.CORRUPT)
    if not isinstance(hidden, list) or not all(isinstance(word, str) for word in hidden):
        raise ExtractionFailed(FailureCode.CORRUPT)
    words = first_words(hidden)
    return Extraction(text, media_type, page_count, tuple(str(code) for code in warnings), words)
