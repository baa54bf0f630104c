from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spellcheck import tokens


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("don’t", "don't"),
        ("re\u00adceived", "received"),
        ("Cafe\u0301", "Café"),
        ("well\u2011known", "well-known"),
        ("a\u200bb", "ab"),
    ],
)
def test_normal_form_is_how_dictionaries_spell(raw: str, normal: str) -> None:
    assert tokens.normal(raw) == normal


def test_parts_of_a_hyphenated_word_keep_their_places() -> None:
    (word,) = tokens.words("(well-known)")

    assert tokens.parts(word) == [(1, "well"), (6, "known")]


@given(st.text(max_size=200))
def test_every_word_lies_within_something_counted(text: str) -> None:
    inside = [word.group() for chunk in tokens.counted(text) for word in tokens.words(chunk)]

    assert inside == [word.group() for word in tokens.words(text)]


@pytest.mark.parametrize(
    ("text", "opens"),
    [("One. Two", True), ("One, two", False), ("One\ntwo", True), ("One! “Two", True)],
)
def test_a_sentence_opens_after_a_stop_or_a_line_break(text: str, opens: bool) -> None:
    first, second = tokens.words(text)

    assert tokens.opens_sentence(text, first.end(), second.start()) is opens
