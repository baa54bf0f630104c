"""How people fare while the workers are saturated, how fast an idle site is, and what it holds.

    python bench/load.py [--engine sqlite|postgres|both] [--pollers 30] [--writers 3]
                         [--batches 34] [--essays 30] [--rounds 2] [--control]

Each run starts a web server and a worker as bench/pipeline.py does, and prints JSON lines:

idle      seconds from the beginning of the upload of a one-essay batch to its result
load      batches are handed in; while the workers work them off, `pollers` browsers look at them,
          every two seconds each: the page, what the page's script asks, the status of the API; and
          `writers` hand in files one by one. Milliseconds of the answers, and which were errors.
          As many rounds as are asked for
memory    MB, in each round, of the web's processes and of the worker's: the largest, resident; at
          rest after it, what they hold together, shared pages once (PSS), and what each holds, by
          its id (one that was renewed has another): resident; anonymous, which is resident but for
          pages of files, such as the word lists, that any process may drop; alone (USS). And what
          each has in use, as it says itself: thousands of Python's small objects, MB of malloc's.
          control: after each round another, as long, in which the browsers look and nobody hands
          anything in; what the web gains in it comes from no essay
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOUSE), str(HOUSE / "samples")]

from client import Client  # noqa: E402
from running import Site, stopping_on_signals  # noqa: E402

from bench.browser import Answers, Browser, percentiles  # noqa: E402
from bench.deployment import TEACHER, results, send, site  # noqa: E402
from bench.in_use import in_use  # noqa: E402
from bench.memory import Memory  # noqa: E402
from bench.workload import FOLDERS, Essay, essays  # noqa: E402

POLL_S = 2.0  # as the page of a batch that is under way asks
ARRIVAL_S = 8.0  # in which the browsers come, one after another
REST_S = 6.0  # as long as the web keeps what it no longer uses, if somebody comes after it
N_AT_REST = 4  # who come after it, so that both of the web's processes answer, and little more
N_IDLE = 20
N_PROCESSES = 2
N_CLIENTS = 2


# --- what people do ---------------------------------------------------------------------------
def signed_in(url: str) -> Browser:
    browser = Browser(url)
    browser.sign_in(*TEACHER)
    return browser


def look(number: int, browser: Browser, batch_ids: list[str], answers: Answers, over: Any) -> None:
    over.wait(ARRIVAL_S * random.random())
    turn = 0
    while not over.is_set():
        if batch_ids:
            batch_id = batch_ids[number % len(batch_ids)]
            page, status = f"/batches/{batch_id}", f"/v1/batches/{batch_id}/status"
            if turn % 10 == 0:
                answers.time("page", lambda: browser.get(page))  # noqa: B023 - called at once
            elif number % 2:
                answers.time("poll", lambda: browser.poll(page))  # noqa: B023
            else:
                answers.time("status", lambda: browser.get(status))  # noqa: B023
            turn += 1
        over.wait(POLL_S)


def write(client: Client, answers: Answers, over: Any, texts: list[Essay]) -> None:
    """Batches of one's own, a file at a time."""
    for work in itertools.repeat(texts):
        answer = client.post("/v1/batches/register", {"course_code": "ENG6"})
        fields = {"batch_id": str(answer["batch_id"]), "allow_duplicate": "true"}
        for essay in work:
            if over.is_set():
                return

            def hand_in(files: list[tuple[str, bytes]] = [(essay.name, essay.data)]) -> int:  # noqa: B006
                client.send("/v1/files/batch", files, **fields)  # noqa: B023 - called at once
                return 202

            answers.time("upload", hand_in)
            over.wait(1.0)


def rest(browsers: list[Browser]) -> None:
    """All is done, and the web gives back what it no longer uses: the garbage of those who looked,
    then that of the few who came for it."""
    for _ in range(2):
        time.sleep(REST_S)
        for browser in browsers[:N_AT_REST]:
            browser.get("/batches")


# --- a run ------------------------------------------------------------------------------------
def idle(client: Client, url: str, running: Site) -> dict[str, float]:
    took: list[float] = []
    for number in range(N_IDLE):
        began = time.time()
        batch_id, _ = send(client, "ENG6", essays("ENG6", 1, 5000 + number))
        took.append(results(url, running, [batch_id])[batch_id] - began)
    return percentiles(took) | {"mean": round(statistics.mean(took), 2)}


@contextmanager
def crowd(lookers: list[Browser], writers: list[Client], batch_ids: list[str]) -> Iterator[Answers]:
    """People who look at the batches in the list, and others who hand files in."""
    answers, over = Answers(), threading.Event()
    threads = [
        threading.Thread(target=look, args=(number, browser, batch_ids, answers, over))
        for number, browser in enumerate(lookers)
    ] + [
        threading.Thread(target=write, args=(writer, answers, over, essays("ENG6", 10, 10_000 + n)))
        for n, writer in enumerate(writers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


def hand_in(client: Client, work: list[tuple[str, list[Essay]]]) -> list[str]:
    """Register batches and send their files; their ids."""
    with ThreadPoolExecutor(N_CLIENTS) as clients:
        return [pk for pk, _ in clients.map(lambda batch: send(client, *batch), work)]


def measure(engine: str, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    n_essays = options.batches * options.essays
    work = [
        (course, essays(course, options.essays, number))
        for number, course in zip(range(options.rounds * options.batches), itertools.cycle(FOLDERS))
    ]
    with (
        in_use() as asked,
        site(engine, N_PROCESSES, log_statements=False, environment=asked.environment) as (
            running,
            url,
        ),
    ):
        client = Client(running.url)
        client.sign_in(*TEACHER)
        warm_up, _ = send(client, "ENG6", essays("ENG6", 2, -1))  # the first essays pay for it
        results(url, running, [warm_up])
        yield {"bench": "idle", "engine": engine, "s": idle(client, url, running)}
        lookers = [signed_in(running.url) for _ in range(options.pollers)]
        writers = [Client(running.url) for _ in range(options.writers)]
        for writer in writers:
            writer.sign_in(*TEACHER)
        Memory(running, asked).ask()  # the first answer copies shared pages, 5 MB of the worker's
        peaks = []
        for number in range(options.rounds):
            mine = work[number * options.batches : (number + 1) * options.batches]
            memory = Memory(running, asked)
            with memory.sampled():
                began = time.monotonic()
                batch_ids = hand_in(client, mine)
                web_s, looked_s = memory.cpu_s("web"), time.monotonic()
                with crowd(lookers, writers, batch_ids) as answers:
                    results(url, running, batch_ids)
                    ended = time.monotonic()
                    web_s = memory.cpu_s("web") - web_s
                rest(lookers)
            peaks.append({"essays": n_essays, **memory.summary()})
            yield {
                "bench": "load",
                "engine": engine,
                "round": number + 1,
                "essays": n_essays,
                "essays_per_s": round(n_essays / (ended - began), 1),
                "looked_s": round(ended - looked_s, 1),
                "web_cpu_share": round(web_s / (ended - looked_s), 2),
                **answers.summary(),
            }
            if options.control:
                memory = Memory(running, asked)
                with memory.sampled():
                    with crowd(lookers, [], batch_ids):
                        time.sleep(ended - looked_s)
                    rest(lookers)
                peaks.append({"essays": 0, **memory.summary()})
        yield {"bench": "memory", "engine": engine, "rounds": peaks}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--pollers", type=int, default=30)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--batches", type=int, default=34, help="of a round")
    parser.add_argument("--essays", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--control", action="store_true", help="rounds without essays, too")
    options = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    for engine in ["sqlite", "postgres"] if options.engine == "both" else [options.engine]:
        with stopping_on_signals():
            for line in measure(engine, options):
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
