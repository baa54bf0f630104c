"""Asks ClamAV's daemon about bytes, by its INSTREAM protocol. Knows no Django.

Source: clamd(8). A command of zero-ended text; the bytes in pieces, each behind its length; a piece
of length zero; one zero-ended answer: "stream: OK", "stream: NAME FOUND" or "... ERROR".
"""

from __future__ import annotations

import socket
import struct
import time
from urllib.parse import urlsplit

from files.extraction import ExtractionFailed, FailureCode

_PIECE_BYTES = 64 * 1024
_LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """The scanner did not say whether the bytes are harmless; they must not be read yet."""


def scan(data: bytes, *, url: str, timeout_s: float) -> None:
    """Return when the scanner finds nothing.

    url: "tcp://host:port" or "unix:///path". timeout_s: for the whole conversation.
    Raises ExtractionFailed, infected, or too_large where the scanner takes no file of this size;
    ScannerUnavailable when it gives any other answer, or none in time.
    """
    try:
        answer = _ask(data, url, time.monotonic() + timeout_s)
    except OSError as error:
        raise ScannerUnavailable from error
    if answer.endswith("FOUND"):
        raise ExtractionFailed(FailureCode.INFECTED)
    if "size limit exceeded" in answer:
        raise ExtractionFailed(FailureCode.TOO_LARGE)
    if answer != "stream: OK":
        raise ScannerUnavailable


def _ask(data: bytes, url: str, deadline: float) -> str:
    with _connected(url, deadline) as channel:
        try:
            channel.sendall(b"zINSTREAM\0")
            for at in range(0, len(data), _PIECE_BYTES):
                piece = data[at : at + _PIECE_BYTES]
                channel.settimeout(_left(deadline))
                channel.sendall(struct.pack("!L", len(piece)) + piece)
            channel.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hangs up on what is too large, and its answer may still be there
        answer = bytearray()
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            channel.settimeout(_left(deadline))
            received = channel.recv(_LONGEST_ANSWER)
            if not received:
                break
            answer += received
    return answer.rstrip(b"\0").decode("utf-8", errors="replace").strip()


def _connected(url: str, deadline: float) -> socket.socket:
    address = urlsplit(url)
    if address.scheme == "tcp" and address.hostname and address.port:
        return socket.create_connection((address.hostname, address.port), _left(deadline))
    if address.scheme != "unix" or not address.path:
        raise ValueError("CLAMD_URL is tcp://host:port or unix:///path")
    channel = socket.socket(socket.AF_UNIX)
    try:
        channel.settimeout(_left(deadline))
        channel.connect(address.path)
    except OSError:
        channel.close()
        raise
    return channel


def _left(deadline: float) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s
