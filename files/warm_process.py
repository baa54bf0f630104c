"""The warm process that this one starts once and keeps, and what is said to its forks.

Not safe for threads: `files.sandbox` lets them take turns. See `files/reader.py` for the protocol.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from files import reader
from files.extraction import Limits

_HOUSE = Path(__file__).resolve().parent.parent
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")  # no secret is among them
_PATIENCE_S = 30.0  # with the warm process itself: its start, a fork, an ending

_READ_BYTES = 64 * 1024
_ANSWER_BYTES_PER_CHAR = 12  # "\\ud83d\\ude00" is the longest that JSON makes of one character
_SHARE_BEFORE_KILL = 0.93  # of the wall limit; the rest is for ending the child


class WarmProcessDied(Exception):
    """It has died, or does not answer. The next use starts another."""


@dataclass(frozen=True, slots=True)
class Said:
    """A child's answer, as far as it got, and why no further."""

    answer: bytes
    is_whole: bool = False
    timed_out: bool = False
    flooded: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended. status: as of waitpid; cpu_s: user and system time together."""

    status: int
    cpu_s: float


class WarmProcess:
    def __init__(self) -> None:
        self.owner = os.getpid()
        self.is_ready = False
        self.child: socket.socket | None = None
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

    def ask(self, request: bytes, limits: Limits) -> Said:
        """What the child says to the request: the one that is there, or else a new one."""
        with _all_or_nothing():
            if not self.is_ready:  # the child's time does not begin before
                self.is_ready = self._hear(len(reader.READY)) == reader.READY
            if self.child is None:
                self.child, theirs = socket.socketpair()
                with theirs:
                    self._say(reader.BEGIN, theirs)
            return _exchange(self.child, request, limits)

    def end_child(self) -> Ending:
        """See to it that the child ends. Raises OSError when it was never forked."""
        with _all_or_nothing():
            if self.child is not None:
                self.child.close()
                self.child = None
            self._say(reader.END)
            status, cpu_s, failure = reader.ENDING.unpack(self._hear(reader.ENDING.size))
        if failure:
            raise OSError(failure, os.strerror(failure))
        return Ending(status, cpu_s)

    def _say(self, command: bytes, *sockets: socket.socket) -> None:
        try:
            socket.send_fds(self.control, [command], [each.fileno() for each in sockets])
        except (ConnectionError, TimeoutError) as error:
            raise WarmProcessDied from error

    def _hear(self, n_bytes: int) -> bytes:
        heard = b""
        try:
            while len(heard) < n_bytes:
                chunk = self.control.recv(n_bytes - len(heard))
                if not chunk:
                    raise WarmProcessDied
                heard += chunk
        except (ConnectionError, TimeoutError) as error:
            raise WarmProcessDied from error
        return heard

    def stop(self) -> None:
        self.control.close()
        if self.child is not None:
            self.child.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def _all_or_nothing() -> Iterator[None]:
    """What is answered after an alarm has rung is nobody's: then it ends, with its child."""
    try:
        yield
    except BaseException:
        stop()
        raise


_the_one: WarmProcess | None = None


def the_one() -> WarmProcess:
    global _the_one
    if _the_one is None:
        _the_one = WarmProcess()
    return _the_one


def stop() -> None:
    """End the warm process; the next use starts another. A fork only forgets its parent's."""
    global _the_one
    if _the_one is not None:
        _the_one.stop()
    _the_one = None


os.register_at_fork(after_in_child=stop)
atexit.register(stop)


def _exchange(channel: socket.socket, request: bytes, limits: Limits) -> Said:
    deadline = time.monotonic() + limits.wall_s * _SHARE_BEFORE_KILL
    most_bytes = limits.text_chars * _ANSWER_BYTES_PER_CHAR + _READ_BYTES
    answer = bytearray()
    channel.settimeout(limits.wall_s)
    try:
        with contextlib.suppress(ConnectionError):  # it has ended already; what it said is read
            channel.sendall(reader.REQUEST.pack(len(request)) + request)
    except TimeoutError:
        return Said(b"", timed_out=True)
    poller = select.poll()
    poller.register(channel, select.POLLIN)
    while len(answer) <= most_bytes:
        left_s = deadline - time.monotonic()
        if left_s <= 0 or not poller.poll(left_s * 1000):
            return Said(bytes(answer), timed_out=True)
        try:
            chunk = channel.recv(_READ_BYTES)
        except ConnectionError:
            chunk = b""
        answer += chunk
        if not chunk or chunk.endswith(reader.ANSWERED):
            return Said(bytes(answer), is_whole=bool(chunk))
    return Said(bytes(answer), flooded=True)
