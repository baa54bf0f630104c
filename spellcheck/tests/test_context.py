from __future__ import annotations

import pytest

from spellcheck import context, engine

SENTENCES = [
    ("Ther is a dog.", "There"),
    ("They lost ther bags.", "their"),
    ("She fel in love.", "fell"),
    ("I fel happy today.", "feel"),
    ("I want to be thre with you.", "there"),
    ("There were thre of them.", "three"),
    ("He has a lot of mony.", "money"),
]


@pytest.mark.parametrize(("sentence", "meant"), SENTENCES, ids=[text for text, _ in SENTENCES])
def test_words_around_decide_what_was_meant(sentence: str, meant: str) -> None:
    (found,) = engine.check(sentence, language="en").misspellings

    assert found.suggestions[0] == meant


def test_misspelt_neighbour_counts_as_what_it_stands_for() -> None:
    report = engine.check("We sat in the livin romo.", language="en")

    assert [found.suggestions[0] for found in report.misspellings] == ["living", "room"]


def test_second_word_away_is_heard() -> None:
    pairs = context.pairs("en")
    assert pairs is not None
    near = pairs.said(("", "as"), ["well", "we"], ("as", ""))
    further = pairs.said((context.STOP, "as"), ["well", "we"], ("as", context.STOP))

    assert near[0] > near[1]
    assert near != further


def test_words_that_no_list_has_say_nothing() -> None:
    pairs = context.pairs("en")
    assert pairs is not None

    assert pairs.said(("", "zzyzx"), ["well", "in fact"], ("qwrty", "")) == [0, 0]


def test_swedish_has_no_list() -> None:
    assert context.pairs("sv") is None
