"""What the teacher's pages cost the server, with a class of thirty and a year group of 300.

    python bench/pages.py [--engine sqlite|postgres] [--requests N] [--essays N ...]

The pages are asked for in this process, behind every middleware, on a database of their own. Prints
one JSON line a page:

cpu_ms, wall_ms     median of a request; the CPU of PostgreSQL's server, and of the confined child
                    that draws a page of an original, is in wall_ms alone
queries             statements of a request
html_kb             of the page, gzipped
page_kb             with all styles and scripts that it needs, gzipped
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE))

N_BROKEN = 2  # of a batch; and one essay is missing
HTMX = {"HX-Request": "true"}
SEEN = re.compile(r'data-seen="([^"]+)"')


def _set_up(folder: Path, url: str) -> None:
    """A site of its own, as it runs on a server but without TLS."""
    os.environ |= {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VAR_DIR": str(folder),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "huleedu.settings",
        "HTTPS": "false",
        "LOG_LEVEL": "ERROR",
        "ALLOWED_HOSTS": "testserver",
        "CONTENT_S3_BUCKET": "",
        "CLAMD_URL": "",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _batch(owner: Any, n: int) -> Any:
    """A batch of n essays, all but three read and checked."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from bench.workload import essays
    from pipelines import flow as pipelines
    from tests.essays import broken_file, hand_in, register
    from tests.queue import drain

    batch = register(owner, n)
    for essay in essays("ENG6", n - N_BROKEN - 1, batch=n):
        hand_in(batch, SimpleUploadedFile(essay.name, essay.data))
    for i in range(N_BROKEN):
        hand_in(batch, broken_file(f"broken {i}.pdf"))
    drain()
    pipelines.start(batch.pk, "spellcheck", by=owner)
    drain()
    return batch


def _pages(client: Any, batch: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Name and request of each page."""
    from django.urls import reverse

    url = batch.get_absolute_url()
    essay = batch.essays.filter(file_name__endswith=".pdf").ready()[0]
    picture = reverse("pages:essay-page", args=[essay.pk, 1])
    seen = {"seen": SEEN.findall(client.get(url).text)[0]}
    yield "batch", lambda: client.get(url)
    yield "poll, nothing new", lambda: client.get(url, seen, headers=HTMX)
    yield "poll, news", lambda: client.get(url, {"seen": "0.0"}, headers=HTMX)
    yield "essay", lambda: client.get(essay.get_absolute_url())
    yield "page of an original", lambda: client.get(picture)
    yield "report", lambda: client.get(reverse("pages:batch-report", args=[batch.pk]))
    yield "overview", lambda: client.get("/")


def _measured(ask: Callable[[], Any], n_requests: int) -> dict[str, float]:
    from django.db import connection

    from pages.tests.weight import weight

    statements: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        answer = ask()
    assert answer.status_code in (200, 204), answer.status_code
    is_page = answer.content.startswith(b"<!doctype")
    cpu, wall = [], []
    for _ in range(n_requests):
        began, began_cpu = time.perf_counter(), time.process_time()
        ask()
        cpu.append(time.process_time() - began_cpu)
        wall.append(time.perf_counter() - began)
    kb = {"html_kb": round(len(gzip.compress(answer.content)) / 1000, 1)} if is_page else {}
    if is_page:
        kb["page_kb"] = round(sum(weight(answer.content.decode()).values()) / 1000, 1)
    return {
        "cpu_ms": round(1000 * statistics.median(cpu), 1),
        "wall_ms": round(1000 * statistics.median(wall), 1),
        "queries": len(statements),
        **kb,
    }


def run(engine: str, n_essays: list[int], n_requests: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="huleedu-pages-")))
        url = f"sqlite:///{folder / 'huleedu.sqlite3'}"
        if engine == "postgres":
            from tests import postgres

            url = stack.enter_context(postgres.server())
        _set_up(folder, url)
        from django.contrib.auth import get_user_model
        from django.db import connection
        from django.test import Client

        owner = get_user_model().objects.create_user("bench@example.org", "bench", name="Bench")
        client = Client()
        client.force_login(owner)
        for n in n_essays:
            for name, ask in _pages(client, _batch(owner, n)):
                found = {"engine": engine, "essays": n, "page": name, **_measured(ask, n_requests)}
                print(json.dumps(found), flush=True)
        connection.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What the teacher's pages cost the server.")
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--essays", type=int, nargs="+", default=[30, 300])
    parser.add_argument("--requests", type=int, default=20)
    given = parser.parse_args()
    run(given.engine, given.essays, given.requests)
