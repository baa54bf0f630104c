"""HTTP times in `/metrics`, counted over all processes of a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import disks
from tests.test_metrics import parsed

PAGE = 4096
HOUSE = Path(__file__).resolve().parent.parent


SERVE = """
import sys, django
django.setup()
from django.core.wsgi import get_wsgi_application
from django.test import Client
client = Client(raise_request_exception=False)
for path in sys.argv[1:]:
    answer = client.get(path)
if path == "/metrics":
    print(answer.content.decode(), end="")
"""


def serve(folder: Path, *paths: str, **environment: str) -> str:
    """A web process of its own: asks itself for these paths, and prints the metrics if asked."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE, *paths],
        cwd=HOUSE,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "huleedu.settings",
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "METRICS_DIR": str(folder / "metrics"),
            "METRICS_ENABLED": "true",
            "HTTPS": "false",
            "ALLOWED_HOSTS": "testserver",
            "LOG_LEVEL": "CRITICAL",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Two web processes, one after the other, and what the second says; and their folder."""
    folder = tmp_path_factory.mktemp("served")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v", "0"],
        cwd=HOUSE,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"},
        check=True,
    )
    serve(folder, "/v1/batches", "/v1/batches", "/v1/nowhere")
    return folder, serve(folder, "/v1/batches", "/metrics")


def http(served: tuple[Path, str], name: str) -> dict[tuple[str, ...], Any]:
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in parsed(served[1])
        for sample in family.samples
        if sample.name == name
    }


def test_requests_of_all_processes_are_counted(served: tuple[Path, str]) -> None:
    counted = http(served, "http_requests_total")

    assert counted["GET", "401", "api:batches"] == 3
    assert counted["GET", "404", ""] == 1


def test_request_times_are_a_histogram(served: tuple[Path, str]) -> None:
    assert http(served, "http_request_duration_seconds_count")["GET", "api:batches"] == 3
    assert http(served, "http_request_duration_seconds_sum")["GET", "api:batches"] > 0


def test_process_that_follows_another_leaves_no_further_files(served: tuple[Path, str]) -> None:
    names = sorted(path.name for path in (served[0] / "metrics").iterdir())

    assert names == ["counter_0.db", "histogram_0.db", "seat-0.lock", "whole-tables.txt"]


def test_full_disk_costs_the_counts_and_no_request(tmp_path: Path) -> None:
    serve(tmp_path, "/healthz")
    for file in (tmp_path / "metrics").iterdir():
        file.unlink()
    (tmp_path / "metrics").rmdir()
    with disks.small(tmp_path / "metrics") as disk:
        disks.fill(disk)

        serve(tmp_path, "/healthz", "/v1/nowhere")


def test_file_of_which_a_crash_has_left_half_is_dropped(
    served: tuple[Path, str], tmp_path: Path
) -> None:
    shutil.copytree(served[0], tmp_path / "site")
    times = tmp_path / "site" / "metrics" / "histogram_0.db"
    whole = times.read_bytes()
    assert int.from_bytes(whole[:4], sys.byteorder) > PAGE
    times.write_bytes(whole[:PAGE] + bytes(len(whole) - PAGE))

    shown = serve(tmp_path / "site", "/v1/batches", "/metrics")

    assert "http_requests_total" in shown
    assert shown.endswith("# EOF\n")


def test_nothing_is_counted_where_metrics_are_off(tmp_path: Path) -> None:
    serve(tmp_path, "/healthz", METRICS_ENABLED="false")

    assert not (tmp_path / "metrics").exists()
