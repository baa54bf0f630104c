"""Reads a language model of CMU Sphinx in its binary form: trigrams, quantised, in a trie.

The trie is of words in reverse: under a word those that stand before it. Every probability is a
natural logarithm here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import log
from pathlib import Path

_MAGIC = b"Trie Language Model"
_ORDER = 3
_LOG_BASE = log(1.0001)  # the model's logarithms are to this base
_VALUES = 1 << 16  # a table of values for each 16 bits of a record
_VALUE_BITS = 16
_RECORD_BYTES = 12  # enough for any record, wherever in a byte it begins


@dataclass(frozen=True, slots=True)
class Records:
    """Records of a fixed number of bits, one behind the other."""

    content: bytes
    bits: int

    def __getitem__(self, at: int) -> int:
        begin = at * self.bits
        window = self.content[begin >> 3 : (begin >> 3) + _RECORD_BYTES]
        return (int.from_bytes(window, "little") >> (begin & 7)) & ((1 << self.bits) - 1)


class SpeechModel:
    """A model that was read from a file; "<s>" and "</s>" are a sentence's beginning and end.

    words: word -> (its probability, what is taken off behind it for what was never seen there).
    """

    def __init__(self, path: Path) -> None:
        self._content = path.read_bytes()
        if not self._content.startswith(_MAGIC + bytes([_ORDER])):
            raise ValueError(f"{path} is no trigram model of CMU Sphinx")
        self._at = len(_MAGIC) + 1
        n_words, n_pairs, n_triples = self._read("<3I")
        self._read("<I")  # the kind of quantisation: there is one
        self._of_pairs, self._behind_pairs, self._of_triples = (
            self._read(f"<{_VALUES}f") for _ in range(3)
        )
        entries = [self._read("<ffI") for _ in range(n_words + 1)]
        self._word_bits = n_words.bit_length()
        next_bits = n_triples.bit_length()
        self._pairs = self._records(n_pairs, self._word_bits + 2 * _VALUE_BITS + next_bits)
        self._triples = self._records(n_triples, self._word_bits + _VALUE_BITS)
        self._read("<I")
        names = self._content[self._at :].split(b"\0")[:n_words]
        self._names = [name.decode("latin-1") for name in names]
        self._first_pairs = [first for _, _, first in entries]
        self.words = {
            name: (_LOG_BASE * probability, _LOG_BASE * behind)
            for name, (probability, behind, _) in zip(self._names, entries, strict=False)
        }

    def _read(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self._content, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _records(self, n: int, bits: int) -> Records:
        n_bytes = ((n + 1) * bits + 7) // 8 + 8
        content = self._content[self._at : self._at + n_bytes]
        self._at += n_bytes
        return Records(content, bits)

    @cached_property
    def pairs(self) -> dict[tuple[str, str], tuple[float, float]]:
        """(first, second) -> (probability of the second, taken off for what was never seen)."""
        return {
            (first, second): (
                _LOG_BASE * self._of_pairs[record >> (self._word_bits + _VALUE_BITS) & 0xFFFF],
                _LOG_BASE * self._behind_pairs[record >> self._word_bits & 0xFFFF],
            )
            for first, second, record, _ in self._all_pairs()
        }

    def triples(self) -> Iterator[tuple[str, str, str, float]]:
        """(first, second, third, probability of the third)."""
        for second, third, record, following in self._all_pairs():
            shift = self._word_bits + 2 * _VALUE_BITS
            for at in range(record >> shift, following >> shift):
                triple = self._triples[at]
                probability = _LOG_BASE * self._of_triples[triple >> self._word_bits]
                yield self._name(triple), second, third, probability

    def _all_pairs(self) -> Iterator[tuple[str, str, int, int]]:
        """(first, second, the pair's record, the next pair's)."""
        for place, second in enumerate(self._names):
            for at in range(self._first_pairs[place], self._first_pairs[place + 1]):
                record = self._pairs[at]
                yield self._name(record), second, record, self._pairs[at + 1]

    def _name(self, record: int) -> str:
        return self._names[record & ((1 << self._word_bits) - 1)]
