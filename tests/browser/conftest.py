"""Chromium, a live server and a real worker: what a teacher's evening needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.faults.real_worker import RealWorker

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT_MS = 20_000
PASSWORD = "correct horse"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Ended with its module: tests of other rooms count the children of this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the worker writes; the server's content lies there too."""
    return tmp_path_factory.mktemp("browser")


@pytest.fixture
def server(
    live_server: LiveServer, settings: LazySettings, folder: Path, teacher: User
) -> LiveServer:
    storage: dict[str, Any] = settings.STORAGES["default"]
    storage["OPTIONS"]["location"] = folder / "content"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    return live_server


@pytest.fixture
def open_page(server: LiveServer, chromium: Browser) -> Iterator[OpenPage]:
    """`open_page("/path")`: a window of its own in which the teacher has signed in."""
    contexts = []

    def open_page(path: str = "/", *, signed_in: bool = True, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=server.url, locale="en-GB", reduced_motion="reduce", **options
        )
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        page = context.new_page()
        if signed_in:
            sign_in(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page) -> None:
    page.goto("/login")
    page.locator("#id_username").fill("teacher@example.org")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main .btn-primary").click()
    page.wait_for_url("**/")


@pytest.fixture(scope="module")
def household() -> Iterator[list[RealWorker]]:
    """Ended with its module: left alone it would take the tasks of every test after it."""
    workers: list[RealWorker] = []
    yield workers
    for worker in workers:
        worker.destroy()


@pytest.fixture
def worker(server: LiveServer, folder: Path, household: list[RealWorker]) -> RealWorker:
    """The worker that the tests of a module share."""
    if not household or household[-1].process.poll() is not None:
        household.append(RealWorker(folder, DJANGO_SETTINGS_MODULE="huleedu.settings"))
    return household[-1].ready()
