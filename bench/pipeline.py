"""The whole job under load: files through HTTP and real workers, beside the bare functions.

    python bench/pipeline.py [--engine sqlite|postgres|both] [--batches N] [--essays M]
                             [--processes P] [--growth]

Each run starts a web server, a worker and, for postgres, a server of its own in a temporary folder,
and prints one JSON line:

essays_per_s        from the first upload to the last result
latency_s           of a batch, from the answer to its upload to its last result: p50, p95
platform_cpu_ms     CPU of web, workers and database for an essay, less the two pure functions'
pure_cpu_ms         CPU of `extract` and `check` for an essay, in a bare pool of the same size
floor_ratio         essays_per_s ÷ essays/s of that bare pool, measured before and after in the
                    same run: the machine's own speed changes meanwhile
batches_of_30_per_h essays_per_s as batches of thirty in an hour
estimate            how wrong the time left was that the API said meanwhile: bench/estimates.py
database            postgres: statements (from the server's log, in a run of their own), rows and
                    buffers that an essay touches
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOUSE), str(HOUSE / "samples")]

from client import Client  # noqa: E402

from bench import growth  # noqa: E402
from bench.deployment import TEACHER, Load, cpu_s, results, send, site, touched  # noqa: E402
from bench.estimates import asking  # noqa: E402
from bench.statements import statements  # noqa: E402
from bench.workload import FOLDERS, Essay, essays  # noqa: E402

N_CLIENTS = 2
N_OF_THE_FLOOR = 600  # essays at most
N_ASKED_ABOUT = 5  # batches whose time left is asked for each second, as by teachers who wait


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


def _warm() -> None:
    from spellcheck import engine

    engine.preload()


def floor(work: list[Essay], processes: int) -> dict[str, float]:
    """wall_ms and cpu_ms an essay of a bare pool of processes, without Django and database."""
    _warm()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        pool.map(_one, work[: 4 * processes], chunksize=1)
        began = time.monotonic()
        cpu_s = pool.map(_one, work, chunksize=1)
        wall_s = time.monotonic() - began
    return {
        "wall_ms": 1000 * wall_s / len(work),
        "cpu_ms": 1000 * sum(cpu_s) / len(work),
    }


def measure(engine: str, load: Load) -> dict[str, Any]:
    """One run of the platform between two of its floor."""
    courses = [list(FOLDERS)[i % 2] for i in range(load.batches)]
    work = [essays(course, load.essays, i) for i, course in enumerate(courses)]
    pure = [essay for batch in work for essay in batch][:N_OF_THE_FLOOR]
    before = floor(pure, load.processes)
    with site(engine, load.processes, log_statements=False) as (running, url):
        client = Client(running.url)
        client.sign_in(*TEACHER)
        send(client, "ENG6", essays("ENG6", 2, -1))  # the first essays pay for warm-up
        results(url, running, Load(1, 2, load.processes))
        before_rows, before_cpu = touched(url), cpu_s(running, url)
        began = time.time()
        with asking(client) as said, ThreadPoolExecutor(N_CLIENTS) as clients:

            def send_and_ask(i: int) -> tuple[str, float]:
                batch_id, at = send(client, courses[i], work[i])
                if i % max(1, load.batches // N_ASKED_ABOUT) == 0:
                    said.ask_about(batch_id)
                return batch_id, at

            sent = dict(clients.map(send_and_ask, range(load.batches)))
            ended = results(url, running, Load(load.batches + 1, load.essays, load.processes))
        used_cpu = cpu_s(running, url) - before_cpu
        after_rows = touched(url)
    last = max(ended[pk] for pk in sent)
    latencies = sorted(max(0.0, ended[pk] - at) for pk, at in sent.items())
    after = floor(pure, load.processes)
    bare = {name: (before[name] + after[name]) / 2 for name in before}
    floor_rate = 1000 / bare["wall_ms"]
    rate = load.n / (last - began)
    return {
        "bench": "pipeline",
        "engine": engine,
        "batches": load.batches,
        "essays_a_batch": load.essays,
        "worker_processes": load.processes,
        "essays_per_s": round(rate, 1),
        "batches_of_30_per_h": round(rate * 120),
        "latency_s": {
            "p50": round(statistics.median(latencies), 2),
            "p95": round(latencies[int(0.95 * (len(latencies) - 1))], 2),
        },
        "last_upload_to_last_result_s": round(last - max(sent.values()), 2),
        "estimate": said.errors(ended),
        "cpu_ms": round(1000 * used_cpu / load.n, 1),
        "pure_cpu_ms": round(bare["cpu_ms"], 1),
        "platform_cpu_ms": round(1000 * used_cpu / load.n - bare["cpu_ms"], 1),
        "floor_essays_per_s": round(floor_rate, 1),
        "floor_ratio": round(rate / floor_rate, 2),
        "touched_per_essay": {
            name: round((after_rows[name] - before_rows[name]) / load.n, 1) for name in after_rows
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--essays", type=int, default=30)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--growth", action="store_true", help="how cost grows; takes long")
    options = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    engines = ["sqlite", "postgres"] if options.engine == "both" else [options.engine]
    loads = [Load(options.batches, options.essays, options.processes)]
    if options.growth:
        loads = [Load(n, 10, 2) for n in (10, 100, 1000)]
        loads += [Load(10, 300, 2), Load(20, 30, 1), Load(20, 30, 2)]
    for engine in engines:
        for load in loads:
            print(json.dumps(measure(engine, load)), flush=True)
    if options.growth and "postgres" in engines:
        for line in growth.run([10, 100, 1000], n_batches=10, n_essays=10):
            print(json.dumps(line), flush=True)
    if "postgres" in engines:
        print(json.dumps(statements(Load(1, 60, options.processes))), flush=True)


if __name__ == "__main__":
    main()
