"""Hostile texts: the limits are generous, so that a busy machine does not fail them."""

from __future__ import annotations

import random
import time

import pytest

from spellcheck import engine

LIMIT_S = 10.0  # a quiet machine needs less than 2


def unknown_words(n: int, length: int) -> str:
    draw = random.Random(7)
    return " ".join("".join(draw.choices("abdefghklmoprtuvåäö", k=length)) for _ in range(n))


TEXTS = {
    "one_letter": "a" * 100_000,
    "unknown_words": unknown_words(10_000, 8),
    "unknown_names": unknown_words(10_000, 8).title(),
    "long_words": unknown_words(2_000, 44),
    "combining_marks": "e\u0301" * 50_000,
    "marks_without_letter": "\u0301" * 100_000,
    "right_to_left": "שלום עולם " * 10_000,
    "zero_width": "a\u200b" * 50_000,
    "emoji": "\U0001f600\U0001f44d\U0001f3fd" * 20_000,
    "hyphens": "a-" * 50_000,
    "apostrophes": "a'" * 50_000,
    "address_without_end": "http://a.b/" * 9_000,
    "lone_surrogates": "\ud800abc " * 10_000,
    "null_characters": "recieved\x00 " * 10_000,
}


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_is_checked_in_bounded_time(name: str, language: str) -> None:
    text = TEXTS[name]

    began = time.process_time()
    report = engine.check(text, language=language)

    assert time.process_time() - began < LIMIT_S
    assert all(
        text[found.start : found.start + found.length] == found.word
        for found in report.misspellings
    )


def test_words_beyond_the_limit_are_reported_without_proposals() -> None:
    report = engine.check(unknown_words(engine.MAX_SUGGESTED_WORDS + 50, 8), language="en")

    assert any(found.suggestions for found in report.misspellings[:50])
    assert not any(found.suggestions for found in report.misspellings[-10:])
