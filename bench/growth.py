"""How the cost of an essay grows with what the database already holds.

    python bench/growth.py [--sizes 10 100 1000] [--batches 10] [--essays 30]

One site on PostgreSQL: batches that have ended are put beside the first by copying its rows, table
by table, up to each size; then the same number of new batches goes the whole way, through HTTP and
real workers. A JSON line for each size:

rows, buffers    that an essay touches, as the server counts them, less what idle workers touch
idle             rows and buffers that those touch in a second, at this size
growth           of both, against the smallest size
tables           where most buffers go, and where sequential scans have read rows

Nothing is read sequentially where an index can be used, at any size: of a table of a few pages the
planner would read all, and the smallest size could not be compared. What the worker does once an
hour, to look through all that is stored, falls into no measurement.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOUSE), str(HOUSE / "samples")]

import psycopg  # noqa: E402
from client import Client  # noqa: E402
from running import stopping_on_signals  # noqa: E402

from bench.workload import essays  # noqa: E402

IDLE_S = 30.0  # two rounds of the sweeps
STATISTICS_LATE_S = 11.0  # a session tells what it has counted when it has been idle for 10 s
ROWS = "seq_tup_read + coalesce(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd + n_tup_del"
BUFFERS = (
    "heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)"
    " + coalesce(toast_blks_hit + toast_blks_read, 0) + coalesce(tidx_blks_hit + tidx_blks_read, 0)"
)

LEAVES = {"Misspelling", "Event"}  # most of the rows; none refers to them

Counts = dict[str, dict[str, float]]  # table → rows, buffers, seq_rows


# --- batches that have ended, without working them off ----------------------------------------
def seed(n: int) -> None:
    """Copy the newest ended batch until there are n. Runs inside Django."""
    from batches.models import Batch

    template = Batch.objects.exclude(completed_at=None).order_by("-completed_at")[0]
    n_missing = n - Batch.objects.exclude(completed_at=None).count()
    for first in range(0, n_missing, 20):
        _copy(template.pk, min(20, n_missing - first))


def _copy(batch_id: uuid.UUID, n: int) -> None:
    from django.db import transaction

    from batches.models import Batch
    from content.models import StoredContent
    from events.models import Event
    from files.models import Upload
    from lifecycle.models import Essay, EssayText
    from pipelines.models import EssayPhase, PhaseRun, PipelineRun
    from spellcheck.models import Misspelling, SpellcheckResult

    rows_of: list[tuple[Any, str]] = [
        (Batch, "pk"),
        (Essay, "batch"),
        (EssayText, "essay__batch"),
        (StoredContent, "uploads__batch"),
        (Upload, "batch"),
        (PipelineRun, "batch"),
        (PhaseRun, "run__batch"),
        (EssayPhase, "phase_run__run__batch"),
        (SpellcheckResult, "text__essay__batch"),
        (Misspelling, "result__text__essay__batch"),
        (Event, "batch_id"),
    ]
    found = [(model, list(model.objects.filter(**{of: batch_id}))) for model, of in rows_of]
    with transaction.atomic():
        for _ in range(n):
            _insert(found)
    _reset_sequences([model for model, _ in rows_of])


def _insert(found: list[tuple[Any, list[Any]]]) -> None:
    from events import bulk

    new: dict[tuple[Any, Any], Any] = {}
    for model, rows in found:
        if model.__name__ in LEAVES:
            continue
        last = 0
        if model._meta.pk.get_internal_type() == "BigAutoField":
            last = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for number, row in enumerate(rows, start=1):
            new[model, row.pk] = last + number if last else uuid.uuid4()
    for model, rows in found:
        renamed = [_renamed(model, row, new) for row in rows]
        if model.__name__ in LEAVES:
            bulk.insert(renamed)
        else:
            model.objects.bulk_create(renamed)


def _renamed(model: Any, row: Any, new: dict[tuple[Any, Any], Any]) -> Any:
    values = {}
    for field in model._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.related_model is not None:
            value = new.get((field.related_model, value), value)
        values[field.attname] = value
    values[model._meta.pk.attname] = new.get((model, row.pk))
    for name in ("event_id", "storage_name"):
        if name in values:
            values[name] = uuid.uuid4().hex
    by_name = {other.__name__: other for other, _ in new}
    for name, other in (("batch_id", "Batch"), ("essay_id", "Essay")):
        if name in values and values[name] is not None:
            values[name] = new.get((by_name[other], values[name]), values[name])
    return model(**values)


def _reset_sequences(models: list[Any]) -> None:
    from django.core.management.color import no_style
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


# --- what the server counts -------------------------------------------------------------------
def counts(url: str) -> Counts:
    time.sleep(STATISTICS_LATE_S)
    query = (
        f"SELECT relname, {ROWS}, {BUFFERS}, seq_tup_read"  # noqa: S608 - our own names
        " FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid, relname)"
    )
    with psycopg.connect(url) as connection:
        rows = connection.execute(query).fetchall()
    return {name: {"rows": r, "buffers": b, "seq_rows": s} for name, r, b, s in rows}


def minus(after: Counts, before: Counts, share: float = 1.0) -> Counts:
    return {
        table: {name: n - share * before[table][name] for name, n in columns.items()}
        for table, columns in after.items()
    }


def measure(n_ended: int, n_batches: int, n_essays: int, url: str, running: Any) -> dict[str, Any]:
    from bench.deployment import TEACHER, results, send

    running.manage("shell", "-v", "0", "-c", f"from bench.growth import seed; seed({n_ended})")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    client = Client(running.url)
    client.sign_in(*TEACHER)
    still = counts(url)
    time.sleep(IDLE_S - STATISTICS_LATE_S)
    idle = minus(counts(url), still)  # in IDLE_S
    before, began = counts(url), time.monotonic()
    work = [essays("ENG6", n_essays, number + 1) for number in range(n_batches)]  # at each size
    results(url, running, [send(client, "ENG6", files)[0] for files in work])
    took_s = time.monotonic() - began
    touched = minus(minus(counts(url), before), idle, (time.monotonic() - began) / IDLE_S)
    n = n_batches * n_essays
    return {
        "bench": "growth",
        "ended_batches": n_ended,
        "essays": n,
        "rows": round(_sum(touched, "rows") / n, 1),
        "buffers": round(_sum(touched, "buffers") / n, 1),
        "idle": {name: round(_sum(idle, name) / IDLE_S, 1) for name in ("rows", "buffers")},
        "seconds": round(took_s, 1),
        "tables": {
            table: {name: round(value / n, 1) for name, value in columns.items()}
            for table, columns in islice(_by_buffers(touched), 12)
        },
    }


def _sum(of_tables: Counts, name: str) -> float:
    return sum(columns[name] for columns in of_tables.values())


def _by_buffers(touched: Counts) -> Iterator[tuple[str, dict[str, float]]]:
    yield from sorted(touched.items(), key=lambda pair: -pair[1]["buffers"])


def run(sizes: list[int], n_batches: int, n_essays: int) -> Iterator[dict[str, Any]]:
    from bench.deployment import TEACHER, results, send, site

    with site("postgres", 2, log_statements=False) as (running, url):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET autovacuum = off")  # it reads tables of its own
            connection.execute("ALTER SYSTEM SET enable_seqscan = off")
            connection.execute("SELECT pg_reload_conf()")
        client = Client(running.url)
        client.sign_in(*TEACHER)
        template, _ = send(client, "ENG6", essays("ENG6", n_essays, 0))
        results(url, running, [template])
        first: dict[str, Any] | None = None
        for size in sizes:
            found = measure(size, n_batches, n_essays, url, running)
            first = first or found
            growth = {name: round(found[name] / first[name] - 1, 3) for name in ("rows", "buffers")}
            yield {**found, "growth": growth}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--batches", type=int, default=10)
    parser.add_argument("--essays", type=int, default=30)
    options = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    with stopping_on_signals():
        for line in run(options.sizes, options.batches, options.essays):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
