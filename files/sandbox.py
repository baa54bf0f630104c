"""Reads untrusted files in a child process that may die in any way without harming anybody.

The child is a fork of a warm process which this one starts once and keeps (`files/reader.py`); a
fresh interpreter for each file would cost half a second. The answer comes back through a socket as
JSON (never pickle: the child is not trusted). What the child may not do stands in
`files/confinement.py`.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from files import reader
from files.extraction import Extraction, ExtractionFailed, FailureCode, Limits, extract, first_words
from files.reader import Answer

logger = logging.getLogger(__name__)

_HOUSE = Path(__file__).resolve().parent.parent
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")  # no secret is among them
_PATIENCE_S = 30.0  # with the warm process itself: its start, a fork, an ending

_READ_BYTES = 64 * 1024
_ANSWER_BYTES_PER_CHAR = 12  # "\\ud83d\\ude00" is the longest that JSON makes of one character
_SHARE_BEFORE_KILL = 0.93  # of the wall limit; the rest is for ending the child
_OUT_OF_MEMORY = (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL)


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a child ended. status: as of waitpid; cpu_s: user and system time together."""

    raw_answer: bytes
    status: int
    cpu_s: float
    timed_out: bool
    flooded: bool


class SandboxUnavailable(RuntimeError):
    """A child could not be confined, or was killed: the machine's fault, not the file's."""


def extract_in_sandbox(
    data: bytes, *, file_name: str, language: str | None = None, limits: Limits | None = None
) -> Extraction:
    """`files.extraction.extract` in a child process with memory, CPU and wall limits.

    Raises ExtractionFailed however the child ends; OSError or SandboxUnavailable when the machine
    gives no confined child at all, which is worth another try. Leaves no open file behind.
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


def run(work: Callable[[], Answer], limits: Limits) -> Answer:
    """What `work` returns (JSON types only), computed in a confined child; one at a time.

    work: a function of a module, or a partial of one. Raises ExtractionFailed: what `work` raised,
    or the code that fits the child's end; OSError and SandboxUnavailable as `extract_in_sandbox`.
    """
    request = pickle.dumps((work, limits))
    with _one_at_a_time:
        try:
            ending = _warm().attend(request, limits)
        except _WarmProcessDied:
            stop()
            try:
                ending = _warm().attend(request, limits)
            except _WarmProcessDied as error:
                stop()
                raise SandboxUnavailable("no warm process") from error
    return _answer_of(ending, limits)


# --- the warm process ------------------------------------------------------------------------
class _WarmProcessDied(Exception):
    """It has died, or does not answer."""


class _WarmProcess:
    def __init__(self) -> None:
        self.owner = os.getpid()
        self.is_ready = False
        self.control, theirs = socket.socketpair()
        self.control.settimeout(_PATIENCE_S)
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  a fixed command
                [sys.executable, "-m", reader.__name__, str(self.owner)],
                stdin=theirs.fileno(),
                cwd=_HOUSE,
                env=kept,
            )

    def attend(self, request: bytes, limits: Limits) -> _Ending:
        """Have a child do the request, and see to it that it ends."""
        if not self.is_ready:  # the child's time does not begin before
            self.is_ready = self._hear(len(reader.READY)) == reader.READY
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._say(reader.BEGIN, theirs)
            raw_answer, timed_out, flooded = _exchange(ours, request, limits)
        self._say(reader.END)
        status, cpu_s, failure = reader.ENDING.unpack(self._hear(reader.ENDING.size))
        if failure:
            raise OSError(failure, os.strerror(failure))
        return _Ending(raw_answer, status, cpu_s, timed_out, flooded)

    def _say(self, command: bytes, *sockets: socket.socket) -> None:
        try:
            socket.send_fds(self.control, [command], [each.fileno() for each in sockets])
        except (ConnectionError, TimeoutError) as error:
            raise _WarmProcessDied from error

    def _hear(self, n_bytes: int) -> bytes:
        heard = b""
        try:
            while len(heard) < n_bytes:
                chunk = self.control.recv(n_bytes - len(heard))
                if not chunk:
                    raise _WarmProcessDied
                heard += chunk
        except (ConnectionError, TimeoutError) as error:
            raise _WarmProcessDied from error
        return heard

    def stop(self) -> None:
        self.control.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()


_one_at_a_time = threading.Lock()
_the_warm_process: _WarmProcess | None = None


def start(**_: object) -> None:
    """Have the warm process ready before the first file comes."""
    with _one_at_a_time:
        _warm()


def stop() -> None:
    """End the warm process; the next file starts another."""
    global _the_warm_process
    if _the_warm_process is not None:
        _the_warm_process.stop()
    _the_warm_process = None


def _warm() -> _WarmProcess:
    global _the_warm_process
    if _the_warm_process is None:
        _the_warm_process = _WarmProcess()
    return _the_warm_process


def _forget_the_parents() -> None:
    """In a forked process: it starts a warm process of its own."""
    global _one_at_a_time
    _one_at_a_time = threading.Lock()
    stop()


os.register_at_fork(after_in_child=_forget_the_parents)
atexit.register(stop)


def _exchange(channel: socket.socket, request: bytes, limits: Limits) -> tuple[bytes, bool, bool]:
    """(answer, timed out, flooded): all that the child writes until it closes the channel."""
    deadline = time.monotonic() + limits.wall_s * _SHARE_BEFORE_KILL
    most_bytes = limits.text_chars * _ANSWER_BYTES_PER_CHAR + _READ_BYTES
    answer = bytearray()
    channel.settimeout(limits.wall_s)
    try:
        channel.sendall(request)
        channel.shutdown(socket.SHUT_WR)
    except TimeoutError:
        return b"", True, False
    except ConnectionError:  # it has ended already; what it said is read below
        pass
    poller = select.poll()
    poller.register(channel, select.POLLIN)
    while len(answer) <= most_bytes:
        left_s = deadline - time.monotonic()
        if left_s <= 0 or not poller.poll(left_s * 1000):
            return bytes(answer), True, False
        try:
            chunk = channel.recv(_READ_BYTES)
        except ConnectionError:
            chunk = b""
        if not chunk:
            return bytes(answer), False, False
        answer += chunk
    return bytes(answer), False, True


def _answer_of(ending: _Ending, limits: Limits) -> Answer:
    if ending.timed_out:
        raise ExtractionFailed(FailureCode.TIMEOUT)
    if ending.flooded:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    if os.WIFSIGNALED(ending.status):
        number = os.WTERMSIG(ending.status)
        if number == signal.SIGKILL and ending.cpu_s < limits.cpu_s:
            raise SandboxUnavailable("killed from outside")  # perhaps by a kernel short of memory
        raise ExtractionFailed(_code_of_signal(number, ending.cpu_s, limits))
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
