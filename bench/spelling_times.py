"""How long checking takes, and what it takes up: the part of bench/spelling.py with a clock."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.spelling_data import Sentence
from bench.spelling_peers import Peer, flags
from spellcheck import engine, proposals

SEED = 20
ESSAY_WORDS = 500
N_SLOW_ESSAYS = 2  # for peers that take seconds an essay


def measure_essays(
    pairs: list[tuple[str, str]], sentences: list[Sentence], language: str, peers: list[Peer],
    n_essays: int,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Essays of clean sentences with known misspellings put in; without any, only checking."""
    draw = random.Random(SEED)
    clean = [
        text for text, _ in sentences if not engine.check(text, language=language).misspellings
    ]
    wrong = [
        word
        for word, _ in pairs
        if word.isalpha() and word.islower() and engine.check(word, language=language).misspellings
    ]
    for n_errors in (0, 15, 60):
        essays = [essay(draw, clean, wrong, n_errors) for _ in range(n_essays)]
        for peer in peers:
            chosen = essays[: N_SLOW_ESSAYS if peer.n_pairs else None]
            wall, cpu = zip(
                *(timed(peer, text, language, n_errors) for text in chosen), strict=True
            )
            median = statistics.median(wall)
            yield {
                "measure": "essay", "language": language, "engine": peer.name,
                "n_errors": n_errors, "n_essays": len(chosen), "ms_median": round(1000 * median, 1),
                "ms_max": round(1000 * max(wall), 1),
                "cpu_ms_median": round(1000 * statistics.median(cpu), 1),
                "words_per_second": round(ESSAY_WORDS / median),
            }  # fmt: skip


def essay(draw: random.Random, clean: list[str], wrong: list[str], n_errors: int) -> str:
    words: list[str] = []
    while len(words) < ESSAY_WORDS:
        words += draw.choice(clean).split()
    words = words[:ESSAY_WORDS]
    for place in draw.sample(range(ESSAY_WORDS), n_errors):
        words[place] = draw.choice(wrong)
    return " ".join(words)


def check(peer: Peer, text: str, language: str, n_errors: int) -> None:
    if peer.name == "huleedu":
        if n_errors:
            proposals.likely.cache_clear()  # as if no essay of the class had been seen
        engine.check(text, language=language)
        return
    for start, end, _ in flags(peer, text, language)[:n_errors]:
        peer.suggest(text[start:end])


def timed(peer: Peer, text: str, language: str, n_errors: int) -> tuple[float, float]:
    """Seconds that one check takes: (wall, CPU)."""
    began, cpu_began = time.perf_counter(), time.process_time()
    check(peer, text, language, n_errors)
    return time.perf_counter() - began, time.process_time() - cpu_began


def measure_speed(
    sentences: list[Sentence], language: str, peers: list[Peer]
) -> Iterator[dict[str, Any]]:
    """Words a second in essays of distinct sentences that need no proposals, twice."""
    essays: list[list[str]] = [[]]
    for text, _ in sentences:
        if not engine.check(text, language=language).misspellings:
            if sum(len(one.split()) for one in essays[-1]) >= ESSAY_WORDS:
                essays.append([])
            essays[-1].append(text)
    texts = [" ".join(essay) for essay in essays]
    n_words = sum(len(text.split()) for text in texts)
    for peer in peers:
        proposals.likely.cache_clear()
        cold, warm = (sum(timed(peer, text, language, 0)[1] for text in texts) for _ in range(2))
        is_here = peer.name != "aspell"  # works in a process of its own
        yield {
            "measure": "speed", "language": language, "engine": peer.name, "n_words": n_words,
            "words_per_second_cold": round(n_words / cold) if is_here else None,
            "words_per_second_warm": round(n_words / warm) if is_here else None,
        }  # fmt: skip


_LOAD = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6
name, languages = sys.argv[2], ["en", "sv"] if sys.argv[3] == "both" else [sys.argv[3]]
if name != "huleedu":  # what the bench needs itself is not counted for peers
    from bench.spelling_peers import MAKERS
before, began, cpu = rss(), time.perf_counter(), time.process_time()
if name == "huleedu":
    from spellcheck import engine
    engine.preload() if len(languages) > 1 else engine.check("x", language=languages[0])
else:
    peers = [MAKERS[name](language) for language in languages]
    if None in peers:
        raise SystemExit
    is_wrong = [peer.is_wrong("x") for peer in peers]
spent, cpu = time.perf_counter() - began, time.process_time() - cpu
print(json.dumps({
    "seconds": round(spent, 3), "cpu_seconds": round(cpu, 3), "mb": round(rss() - before, 1)
}))
"""


def measure_load(names: list[str]) -> Iterator[dict[str, Any]]:
    """Load time and memory, each in a process of its own: Linux only."""
    root = str(Path(__file__).resolve().parents[1])
    for name in names:
        for languages in ("en", "sv", "both"):
            answer = subprocess.run(
                [sys.executable, "-c", _LOAD, root, name, languages],
                capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
            if answer and name != "aspell":  # works in a process of its own
                yield {
                    "measure": "load", "engine": name, "languages": languages,
                    **json.loads(answer),
                }  # fmt: skip
