"""A client of HuleEdu's API in Python's standard library alone."""

from __future__ import annotations

import json
import mimetypes
import uuid
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

TIMEOUT_S = 60

Json = dict[str, Any]


class Refused(Exception):
    """The API answered with an error; the message is its own sentence for people."""

    def __init__(self, method: str, path: str, status: int, body: Json) -> None:
        super().__init__(method, path, status, body)
        self.status = status
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail", ""))
        self.request = f"{method} {path}"

    def __str__(self) -> str:
        return f"{self.request} answered {self.status} {self.code}: {self.detail}"


class Client:
    """`Client("http://127.0.0.1:8000").sign_in(email, password)`, then the resources of /v1/."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._token = ""

    def sign_in(self, email: str, password: str) -> None:
        answer = self.post("/v1/auth/token", {"email": email, "password": password})
        self._token = answer["token"]

    def get(self, path: str, **query: object) -> Json:
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def pages(self, path: str, **query: object) -> Iterator[Json]:
        """The rows of a list, page after page."""
        answer = self.get(path, **query)
        while True:
            yield from answer["results"]
            if not answer["next"]:
                return
            link = urlsplit(answer["next"])
            answer = self._ask("GET", f"{link.path}?{link.query}")

    def post(self, path: str, body: Json) -> Json:
        return self._ask("POST", path, json.dumps(body).encode(), "application/json")

    def upload(self, path: str, files: Sequence[Path], **fields: str) -> Json:
        """All files in one multipart request."""
        return self.send(path, [(file.name, file.read_bytes()) for file in files], **fields)

    def send(self, path: str, files: Sequence[tuple[str, bytes]], **fields: str) -> Json:
        """`upload` for names and bytes."""
        body, content_type = multipart(files, fields)
        return self._ask("POST", path, body, content_type)

    def _ask(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> Json:
        headers = {"Accept": "application/json"}
        if content_type:
            headers["Content-Type"] = content_type
        if self._token:
            headers["Authorization"] = f"Token {self._token}"
        connection = HTTPConnection(self._host, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = _json(response.read())
            if response.status >= 400:
                raise Refused(method, path, response.status, answer)
            return answer
        finally:
            connection.close()


def _json(body: bytes) -> Json:
    try:
        answer = json.loads(body or b"{}")
    except ValueError:
        return {"detail": body[:200].decode("utf-8", "replace")}
    return answer if isinstance(answer, dict) else {"results": answer, "next": None}


def multipart(files: Sequence[tuple[str, bytes]], fields: Mapping[str, str]) -> tuple[bytes, str]:
    """(body, content type) of a form with fields and, under the name `files`, the files."""
    boundary = uuid.uuid4().hex
    parts: list[bytes] = []
    for name, value in fields.items():
        parts += [_head(boundary, f'name="{name}"'), value.encode(), b"\r\n"]
    for name, data in files:
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        label = name.replace('"', "%22")
        parts += [_head(boundary, f'name="files"; filename="{label}"', media_type)]
        parts += [data, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _head(boundary: str, disposition: str, media_type: str = "") -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n"
    if media_type:
        head += f"Content-Type: {media_type}\r\n"
    return f"{head}\r\n".encode()
