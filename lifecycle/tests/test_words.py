"""Words are counted as a teacher counts them, however fast."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.words import WORD, count_words

PIECES = [
    "word",
    "två",
    "3.5",
    "don't",
    "well-known",
    "and/or",
    "_",
    "a_b",
    "…",
    "(ok)",
    "10,5",
    "-",
]
SPACES = [" ", "\n\n", "\t", "\u00a0", "\u2003", "\u001f", "", "\u200b", "\u2028"]
pieces = st.one_of(st.sampled_from(PIECES), st.text(max_size=6))


@pytest.mark.parametrize(
    ("text", "n"),
    [("", 0), ("don't", 1), ("well-known", 1), ("3.5", 1), ("and/or", 2), ("- Hej! Du?", 2)],
)
def test_words_are_runs_of_letters_and_digits_with_inner_marks(text: str, n: int) -> None:
    assert count_words(text) == n


@given(st.lists(st.tuples(pieces, st.sampled_from(SPACES))))
def test_count_is_that_of_the_rule_whatever_stands_between(parts: list[tuple[str, str]]) -> None:
    text = "".join(piece + space for piece, space in parts)

    assert count_words(text) == len(WORD.findall(text))
