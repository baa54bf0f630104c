"""Reads untrusted files in a forked child that may die in any way without harming its parent.

`os.fork` from the warm process costs about 7 ms; a fresh interpreter costs 60 ms and more, and
multiprocessing is refused inside django-q's daemonic workers. The answer comes back through a pipe
as JSON (never pickle: the child is not trusted). What the child may not do stands in
`files.confinement`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from files import confinement
from files.extraction import Extraction, ExtractionFailed, FailureCode, Limits, extract, first_words

logger = logging.getLogger(__name__)

Answer = dict[str, Any]  # JSON

_READ_BYTES = 64 * 1024
_ANSWER_BYTES_PER_CHAR = 12  # "\\ud83d\\ude00" is the longest that JSON makes of one character
_SHARE_BEFORE_KILL = 0.97  # of the wall limit; the rest is for ending the child
_OUT_OF_MEMORY = (signal.SIGABRT, signal.SIGKILL, signal.SIGTRAP, signal.SIGILL)


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a child ended. status: as of waitpid; cpu_s: user and system time together."""

    raw_answer: bytes
    status: int
    cpu_s: float
    timed_out: bool
    flooded: bool


class SandboxUnavailable(RuntimeError):
    """A child could not be confined and read nothing: the machine's fault, not the file's."""


def extract_in_sandbox(
    data: bytes, *, file_name: str, language: str | None = None, limits: Limits | None = None
) -> Extraction:
    """`files.extraction.extract` in a child process with memory, CPU and wall limits.

    Raises ExtractionFailed however the child ends; OSError or SandboxUnavailable when the machine
    gives no confined child at all, which is worth another try. Leaves no process and no open file
    behind; the caller's database connections are not used by the child.
    """
    limits = limits or Limits()
    if not data:
        raise ExtractionFailed(FailureCode.EMPTY)
    if len(data) > limits.file_bytes:
        raise ExtractionFailed(FailureCode.TOO_LARGE)

    def work() -> Answer:
        found = extract(data, file_name=file_name, language=language, limits=limits)
        return asdict(found)

    return _extraction_of(run(work, limits))


def run(work: Callable[[], Answer], limits: Limits) -> Answer:
    """What `work` returns (JSON types only), computed in a confined child.

    Raises ExtractionFailed: what `work` raised, or the code that fits the child's end.
    """
    reading_end, writing_end = os.pipe()
    parent = os.getpid()
    try:
        child = os.fork()
        if child == 0:
            _be_the_child(work, writing_end, parent, limits)
        os.close(writing_end)
        writing_end = -1
        ending = _attend(child, reading_end, limits)
    finally:
        os.close(reading_end)
        if writing_end >= 0:
            os.close(writing_end)
    return _answer_of(ending, limits)


# --- the child -------------------------------------------------------------------------------


def _be_the_child(
    work: Callable[[], Answer], writing_end: int, parent: int, limits: Limits
) -> NoReturn:
    """Never returns and never runs the parent's exit handlers or flushes its buffers."""
    try:
        pipe = confinement.keep_only(writing_end)
        _confine(pipe, parent, limits)
        message = json.dumps(_outcome(work)).encode("ascii")
        while message:
            message = message[os.write(pipe, message) :]
    finally:
        os._exit(0)


def _confine(pipe: int, parent: int, limits: Limits) -> None:
    try:
        confinement.enter(parent, memory_bytes=limits.memory_bytes, cpu_s=limits.cpu_s)
    except BaseException as error:
        os.write(pipe, json.dumps({"unconfined": _place(error)}).encode("ascii"))
        raise


def _outcome(work: Callable[[], Answer]) -> Answer:
    try:
        return {"ok": work()}
    except ExtractionFailed as failure:
        return {"code": failure.code, "detail": failure.detail, "cause": _place(failure)}
    except MemoryError:
        return {"code": FailureCode.TOO_LARGE}
    except BaseException as error:  # noqa: BLE001  the child's edge: everything becomes a code
        return {"code": FailureCode.CORRUPT, "cause": _place(error)}


def _place(error: BaseException) -> str | None:
    """Class and place of what a parser raised; its message may quote the essay and stays here."""
    cause = error.__cause__ if isinstance(error, ExtractionFailed) else error
    if cause is None:
        return None
    trace = cause.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" in {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
    return f"{type(cause).__name__}{where}"


# --- the parent ------------------------------------------------------------------------------


def _attend(child: int, pipe: int, limits: Limits) -> _Ending:
    """Reads until the child closes the pipe, floods it or runs out of time; then reaps it."""
    deadline = time.monotonic() + limits.wall_s * _SHARE_BEFORE_KILL
    most_bytes = limits.text_chars * _ANSWER_BYTES_PER_CHAR + _READ_BYTES
    answer = bytearray()
    timed_out = flooded = False
    poller = select.poll()
    poller.register(pipe, select.POLLIN)
    try:
        while not flooded:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not poller.poll(left_s * 1000):
                timed_out = True
                break
            chunk = os.read(pipe, _READ_BYTES)
            if not chunk:
                break
            answer += chunk
            flooded = len(answer) > most_bytes
    finally:
        status, cpu_s = _end(child)
    return _Ending(bytes(answer), status, cpu_s, timed_out, flooded)


def _end(child: int) -> tuple[int, float]:
    """Kills what is left of the child and its group and reaps it.

    A child that has exited keeps its own status: a signal to it no longer changes anything.
    """
    for kill in (os.kill, os.killpg):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    try:
        _, status, usage = os.wait4(child, 0)
    except ChildProcessError:  # somebody ignores SIGCHLD, so the kernel reaped it
        return 0, 0.0
    return status, usage.ru_utime + usage.ru_stime


def _answer_of(ending: _Ending, limits: Limits) -> Answer:
    if ending.timed_out:
        raise ExtractionFailed(FailureCode.TIMEOUT)
    if ending.flooded:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    if os.WIFSIGNALED(ending.status):
        raise ExtractionFailed(_code_of_signal(os.WTERMSIG(ending.status), ending.cpu_s, limits))
    try:
        answer = json.loads(ending.raw_answer)
        if "unconfined" in answer:
            raise SandboxUnavailable(str(answer["unconfined"])[:200])
        if "ok" in answer and isinstance(answer["ok"], dict):
            return dict(answer["ok"])
        failure = ExtractionFailed(FailureCode(answer["code"]), str(answer.get("detail") or ""))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        logger.warning("A reader's child answered nonsense: %s bytes", len(ending.raw_answer))
        raise ExtractionFailed(FailureCode.CORRUPT) from error
    if answer.get("cause"):
        logger.info("A reader refused a file as %s: %s", failure.code, str(answer["cause"])[:200])
    raise failure


def _code_of_signal(number: int, cpu_s: float, limits: Limits) -> FailureCode:
    logger.warning("A reader's child died of signal %s after %.1f s of CPU", number, cpu_s)
    if number == signal.SIGXCPU or cpu_s >= limits.cpu_s:
        return FailureCode.TIMEOUT
    # pdfium aborts or traps when an allocation fails; SIGKILL is the kernel short of memory.
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
