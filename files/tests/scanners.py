"""Virus scanners for tests: the real ClamAV daemon where it is installed, and a small likeness."""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # harmless
CLAMD = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
STREAM_BYTES = 1024**2  # what both take at most
START_S = 60.0


@contextmanager
def clamd(folder: Path) -> Iterator[dict[str, str]]:
    """The daemon on both kinds of address, with one signature of our own."""
    assert CLAMD
    database = folder / "signatures"
    database.mkdir()
    (database / "own.ndb").write_text(f"Own.Eicar:0:*:{EICAR.hex()}\n")
    port = _free_port()
    path = folder / "clamd.socket"
    configuration = folder / "clamd.conf"
    configuration.write_text(
        f"DatabaseDirectory {database}\nLocalSocket {path}\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"Foreground yes\nStreamMaxLength {STREAM_BYTES}\n"
    )
    with (folder / "clamd.log").open("w") as log:
        daemon = subprocess.Popen(
            [CLAMD, f"--config-file={configuration}"], stdout=log, stderr=log, cwd=folder
        )
    try:
        deadline = time.monotonic() + START_S
        while not path.exists():
            assert daemon.poll() is None, (folder / "clamd.log").read_text()
            assert time.monotonic() < deadline, (folder / "clamd.log").read_text()
            time.sleep(0.05)
        yield {"tcp": f"tcp://127.0.0.1:{port}", "unix": f"unix://{path}"}
    finally:
        daemon.kill()
        daemon.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Likeness(socketserver.StreamRequestHandler):
    """INSTREAM as clamd(8) tells it."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while n := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(n)
            if len(data) > STREAM_BYTES:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.wfile.write(b"stream: Own.Eicar FOUND\0" if EICAR in data else b"stream: OK\0")


@contextmanager
def likeness(folder: Path) -> Iterator[dict[str, str]]:
    """A scanner of the test's own, on both kinds of address."""
    path = folder / "likeness.socket"
    tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Likeness)
    unix = socketserver.ThreadingUnixStreamServer(str(path), _Likeness)
    for server in (tcp, unix):
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield {"tcp": f"tcp://127.0.0.1:{tcp.server_address[1]}", "unix": f"unix://{path}"}
    finally:
        for server in (tcp, unix):
            server.shutdown()
            server.server_close()


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """The address of somebody who listens to nothing and always says the same, or nothing."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                channel, _ = server.accept()
            except OSError:
                return
            with channel:
                channel.recv(1024)
                channel.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
