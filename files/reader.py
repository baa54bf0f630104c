"""The warm process that forks the readers of untrusted files: `python -m files.reader PID`.

It has loaded the parsers and nothing else: no settings, no secrets, no database, no pupil's text.
So a fork of it is cheap, and a parser that is taken over finds nothing to tell. It is commanded
through a socket, its standard input, by `files.sandbox` in process PID, and ends with it:

    at NEXT it forks a reader, which confines itself, and says READY, with a socket to the reader;
    the reader reads a request there and answers there with a line of JSON, and so the next one;
    at END the oldest reader is ended, whatever it does, and its ENDING is said.

So the caller has the next reader forked while the present one reads.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pickle
import signal
import socket
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from files import confinement
from files.extraction import ExtractionFailed, FailureCode
from files.rehearsal import rehearse
from jobs.niceness import make_the_session_as_nice

Answer = dict[str, Any]  # JSON

NEXT, READY, END = b"n", b"r", b"e"
REQUEST = struct.Struct("=Q")  # bytes of the pickle (work, limits) that follows
ANSWERED = b"\n"  # after each answer; JSON of one line has none inside
ENDING = struct.Struct("=id")  # status as of waitpid, seconds of CPU
LOADED = ("files.extraction.ocr", "files.page_images")  # what readers need, once for all of them

_READ_BYTES = 256 * 1024


def main() -> None:
    confinement.die_with(int(sys.argv[1]))  # at once, even while it is still loading
    os.setsid()  # no terminal is anybody's any more
    make_the_session_as_nice()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends with its caller, not before
    with socket.socket(fileno=os.dup(0)) as control:
        for module in LOADED:
            importlib.import_module(module)
        rehearse()
        null = os.open(os.devnull, os.O_RDWR)
        confinement.settle()
        serve(control, null)


def serve(control: socket.socket, null: int) -> None:
    """Fork and end readers until the caller is gone."""
    itself, inherited = os.getpid(), confinement.inherited_bytes()
    readers: deque[int] = deque()
    with contextlib.suppress(ConnectionError):
        while command := control.recv(1):
            if command == END:
                control.sendall(ENDING.pack(*_end(readers.popleft())))
                continue
            theirs, ours = socket.socketpair()
            with theirs, ours:
                reader = os.fork()
                if reader == 0:
                    _be_the_child(ours.fileno(), null, itself, inherited)
                readers.append(reader)
                socket.send_fds(control, [READY], [theirs.fileno()])
    for reader in readers:
        _end(reader)


def _end(child: int) -> tuple[int, float]:
    """Kills what is left of the child and its group and reaps it.

    A child that has exited keeps its own status: a signal to it no longer changes anything.
    """
    for kill in (os.kill, os.killpg):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    return status, usage.ru_utime + usage.ru_stime


# --- the child -------------------------------------------------------------------------------
def _be_the_child(channel: int, null: int, parent: int, inherited_bytes: int) -> NoReturn:
    """Never returns and never runs the parent's exit handlers or flushes its buffers."""
    try:
        pipe = confinement.keep_only(channel, null)
        with _said_if_not(pipe):
            confinement.enter(parent)
        while header := _heard(pipe, REQUEST.size):
            request = _heard(pipe, *REQUEST.unpack(header))
            work, limits = pickle.loads(request)  # noqa: S301 - from our own side
            with _said_if_not(pipe):
                confinement.limit(inherited_bytes + limits.memory_bytes, limits.cpu_s)
            message = json.dumps(_outcome(work)).encode("ascii") + ANSWERED
            while message:
                message = message[os.write(pipe, message) :]
    finally:
        os._exit(0)


def _heard(channel: int, n_bytes: int) -> bytes:
    """So many bytes, or none when the caller says no more."""
    heard = bytearray()
    while len(heard) < n_bytes:
        chunk = os.read(channel, min(n_bytes - len(heard), _READ_BYTES))
        if not chunk:
            return b""
        heard += chunk
    return bytes(heard)


@contextlib.contextmanager
def _said_if_not(pipe: int) -> Iterator[None]:
    """Nothing is read by a child that could not be confined."""
    try:
        yield
    except BaseException as error:
        os.write(pipe, json.dumps({"unconfined": _place(error)}).encode("ascii") + ANSWERED)
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


if __name__ == "__main__":
    main()
