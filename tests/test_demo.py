"""The demo, run as a newcomer runs it. It brings its own SQLite, so once is enough."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

Demo = subprocess.Popen[str]

pytestmark = pytest.mark.skipif(
    "sqlite3" not in settings.DATABASES["default"]["ENGINE"],
    reason="the demo brings its own SQLite",
)


def start(folder: Path, **environment: str) -> Demo:
    """A demo whose temporary files go to a folder of the test's own."""
    return subprocess.Popen(
        [sys.executable, "samples/demo.py"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "TMPDIR": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def left_behind(folder: Path) -> list[object]:
    """Files in the folder, and processes that were started with it."""
    running: list[object] = []
    for process in psutil.process_iter():
        try:
            if str(folder) in process.environ().get("VAR_DIR", ""):
                running.append(process)
        except psutil.Error:
            continue
    return running + list(folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert not left_behind(tmp_path)


def test_demo_follows_both_batches_to_their_honest_end(folder: Path) -> None:
    told, _ = (demo := start(folder)).communicate(timeout=120)

    assert demo.returncode == 0, told
    assert "ENG6 EK23B: completed_with_failures" in told
    assert "SV2 SA22A: completed_successfully" in told
    assert "The file is locked with a password" in told


def test_demo_fails_and_says_why_when_a_batch_ends_otherwise(folder: Path) -> None:
    told, _ = (demo := start(folder, EXTRACT_MAX_TEXT_CHARS="10")).communicate(timeout=120)

    assert demo.returncode == 1, told
    assert "ENG6 should have ended completed_with_failures" in told


def test_demo_stops_all_that_it_started_when_it_is_interrupted(folder: Path) -> None:
    demo = start(folder)
    assert demo.stdout is not None
    while "Uploads" not in (line := demo.stdout.readline()):
        assert line, "the demo ended early"

    demo.send_signal(signal.SIGINT)
    told, _ = demo.communicate(timeout=60)

    assert demo.returncode == 130, told
