"""Measures the spelling engine side by side with its peers and prints JSON, one object a line.

    python bench/spelling.py DATA [--peers huleedu,hunspell] [--essays 20]

DATA holds *.tsv (wrong, tab, right), *.json: lists of sentences, either [token, c|i] pairs or
{"text", "toks": [{"f", "u", "misc"}]} with CorrectForm= in misc, and *.txt: clean text of any kind,
a paragraph a line (the news in gensim's package, gensim/test/test_data/lee_background.cor, will
do). A file's name begins with its language. Pairs are told in two halves by a checksum of the right
word: "dev", on which the costs were fitted, and "held", which nothing was fitted on.

Measures: load; pairs (top-1, top-5); sentences (flags against labels; what is labelled may be any
kind of error, so pooled_recall counts only what some engine flags); planted (a held-out pair put
into each clean sentence; what else is flagged there counts as false); clean (flags in *.txt, all of
which count as false, though few texts are without a slip); confusions (flags against labels, and
swaps put into clean sentences); speed (running text without errors, first and second pass); essay
(500 words, 0 to 60 errors); summary (one line an engine and language). Times are wall times; cpu_ms
is this process's CPU, as are words a second: on a busy machine it tells more, though nothing of
aspell.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.spelling_data import (
    WORD,
    Sentence,
    Token,
    confused,
    half,
    planted,
    read_pairs,
    read_sentences,
    read_text,
)
from bench.spelling_peers import MAKERS, Peer, flags
from bench.spelling_times import SEED, measure_essays, measure_load, measure_speed
from spellcheck import engine

LONG_WORD = 13  # letters; Swedish nouns this long are compounds
Line = dict[str, Any]


def measure_pairs(path: Path, peers: list[Peer]) -> Iterator[Line]:
    pairs = read_pairs(path)
    for name, bit in (("dev", 0), ("held", 1)):
        chosen = [pair for pair in pairs if half(pair[1]) == bit]
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
                "measure": "pairs", "file": path.name, "half": name, "engine": peer.name,
                "n": len(sample), "top1": percent(first, n), "top5": percent(fifth, n),
                "ms_per_word": round(1000 * spent / n, 2),
                "cpu_ms_per_word": round(1000 * cpu / n, 2),
            }  # fmt: skip


def measure_sentences(
    measure: str, name: str, sentences: list[Sentence], language: str, peers: list[Peer]
) -> Iterator[Line]:
    """Flags against labels, for each peer."""
    everything = [token for _, tokens in sentences for token in tokens]
    n_words = sum(bool(WORD.search(token.form)) for token in everything)
    found = {
        peer.name: [
            one for text, tokens in sentences for one in _found(peer, text, tokens, language)
        ]
        for peer in peers
    }
    n_pooled = sum(
        token.is_wrong and any(found[peer.name][at] is not None for peer in peers)
        for at, token in enumerate(everything)
    )
    for peer in peers:
        flagged = list(zip(everything, found[peer.name], strict=True))
        hits = sum(token.is_wrong and one is not None for token, one in flagged)
        false = sum(not token.is_wrong and one is not None for token, one in flagged)
        n_wrong = sum(token.is_wrong for token in everything)
        corrected = [
            (token.right, one) for token, one in flagged if one is not None and token.right
        ]
        long_nouns = [one for token, one in flagged if is_long_noun(token)]
        precision, recall = hits / max(1, hits + false), hits / max(1, n_wrong)
        is_ours = peer.name == "huleedu" and corrected
        yield {
            "measure": measure, "file": name, "language": language, "engine": peer.name,
            "n_words": n_words, "n_wrong": n_wrong, "hits": hits, "false": false,
            "false_per_1000": round(1000 * false / n_words, 2),
            "precision": percent(hits, hits + false) if n_wrong else None,
            "recall": percent(hits, n_wrong) if n_wrong else None,
            "f05": round(100 * f_half(precision, recall), 1) if n_wrong else None,
            "pooled_recall": percent(hits, n_pooled) if n_wrong else None,
            "pooled_f05": round(100 * f_half(precision, hits / max(1, n_pooled)), 1)
            if n_wrong else None,
            "long_nouns_flagged": percent(
                sum(one is not None for one in long_nouns), len(long_nouns)
            ) if long_nouns else None,
            "in_sentence_top1": percent(sum(one[:1] == (right,) for right, one in corrected),
                                        len(corrected)) if is_ours else None,
            "in_sentence_top5": percent(sum(right in one for right, one in corrected),
                                        len(corrected)) if is_ours else None,
        }  # fmt: skip


def _found(
    peer: Peer, text: str, tokens: list[Token], language: str
) -> Iterator[tuple[str, ...] | None]:
    """For each token the proposals of the flag that touches it; None without a flag."""
    flagged = flags(peer, text, language)
    for token in tokens:
        touching = [
            options
            for start, end, options in flagged
            if start < token.start + len(token.form) and token.start < end
        ]
        yield touching[0] if touching else None


def measure_confusions(name: str, sentences: list[Sentence], language: str) -> Iterator[Line]:
    """Of the words said to be confused, how many a label calls wrong; of planted ones, how many
    are found.
    """
    right = false = n_found = n_planted = 0
    for text, tokens in sentences:
        for start, end in _confused(text, language):
            is_wrong = any(
                one.is_wrong and one.start < end and start < one.start + len(one.form)
                for one in tokens
            )
            right, false = right + is_wrong, false + (not is_wrong)
    for text, tokens in confused(sentences, language):
        n_planted += 1
        places = {token.start for token in tokens if token.is_wrong}
        n_found += any(start in places for start, _ in _confused(text, language))
    yield {
        "measure": "confusions", "file": name, "language": language, "engine": "huleedu",
        "right": right, "false": false, "n_planted": n_planted,
        "planted_found": percent(n_found, n_planted),
    }  # fmt: skip


def _confused(text: str, language: str) -> list[tuple[int, int]]:
    """Start and end of each word that is said to be confused."""
    found = engine.check(text, language=language).misspellings
    return [(one.start, one.start + one.length) for one in found if one.kind == "confusion"]


def is_long_noun(token: Token) -> bool:
    return token.part == "NOUN" and len(token.form) >= LONG_WORD and token.form.isalpha()


def f_half(precision: float, recall: float) -> float:
    both = 0.25 * precision + recall
    return 1.25 * precision * recall / both if both else 0.0


def percent(part: int, whole: int) -> float:
    return round(100 * part / max(1, whole), 1)


def measure(data: Path, language: str, peers: list[Peer], n_essays: int) -> Iterator[Line]:
    pairs: list[tuple[str, str]] = []
    for path in sorted(data.glob(f"{language}_*.tsv")):
        pairs += read_pairs(path)
        yield from measure_pairs(path, peers)
    sentences: list[Sentence] = []
    for path in sorted(data.glob(f"{language}_*.json")):
        here = read_sentences(path)
        sentences += here
        yield from measure_sentences("sentences", path.name, here, language, peers)
        yield from measure_confusions(path.name, here, language)
    for path in sorted(data.glob(f"{language}_*.txt")):
        yield from measure_sentences("clean", path.name, read_text(path), language, peers)
    wrong = list(planted(sentences, pairs, random.Random(SEED)))
    if wrong:
        yield from measure_sentences("planted", "held-out pairs", wrong, language, peers)
    yield from measure_speed(sentences, language, peers)
    yield from measure_essays(pairs, sentences, language, peers, n_essays)


# Of each measure, what the summary shows.
_SHOWN = {
    "pairs": ("half", ("top1", "top5")),
    "sentences": ("file", ("precision", "f05", "pooled_f05", "false_per_1000",
                           "long_nouns_flagged")),
    "clean": ("file", ("false_per_1000",)),
    "planted": ("file", ("precision", "recall", "f05")),
    "speed": ("language", ("words_per_second_cold", "words_per_second_warm")),
    "essay": ("n_errors", ("ms_median",)),
    "load": ("languages", ("seconds", "mb")),
}  # fmt: skip


def summary(lines: list[Line]) -> Iterator[Line]:
    """All columns of an engine in one line, those of one engine under those of the other."""
    rows: defaultdict[tuple[str, str], Line] = defaultdict(dict)
    for line in lines:
        if line.get("measure") in _SHOWN:
            key, columns = _SHOWN[line["measure"]]
            name = f"{line.get('file', '')} " if line["measure"] == "pairs" else ""
            row = rows[line.get("language", ""), line["engine"]]
            for column in columns:
                if line.get(column) is not None:
                    row[f"{name}{line['measure']} {line[key]} {column}"] = line[column]
    for (language, peer), row in sorted(rows.items()):
        yield {"measure": "summary", "language": language, "engine": peer, **row}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peers", default=",".join(MAKERS))
    parser.add_argument("--essays", type=int, default=20)
    options = parser.parse_args()
    names = options.peers.split(",")
    lines: list[Line] = []
    for line in measured(options.data, names, options.essays):
        lines.append(line)
        print(json.dumps(line), flush=True)
    for line in summary(lines):
        print(json.dumps(line), flush=True)


def measured(data: Path, names: list[str], n_essays: int) -> Iterator[Line]:
    yield from measure_load(names)
    for language in ("en", "sv"):
        peers = []
        for name in names:
            peer = MAKERS[name](language)
            if peer is None:
                yield {"language": language, "engine": name, "skipped": "not installed"}
            else:
                peers.append(peer)
        for line in measure(data, language, peers, n_essays):
            yield {"language": language, **line}


if __name__ == "__main__":
    main()
