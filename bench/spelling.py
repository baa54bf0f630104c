"""Measures the spelling engine side by side with its peers and prints JSON, one object a line.

    python bench/spelling.py DATA [--peers huleedu,hunspell] [--essays 20]

DATA holds *.tsv (wrong, tab, right) and *.json: lists of sentences, either [token, c|i] pairs or
{"text", "toks": [{"f", "u", "misc"}]} with CorrectForm= in misc. A file's name begins with its
language. Pairs are told in two halves by a checksum of the right word: "dev", on which the costs
were fitted, and "held", which nothing was fitted on. Times are wall times,
and cpu_ms is this process's CPU: on a busy machine it tells more, but nothing of aspell.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.spelling_peers import MAKERS, Peer
from spellcheck import engine, proposals

SEED = 20
ESSAY_WORDS = 500
N_SLOW_ESSAYS = 2  # for peers that take seconds an essay
LONG_WORD = 13  # letters; Swedish nouns this long are compounds
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a sentence at start (code points); right: the correction, "" when unknown."""

    start: int
    form: str
    is_wrong: bool
    right: str
    part: str


Sentence = tuple[str, list[Token]]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [tuple(line.split("\t")[:2]) for line in lines if "\t" in line]
    return [(wrong, right) for wrong, right in pairs if wrong and right]


def read_sentences(path: Path) -> list[Sentence]:
    return [
        _of_treebank(entry) if isinstance(entry, dict) else _of_labels(entry)
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def _of_treebank(entry: dict[str, Any]) -> Sentence:
    text, at, tokens = entry["text"], 0, []
    for token in entry["toks"]:
        start = text.find(token["f"], at)
        if start < 0:
            continue
        at = start + len(token["f"])
        given = re.search(r"CorrectForm=([^|]+)", token["misc"])
        right = given.group(1) if given and given.group(1) != "_" else ""
        is_wrong = bool(given) or "Typo=Yes" in token["feat"]
        tokens.append(Token(start, token["f"], is_wrong, right, token["u"]))
    return text, tokens


def _of_labels(entry: list[list[str]]) -> Sentence:
    text, tokens = "", []
    for form, label in entry:
        if text and form not in ".,!?:;)":
            text += " "
        tokens.append(Token(len(text), form, label == "i", "", ""))
        text += form
    return text, tokens


def measure_pairs(path: Path, language: str, peers: list[Peer]) -> Iterator[dict[str, Any]]:
    pairs = read_pairs(path)
    for half, bit in (("dev", 0), ("held", 1)):
        chosen = [pair for pair in pairs if zlib.crc32(pair[1].encode()) % 2 == bit]
        random.Random(SEED).shuffle(chosen)
        for peer in peers:
            sample = chosen[: peer.n_pairs or None]
            first = fifth = 0
            began, cpu_began = time.perf_counter(), time.process_time()
            for wrong, right in sample:
                options = [option.lower() for option in peer.suggest(wrong)[:5]]
                first += options[:1] == [right.lower()]
                fifth += right.lower() in options
            spent, cpu = time.perf_counter() - began, time.process_time() - cpu_began
            n = max(1, len(sample))
            yield {
                "measure": "pairs", "file": path.name, "half": half, "engine": peer.name,
                "n": len(sample), "top1": percent(first, n), "top5": percent(fifth, n),
                "ms_per_word": round(1000 * spent / n, 2),
                "cpu_ms_per_word": round(1000 * cpu / n, 2),
            }  # fmt: skip


def measure_sentences(path: Path, language: str, peers: list[Peer]) -> Iterator[dict[str, Any]]:
    """Flags against labels. Labels of all kinds of error make recall mean nothing: see n_wrong."""
    sentences = read_sentences(path)
    n_words = sum(bool(_WORD.search(token.form)) for _, tokens in sentences for token in tokens)
    for peer in peers:
        hits = false = missed = long_flagged = right_first = n_corrected = 0
        for text, tokens in sentences:
            flagged = flags(peer, text, language)
            for token in tokens:
                found = [
                    f
                    for f in flagged
                    if f[0] < token.start + len(token.form) and token.start < f[1]
                ]
                hits += bool(found) and token.is_wrong
                missed += token.is_wrong and not found
                false += bool(found) and not token.is_wrong
                long_flagged += bool(found) and is_long_noun(token)
                if found and token.right and peer.name == "huleedu":
                    n_corrected += 1
                    right_first += found[0][2][:1] == (token.right,)
        precision, recall = hits / max(1, hits + false), hits / max(1, hits + missed)
        n_long = sum(is_long_noun(token) for _, tokens in sentences for token in tokens)
        yield {
            "measure": "sentences", "file": path.name, "engine": peer.name, "n_words": n_words,
            "n_wrong": hits + missed, "hits": hits, "false": false,
            "false_per_1000": round(1000 * false / n_words, 2),
            "precision": round(100 * precision, 1), "recall": round(100 * recall, 1),
            "f05": round(100 * f_half(precision, recall), 1),
            "long_nouns_flagged": percent(long_flagged, n_long) if n_long else None,
            "in_sentence_top1": percent(right_first, n_corrected) if n_corrected else None,
            "n_in_sentence": n_corrected,
        }  # fmt: skip


def flags(peer: Peer, text: str, language: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """(start, end, proposals) of what a peer flags; peers are asked word by word."""
    if peer.name == "huleedu":
        report = engine.check(text, language=language)
        return [(m.start, m.start + m.length, m.suggestions) for m in report.misspellings]
    return [
        (match.start(), match.end(), ())
        for match in _WORD.finditer(text)
        if len(match.group()) > 1 and peer.is_wrong(match.group().replace("’", "'"))
    ]


def is_long_noun(token: Token) -> bool:
    return token.part == "NOUN" and len(token.form) >= LONG_WORD and token.form.isalpha()


def f_half(precision: float, recall: float) -> float:
    both = 0.25 * precision + recall
    return 1.25 * precision * recall / both if both else 0.0


def percent(part: int, whole: int) -> float:
    return round(100 * part / max(1, whole), 1)


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


_LOAD = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6
before, began = rss(), time.perf_counter()
from spellcheck import engine
if sys.argv[2] == "both":
    engine.preload()
else:
    engine.check("x", language=sys.argv[2])
spent = time.perf_counter() - began
print(json.dumps({"seconds": round(spent, 3), "mb": round(rss() - before, 1)}))
"""


def measure_load() -> Iterator[dict[str, Any]]:
    """Load time and memory in a process of its own: Linux only."""
    root = str(Path(__file__).resolve().parents[1])
    for languages in ("en", "sv", "both"):
        answer = subprocess.run(
            [sys.executable, "-c", _LOAD, root, languages],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        yield {
            "measure": "load", "engine": "huleedu", "languages": languages,
            **json.loads(answer.stdout),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peers", default=",".join(MAKERS))
    parser.add_argument("--essays", type=int, default=20)
    options = parser.parse_args()
    for line in measure_load():
        print(json.dumps(line), flush=True)
    for language in ("en", "sv"):
        peers = []
        for name in options.peers.split(","):
            peer = MAKERS[name](language)
            if peer is None:
                print(
                    json.dumps({"language": language, "engine": name, "skipped": "not installed"})
                )
            else:
                peers.append(peer)
        for line in measure(options.data, language, peers, options.essays):
            print(json.dumps(line), flush=True)


def measure(
    data: Path, language: str, peers: list[Peer], n_essays: int
) -> Iterator[dict[str, Any]]:
    pairs: list[tuple[str, str]] = []
    for path in sorted(data.glob(f"{language}_*.tsv")):
        pairs += read_pairs(path)
        yield from measure_pairs(path, language, peers)
    sentences: list[Sentence] = []
    for path in sorted(data.glob(f"{language}_*.json")):
        sentences += read_sentences(path)
        yield from measure_sentences(path, language, peers)
    yield from measure_essays(pairs, sentences, language, peers, n_essays)


if __name__ == "__main__":
    main()
