"""An S3 service on loopback, and a line to it that breaks."""

from __future__ import annotations

import runpy
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
import pytest
from django.conf import settings
from moto.server import ThreadedMotoServer

BUCKET = "essays"
N_CALLS = 3  # of a read, one after the other: HEAD twice, then GET
KEYS = {"access_key": "a", "secret_key": "b"}


@contextmanager
def service() -> Iterator[str]:
    """The address of moto's server, with the bucket in it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client(url).create_bucket(Bucket=BUCKET)
    try:
        yield url
    finally:
        server.stop()


def client(url: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=KEYS["access_key"],
        aws_secret_access_key=KEYS["secret_key"],
    )


def keys(url: str) -> list[str]:
    """What lies in the bucket."""
    return [item["Key"] for item in client(url).list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def storages(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, Any]:
    """STORAGES as the real settings make it of this environment."""
    monkeypatch.setenv("CONTENT_S3_BUCKET", BUCKET)
    monkeypatch.setenv("CONTENT_S3_ENDPOINT_URL", url)
    monkeypatch.setenv("CONTENT_S3_REGION", "us-east-1")
    monkeypatch.setenv("CONTENT_S3_ACCESS_KEY", KEYS["access_key"])
    monkeypatch.setenv("CONTENT_S3_SECRET_KEY", KEYS["secret_key"])
    made: dict[str, Any] = runpy.run_path(str(settings.BASE_DIR / "huleedu" / "settings.py"))
    return {**settings.STORAGES, "default": made["STORAGES"]["default"]}


class BreakingLine:
    """A way to a service that breaks after so many bytes of each connection."""

    def __init__(self, url: str, after_bytes: int) -> None:
        self.after_bytes = after_bytes
        host, _, port = url.removeprefix("http://").partition(":")
        self._there = (host, int(port))
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.n_broken = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(self._there)
                threading.Thread(target=self._back, args=(far, near), daemon=True).start()
                threading.Thread(target=self._forth, args=(near, far), daemon=True).start()

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        left = self.after_bytes
        with near, far, suppress(OSError):
            while left > 0 and (data := near.recv(min(left, 65536))):
                left -= len(data)
                far.sendall(data)
            self.n_broken += left <= 0

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                near.sendall(data)

    def close(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
