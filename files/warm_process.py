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
from collections import deque
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
        self.child: socket.socket | None = None
        self.next_child: socket.socket | None = None
        self.due: deque[bytes] = deque()  # commands whose answers nobody has heard yet
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
        self._say(reader.NEXT)

    def has_a_child(self, within_s: float) -> bool:
        """Whether a child is there, or comes in time; if it does not, it is still on its way.

        Raises WarmProcessDied when nothing has come of the last command for too long.
        """
        deadline = time.monotonic() + within_s
        with _all_or_nothing():
            while self.child is None and self.next_child is None:
                if not _can_be_heard(self.control, deadline - time.monotonic()):
                    if time.monotonic() - self.said_at > _PATIENCE_S:
                        raise WarmProcessDied
                    return False
                self._hear()
        return True

    def ask(self, request: bytes, limits: Limits) -> Said:
        """What the child says to the request: the one that is there, or else the next one."""
        with _all_or_nothing():
            if self.child is None:  # its time does not begin before it is there
                while self.next_child is None:
                    self._hear()
                self.child, self.next_child = self.next_child, None
                self._say(reader.NEXT)
            return _exchange(self.child, request, limits)

    def dismiss_child(self) -> None:
        """See to it that the child ends, without waiting for that."""
        if self.child is not None:
            with _all_or_nothing():
                self.child.close()
                self.child = None
                self._say(reader.END)

    def end_child(self) -> Ending:
        """See to it that the child, which there must be, ends, and wait for it."""
        self.dismiss_child()
        with _all_or_nothing():
            while len(self.due) > 1:
                self._hear()
            return self._hear_an_ending()

    def _say(self, command: bytes) -> None:
        with _or_it_has_died():
            self.control.sendall(command)
        self.said_at = time.monotonic()
        self.due.append(command)

    def _hear(self) -> None:
        if self.due[0] == reader.NEXT:
            self.next_child = self._hear_a_child()
        else:
            self._hear_an_ending()

    def _hear_a_child(self) -> socket.socket:
        with _or_it_has_died():
            _, descriptors, _, _ = socket.recv_fds(self.control, len(reader.READY), 1)
        if not descriptors:
            raise WarmProcessDied
        self.due.popleft()
        return socket.socket(fileno=descriptors[0])

    def _hear_an_ending(self) -> Ending:
        heard = b""
        while len(heard) < reader.ENDING.size:
            with _or_it_has_died():
                chunk = self.control.recv(reader.ENDING.size - len(heard))
            if not chunk:
                raise WarmProcessDied
            heard += chunk
        self.due.popleft()
        return Ending(*reader.ENDING.unpack(heard))

    def stop(self) -> None:
        self.control.close()
        for child in (self.child, self.next_child):
            if child is not None:
                child.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()


def _can_be_heard(channel: socket.socket, within_s: float) -> bool:
    poller = select.poll()
    poller.register(channel, select.POLLIN)
    return bool(poller.poll(max(0.0, within_s) * 1000))


@contextlib.contextmanager
def _or_it_has_died() -> Iterator[None]:
    try:
        yield
    except (ConnectionError, TimeoutError) as error:
        raise WarmProcessDied from error


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
    while len(answer) <= most_bytes:
        left_s = deadline - time.monotonic()
        if left_s <= 0 or not _can_be_heard(channel, left_s):
            return Said(bytes(answer), timed_out=True)
        try:
            chunk = channel.recv(_READ_BYTES)
        except ConnectionError:
            chunk = b""
        answer += chunk
        if not chunk or chunk.endswith(reader.ANSWERED):
            return Said(bytes(answer), is_whole=bool(chunk))
    return Said(bytes(answer), flooded=True)
