"""A browser without a screen, and how long it had to wait for its answers."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from client import Refused

POLL_OF_THE_PAGE = re.compile(r'hx-get="([^"]+)"')


class Answers:
    """Milliseconds of each answer by what was asked for, and those that were errors."""

    def __init__(self) -> None:
        self.ms: defaultdict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()

    def time(self, name: str, ask: Callable[[], int]) -> None:
        began = time.perf_counter()
        try:
            status = ask()
        except Refused as refusal:
            status = refusal.status
        except (OSError, HTTPException) as error:
            self.errors[f"{name} {type(error).__name__}"] += 1
            return
        self.ms[name].append(1000 * (time.perf_counter() - began))
        if status >= 400:
            self.errors[f"{name} {status}"] += 1

    def summary(self) -> dict[str, Any]:
        return {
            "ms": {name: percentiles(values) for name, values in sorted(self.ms.items())},
            "errors": dict(self.errors),
        }


def percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {"n": len(ordered)} | {
        name: round(ordered[int(share * (len(ordered) - 1))], 2) for name, share in shares.items()
    }


class Browser:
    """One kept connection and a session; it asks as the page's own script does."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._connection = HTTPConnection(self._host, timeout=60)
        self._cookies: dict[str, str] = {}
        self._next_poll = ""

    def sign_in(self, email: str, password: str) -> None:
        self.get("/login")
        token = self._cookies["csrftoken"]
        form = {"username": email, "password": password, "csrfmiddlewaretoken": token}
        status = self._ask("POST", "/login", {}, urlencode(form).encode())
        if status != 302:
            raise SystemExit(f"signing in was answered with {status}")

    def get(self, path: str) -> int:
        return self._ask("GET", path, {})

    def poll(self, page: str) -> int:
        """What a page that is open asks next."""
        return self._ask("GET", self._next_poll or page, {"HX-Request": "true"})

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> int:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        except (HTTPException, ConnectionError):  # the server has ended a connection that was kept
            self._connection.close()
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        text = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content
        if found := POLL_OF_THE_PAGE.search(text.decode("utf-8", "replace")):
            self._next_poll = found[1].replace("&amp;", "&")
        return answer.status
