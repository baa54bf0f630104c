"""How many statements an essay costs on PostgreSQL, and where they go."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
from client import Client

from bench.deployment import TEACHER, Load, results, send, site
from bench.workload import essays

STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)")
NOT_COUNTED = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SET|SHOW|DISCARD|SELECT set_config)")
TARGET = re.compile(r'^(\w+)\b.*?(?:FROM |INTO |^UPDATE )"(\w+)"|^(UPDATE) "(\w+)"')


def statements(load: Load) -> dict[str, Any]:
    """Statements an essay on PostgreSQL, by what they do; polling and heartbeats count."""
    with site("postgres", load.processes, log_statements=True) as (running, url):
        client = Client(running.url)
        client.sign_in(*TEACHER)
        warm_up, _ = send(client, "ENG6", essays("ENG6", 2, -1))
        results(url, running, [warm_up])
        log = _server_log(url)
        began = log.stat().st_size
        batch_id, _ = send(client, "ENG6", essays("ENG6", load.essays, 0))
        results(url, running, [batch_id])
        lines = log.read_bytes()[began:].decode("utf-8", "replace").splitlines()
    found = [match[1] for line in lines if (match := STATEMENT.search(line))]
    kinds = Counter(
        f"{match[1] or match[3]} {match[2] or match[4]}"
        for text in found
        if not NOT_COUNTED.match(text) and (match := TARGET.match(text))
    )
    return {
        "bench": "statements",
        "engine": "postgres",
        "essays": load.essays,
        "statements_per_essay": round(sum(kinds.values()) / load.essays, 1),
        "of_which": {name: round(n / load.essays, 2) for name, n in kinds.most_common(40)},
    }


def _server_log(url: str) -> Path:
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    return Path(row[0]) / "log"  # type: ignore[index]
