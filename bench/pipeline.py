"""The whole job under load: files through HTTP and real workers, beside the bare functions.

    python bench/pipeline.py [--engine sqlite|postgres|both] [--batches N] [--essays M]
                             [--processes P] [--rounds R] [--growth]

Each run starts a web server, a worker and, for postgres, a server of its own in a temporary folder,
and prints one JSON line:

essays_per_s        from the first upload to the last result
latency_s           of a batch, from the answer to its upload to its last result: p50, p95
platform_cpu_ms     CPU of web, workers and database for an essay, less the two pure functions';
                    what it may lose: bench/cpu.py
pure_cpu_ms         CPU of `extract` and `check` for an essay, in a bare pool of the same size
floor_ratio         essays_per_s ÷ essays/s of that bare pool, measured before and after each round,
                    while the site stands still, database and all: the machine's own speed
                    changes meanwhile
batches_of_30_per_h essays_per_s as batches of thirty in an hour
estimate            how wrong the time left was that the API said meanwhile: bench/estimates.py
touched_per_essay   postgres: rows and buffers, in memory or not
statements          postgres: how many an essay costs and where they go, by the server's log, in a
                    run of their own of the same size
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOUSE), str(HOUSE / "samples")]

from client import Client  # noqa: E402
from running import Site  # noqa: E402

from bench import growth  # noqa: E402
from bench.cpu import Cpu  # noqa: E402
from bench.deployment import (  # noqa: E402
    TEACHER,
    Load,
    results,
    roots,
    send,
    site,
    standing_still,
    touched,
)
from bench.estimates import Said, asking  # noqa: E402
from bench.statements import log_of  # noqa: E402
from bench.workload import FOLDERS, Essay, essays  # noqa: E402

N_CLIENTS = 2
N_OF_THE_FLOOR = 300  # essays
N_ASKED_ABOUT = 5  # batches whose time left is asked for each second, as by teachers who wait


def batches_of(load: Load, first: int) -> list[tuple[str, list[Essay]]]:
    """(course, files) of each batch of a load; those of another `first` are other ones."""
    numbers = range(first, first + load.batches)
    courses = [list(FOLDERS)[number % len(FOLDERS)] for number in numbers]
    return [(c, essays(c, load.essays, n)) for c, n in zip(courses, numbers, strict=True)]


# --- the floor: the same functions, and nothing else ----------------------------------------
def _one(essay: Essay) -> float:
    """CPU seconds of reading and checking one essay, as the two tasks do it."""
    from files.extraction import extract
    from spellcheck import engine, languages, tokens

    began = time.process_time()
    text = extract(essay.data, file_name=essay.name, language=essay.language).text
    engine.check(text, language=essay.language)
    languages.other_than(essay.language, tokens.counted(text))
    return time.process_time() - began


@dataclass(frozen=True, slots=True)
class Floor:
    essays_per_s: float
    cpu_ms: float  # of an essay


class Pool:
    """A bare pool of processes, without Django and database; as warm as the workers are."""

    def __init__(self, load: Load) -> None:
        from spellcheck import engine

        engine.preload()
        self._processes = multiprocessing.get_context("fork").Pool(load.processes)
        self._load = replace(load, batches=max(1, N_OF_THE_FLOOR // load.essays))
        self._n_done = 0  # batches
        self.floor()

    def floor(self) -> Floor:
        batches = batches_of(self._load, self._n_done)
        work = [essay for _, files in batches for essay in files]
        self._n_done += len(batches)
        began = time.monotonic()
        cpu_s = self._processes.map(_one, work, chunksize=1)
        wall_s = time.monotonic() - began
        return Floor(len(work) / wall_s, 1000 * sum(cpu_s) / len(work))

    def close(self) -> None:
        self._processes.terminate()
        self._processes.join()


# --- the platform ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Round:
    """One load that goes through the platform."""

    essays_per_s: float
    cpu_ms: float  # of an essay
    latencies: list[float]  # s, from the answer to a batch's upload to its last result, sorted
    tail_s: float  # from the last upload to the last result


class Run:
    """Rounds of a load on one site."""

    def __init__(self, running: Site, url: str, load: Load) -> None:
        self.running, self.url, self.load = running, url, load
        self.processes = roots(running, url)
        self.cpu = Cpu(self.processes)
        self.client = Client(running.url)
        self.client.sign_in(*TEACHER)
        self.n_sent = 0
        self.ended: dict[str, float] = {}

    def warm_up(self) -> None:
        """The first essays pay for it."""
        warm_up, _ = send(self.client, "ENG6", essays("ENG6", 2, -1))
        results(self.url, self.running, [warm_up])

    def round(self, said: Said) -> Round:
        work = batches_of(self.load, self.n_sent)

        def send_and_ask(i: int) -> tuple[str, float]:
            batch_id, at = send(self.client, *work[i])
            if i % max(1, self.load.batches // N_ASKED_ABOUT) == 0:
                said.ask_about(batch_id)
            return batch_id, at

        before_s, began = self.cpu.seconds(), time.time()
        with ThreadPoolExecutor(N_CLIENTS) as clients:
            sent = dict(clients.map(send_and_ask, range(self.load.batches)))
        self.n_sent += self.load.batches
        ended = results(self.url, self.running, sent)
        self.ended |= ended
        used_s = self.cpu.seconds() - before_s
        last = max(ended.values())
        return Round(
            self.load.n / (last - began),
            1000 * used_s / self.load.n,
            sorted(max(0.0, ended[pk] - at) for pk, at in sent.items()),
            last - max(sent.values()),
        )


def measure(engine: str, load: Load, n_rounds: int) -> dict[str, Any]:
    """Rounds between measurements of their floor; of each figure the median."""
    with (
        closing(Pool(load)) as pool,
        site(engine, load.processes, log_statements=False) as (running, url),
    ):
        run = Run(running, url, load)
        run.warm_up()
        touched_before = touched(url)
        with standing_still(run.processes):
            floors, rounds = [pool.floor()], []
        with asking(run.client) as said, run.cpu.watched():
            for _ in range(n_rounds):
                rounds.append(run.round(said))
                with standing_still(run.processes):
                    floors.append(pool.floor())
        touched_after = touched(url)
    bare = [
        Floor((before.essays_per_s + after.essays_per_s) / 2, (before.cpu_ms + after.cpu_ms) / 2)
        for before, after in pairwise(floors)
    ]
    pairs = list(zip(rounds, bare, strict=True))
    ratios = [each.essays_per_s / beside.essays_per_s for each, beside in pairs]
    rate = median(each.essays_per_s for each in rounds)
    return {
        "bench": "pipeline",
        "engine": engine,
        "batches": load.batches,
        "essays_a_batch": load.essays,
        "worker_processes": load.processes,
        "essays_per_s": round(rate, 1),
        "batches_of_30_per_h": round(rate * 120),
        "latency_s": {
            f"p{share}": round(median(_at(each, share) for each in rounds), 2) for share in (50, 95)
        },
        "last_upload_to_last_result_s": round(median(each.tail_s for each in rounds), 2),
        "estimate": said.errors(run.ended),
        "cpu_ms": round(median(each.cpu_ms for each in rounds), 1),
        "pure_cpu_ms": round(median(each.cpu_ms for each in bare), 1),
        "platform_cpu_ms": round(median(each.cpu_ms - beside.cpu_ms for each, beside in pairs), 1),
        "floor_essays_per_s": round(median(each.essays_per_s for each in bare), 1),
        "floor_ratio": round(median(ratios), 2),
        "floor_ratio_of_rounds": [round(ratio, 2) for ratio in ratios],
        "touched_per_essay": {
            name: round((n - touched_before[name]) / (n_rounds * load.n), 1)
            for name, n in touched_after.items()
        },
    }


def count_statements(load: Load) -> dict[str, Any]:
    with site("postgres", load.processes, log_statements=True) as (running, url):
        run = Run(running, url, load)
        run.warm_up()
        log = log_of(url)
        run.round(Said(run.client))  # nobody asks how long it takes
        return {
            "bench": "statements",
            "engine": "postgres",
            "batches": load.batches,
            "essays_a_batch": load.essays,
            **log.summary(load.n),
        }


def _at(each: Round, share: int) -> float:
    return each.latencies[share * (len(each.latencies) - 1) // 100]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--essays", type=int, default=30)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5, help="of each figure the median is told")
    parser.add_argument("--growth", action="store_true", help="how cost grows; takes long")
    options = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    engines = ["sqlite", "postgres"] if options.engine == "both" else [options.engine]
    loads = [Load(options.batches, options.essays, options.processes)]
    if options.growth:
        loads = [Load(n, 10, 2) for n in (10, 100, 1000)]
        loads += [Load(10, 300, 2), Load(20, 30, 1), Load(20, 30, 2)]
        options.rounds = 1
    for engine in engines:
        for load in loads:
            print(json.dumps(measure(engine, load, options.rounds)), flush=True)
    if options.growth and "postgres" in engines:
        for line in growth.run([10, 100, 1000], n_batches=10, n_essays=30):
            print(json.dumps(line), flush=True)
    if "postgres" in engines:
        headline = Load(options.batches, options.essays, options.processes)
        print(json.dumps(count_statements(headline)), flush=True)


if __name__ == "__main__":
    main()
