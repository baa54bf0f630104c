from __future__ import annotations

import struct
from math import log
from pathlib import Path

import pytest

from spellcheck.management.building.speech_model import SpeechModel

WORDS = ("<s>", "a", "b")


def test_pairs_and_triples_are_read(tmp_path: Path) -> None:
    path = tmp_path / "small.lm.bin"
    path.write_bytes(small_model())

    model = SpeechModel(path)

    assert {word: units(*values) for word, values in model.words.items()} == {
        "<s>": (-99, -1),
        "a": (-2, -1),
        "b": (-3, 0),
    }
    assert {pair: units(*values) for pair, values in model.pairs.items()} == {
        ("<s>", "a"): (-10, -7),
        ("a", "b"): (-20, 0),
    }
    assert [(words, units(value)) for *words, value in model.triples()] == [
        (["<s>", "a", "b"], (-30,))
    ]


def units(*values: float) -> tuple[int, ...]:
    """Logarithms as the file has them."""
    return tuple(round(value / log(1.0001)) for value in values)


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"another file, as long as the beginning of a model")

    with pytest.raises(ValueError, match="no trigram model"):
        SpeechModel(path)


def small_model() -> bytes:
    """The pairs "<s> a" and "a b", and both as a triple, as CMU Sphinx writes them."""
    of_pairs, behind, of_triples = ([0.0] * 65536 for _ in range(3))
    of_pairs[1:3] = [-10.0, -20.0]
    behind[1] = -7.0
    of_triples[1] = -30.0
    values = [*of_pairs, *behind, *of_triples]
    # Of each word: probability, what is taken off behind it, and its first pair.
    words = [(-99.0, -1.0, 0), (-2.0, -1.0, 0), (-3.0, 0.0, 1), (0.0, 0.0, 2)]
    # The word before (2 bits), two places in the tables (16 each), and the first triple (1).
    pairs = [0 | 1 << 2 | 1 << 18 | 0 << 34, 1 | 0 << 2 | 2 << 18 | 0 << 34, 1 << 34]
    return b"".join(
        (
            b"Trie Language Model\x03",
            struct.pack("<3II", 3, 2, 1, 1),
            struct.pack(f"<{len(values)}f", *values),
            *(struct.pack("<ffI", *word) for word in words),
            packed(pairs, 35),
            packed([0 | 1 << 2, 0], 18),
            struct.pack("<I", 8),
            b"".join(word.encode() + b"\0" for word in WORDS),
        )
    )


def packed(records: list[int], bits: int) -> bytes:
    whole = sum(record << bits * at for at, record in enumerate(records))
    return whole.to_bytes((len(records) * bits + 7) // 8 + 8, "little")
