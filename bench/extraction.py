"""Measures text extraction on a folder of real files and prints JSON, one object a line.

    python bench/extraction.py CORPUS [--no-peers] [--format pdf]

CORPUS/ok/expected.tsv names files, their format, tier and snippets, ok/expected/<file>.txt holds
the reference text; CORPUS/bad/expected.tsv names files and the codes that are right answers.
Words are runs of letters and digits in lower case, compared as bags. Our reader runs as in
production (in its child process) and once more in-process for the bare cost; isolation_ms is the
difference, isolation_together_ms that of files which share a child as those of a task do. CPU
milliseconds are this process's alone: in-process they are the cost in which other work hardly
shows.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.extraction_peers import Peer, peers_for
from files import sandbox
from files.extraction import ExtractionFailed, extract
from files.sandbox import extract_in_sandbox

GOOD_RECALL = 0.95
N_SLOWEST = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One readable file of the corpus."""

    path: Path
    kind: str
    is_core: bool
    words: Counter[str]
    snippets: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What one reader made of one format."""

    n_files: int = 0
    n_core: int = 0
    n_core_good: int = 0
    n_pages: int = 0
    recall: float = 0.0
    precision: float = 0.0
    n_snippets: int = 0
    n_snippets_found: int = 0
    seconds: float = 0.0
    cpu_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)

    def add(self, sample: Sample, text: str, seconds: float, n_pages: int | None) -> None:
        recall, precision = overlap(sample.words, words_of(text))
        flat = " ".join(text.split())
        self.n_files += 1
        self.n_pages += n_pages or 0
        self.recall += recall
        self.precision += precision
        self.seconds += seconds
        self.n_core += sample.is_core
        self.n_core_good += sample.is_core and recall >= GOOD_RECALL
        self.n_snippets += len(sample.snippets)
        self.n_snippets_found += sum(snippet in flat for snippet in sample.snippets)
        if recall < GOOD_RECALL:
            self.weak.append(f"{sample.path.name} {recall:.3f}{'' if sample.is_core else ' hard'}")

    def report(self) -> dict[str, Any]:
        n = max(self.n_files, 1)
        return {
            "files": self.n_files,
            "errors": self.errors,
            "core": self.n_core,
            "core_recall_95": self.n_core_good,
            "recall": round(self.recall / n, 4),
            "precision": round(self.precision / n, 4),
            "snippets": f"{self.n_snippets_found}/{self.n_snippets}",
            "ms_per_file": round(1000 * self.seconds / n, 2),
            "ms_per_page": round(1000 * self.seconds / self.n_pages, 2) if self.n_pages else None,
            "cpu_ms_per_file": round(1000 * sum(self.cpu_s) / n, 2),
            "cpu_ms_median": round(1000 * statistics.median(self.cpu_s or [0.0]), 2),
            "weak": self.weak,
        }


def rows_of(table: Path) -> Iterator[dict[str, str]]:
    lines = table.read_text(encoding="utf-8").splitlines()
    names = lines[0].split("\t")
    for line in lines[1:]:
        yield dict(zip(names, line.split("\t"), strict=False))


def samples_of(corpus: Path, only: str | None) -> list[Sample]:
    samples = []
    for row in rows_of(corpus / "ok" / "expected.tsv"):
        if only and row["format"] != only:
            continue
        reference = corpus / "ok" / "expected" / f"{row['file']}.txt"
        snippets = (row.get(f"snippet{n}", "").replace('\\"', '"') for n in (1, 2, 3))
        samples.append(
            Sample(
                path=corpus / "ok" / row["file"],
                kind=row["format"],
                is_core=row.get("tier") == "core",
                words=words_of(reference.read_text(encoding="utf-8", errors="replace")),
                snippets=tuple(" ".join(s.split()) for s in snippets if s),
            )
        )
    return samples


def words_of(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def overlap(truth: Counter[str], found: Counter[str]) -> tuple[float, float]:
    """Word recall and precision, bags of words; an empty side counts as 0."""
    n_common = (truth & found).total()
    return n_common / max(truth.total(), 1), n_common / max(found.total(), 1)


def measure(samples: list[Sample], read: Callable[[Path], tuple[str, int | None]]) -> Tally:
    tally = Tally()
    for sample in samples:
        begun, cpu = time.perf_counter(), cpu_seconds()
        try:
            text, n_pages = read(sample.path)
        except Exception as error:  # noqa: BLE001  a peer may raise anything
            code = error.code if isinstance(error, ExtractionFailed) else type(error).__name__
            tally.errors.append(f"{sample.path.name} {code}")
            text, n_pages = "", None
        seconds = time.perf_counter() - begun
        tally.cpu_s.append(cpu_seconds() - cpu)
        tally.add(sample, text, seconds, n_pages)
    return tally


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def in_child(path: Path) -> tuple[str, int | None]:
    found = extract_in_sandbox(path.read_bytes(), file_name=path.name)
    return found.text, found.page_count


def in_process(path: Path) -> tuple[str, int | None]:
    found = extract(path.read_bytes(), file_name=path.name)
    return found.text, found.page_count


def through(peer: Peer) -> Callable[[Path], tuple[str, int | None]]:
    return lambda path: (peer.read(path), None)


# --- the report ----------------------------------------------------------------------------------


def bad_side(corpus: Path) -> dict[str, Any]:
    """Every file must end in one of its allowed codes, soon."""
    codes: Counter[str] = Counter()
    wrong: list[dict[str, str]] = []
    seconds: list[tuple[float, str]] = []
    for row in rows_of(corpus / "bad" / "expected.tsv"):
        path = corpus / "bad" / row["file"]
        begun = time.perf_counter()
        try:
            in_child(path)
            code = "text"
        except ExtractionFailed as failure:
            code = str(failure.code)
        seconds.append((time.perf_counter() - begun, path.name))
        codes[code] += 1
        if code not in row["allowed_codes"].split("|"):
            wrong.append({"file": path.name, "code": code, "allowed": row["allowed_codes"]})
    return {
        "bad_side": len(seconds),
        "allowed": len(seconds) - len(wrong),
        "codes": dict(codes.most_common()),
        "wrong": wrong,
        "slowest": [f"{name} {s:.2f} s" for s, name in sorted(seconds, reverse=True)[:N_SLOWEST]],
    }


def show(**row: Any) -> None:
    print(json.dumps(row, ensure_ascii=False), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--format", help="only this one, and no bad side")
    options = parser.parse_args()
    samples = samples_of(options.corpus, options.format)
    extract_in_sandbox(b"The first file waits for the warm process.", file_name="a.txt")
    for kind in dict.fromkeys(sample.kind for sample in samples):
        files = [sample for sample in samples if sample.kind == kind]
        measure(files, in_process)  # both are warm then, as they are in a worker
        isolated, bare = measure(files, in_child).report(), measure(files, in_process).report()
        show(format=kind, reader="huleedu", **isolated)
        costs = {name: bare[name] for name in bare if "ms_" in name}
        with sandbox.shared():
            together = measure(files, in_child).report()
        for name, report in (("isolation_ms", isolated), ("isolation_together_ms", together)):
            costs[name] = round(report["ms_per_file"] - bare["ms_per_file"], 2)
        show(format=kind, reader="huleedu in-process", **costs)
        for peer in [] if options.no_peers else peers_for(kind):
            if peer.missing:
                show(format=kind, reader=peer.name, not_installed=peer.missing)
            else:
                show(format=kind, reader=peer.name, **measure(files, through(peer)).report())
    if not options.format and (options.corpus / "bad").is_dir():
        show(**bad_side(options.corpus))


if __name__ == "__main__":
    main()
