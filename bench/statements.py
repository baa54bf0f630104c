"""What PostgreSQL was asked to do, from its own log."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.deployment import LOOK

STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)")
NOT_COUNTED = re.compile(rf"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|{re.escape(LOOK)}")
TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE|COPY) "?(\w+)')
N_TOLD = 40


@dataclass(frozen=True, slots=True)
class Log:
    """The log of a server that writes down each statement, from now on."""

    path: Path
    began: int  # byte

    def summary(self, n_essays: int) -> dict[str, Any]:
        """Statements an essay, and what they do; polling and heartbeats count, the bench's own
        looks and the marks of transactions do not."""
        with self.path.open("rb") as log:
            log.seek(self.began)
            lines = log.read().decode("utf-8", "replace").splitlines()
        found = [match[1] for line in lines if (match := STATEMENT.search(line))]
        kinds = Counter(kind_of(text) for text in found if not NOT_COUNTED.match(text))
        told = dict(kinds.most_common(N_TOLD))
        told["all others"] = kinds.total() - sum(told.values())
        return {
            "statements_per_essay": round(kinds.total() / n_essays, 2),
            "of_which": {name: round(n / n_essays, 3) for name, n in told.items()},
        }


def log_of(url: str) -> Log:
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    path = Path(row[0]) / "log"  # type: ignore[index]
    return Log(path, path.stat().st_size)


def kind_of(statement: str) -> str:
    """The verb and its first table; without a table, as it begins."""
    if table := TABLE.search(statement):
        return f"{statement.split(maxsplit=1)[0]} {table[1]}"
    return " ".join(statement.partition("(")[0].split()[:3])
