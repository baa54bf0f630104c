from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spellcheck import engine

ENGLISH = [
    ("becouse", "because"),
    ("wich", "which"),
    ("freind", "friend"),
    ("definately", "definitely"),
    ("phisical", "physical"),
    ("thougth", "thought"),
    ("enviroment", "environment"),
    ("dont", "don't"),
    ("sunday", "Sunday"),
    ("Sweeden", "Sweden"),
    ("teached", "taught"),
    ("infact", "in fact"),
    ("todays", "today's"),
    ("selfdoubt", "self-doubt"),
]
SWEDISH = [
    ("altid", "alltid"),
    ("manniskor", "människor"),
    ("abonemang", "abonnemang"),
    ("intreserad", "intresserad"),
    ("skrivde", "skrev"),
    ("Stockhoml", "Stockholm"),
    ("kafebrygare", "kaffebryggare"),
    ("barntillsynnen", "barntillsynen"),
    ("debattinlaggen", "debattinläggen"),
    ("lungnaste", "lugnaste"),
]


@pytest.mark.parametrize(("wrong", "right"), ENGLISH, ids=[wrong for wrong, _ in ENGLISH])
def test_english_error_gets_its_word_first(wrong: str, right: str) -> None:
    assert engine.suggest(wrong, language="en")[0] == right


@pytest.mark.parametrize(("wrong", "right"), SWEDISH, ids=[wrong for wrong, _ in SWEDISH])
def test_swedish_error_gets_its_word_first(wrong: str, right: str) -> None:
    assert engine.suggest(wrong, language="sv")[0] == right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("tuff", "tough"),
        ("norf", "north"),
        ("unpredict", "unpredictable"),
        ("lackness", "lack"),
    ],
)
def test_another_spelling_of_the_sound_and_another_ending_are_proposed(
    wrong: str, right: str
) -> None:
    assert right in engine.suggest(wrong, language="en")


@pytest.mark.parametrize(
    ("written", "first"), [("becouse", "because"), ("Becouse", "Because"), ("BECOUSE", "BECAUSE")]
)
def test_proposals_keep_the_writers_capitals(written: str, first: str) -> None:
    assert engine.suggest(written, language="en")[0] == first


def test_typographic_apostrophe_is_understood() -> None:
    assert engine.suggest("does’nt", language="en")[0] == "doesn't"


def test_limit_is_kept() -> None:
    assert len(engine.suggest("becouse", language="en", limit=2)) == 2
    assert engine.suggest("becouse", language="en", limit=0) == []


@pytest.mark.parametrize("word", ["", "x" * 200, "\u200b", "'", "😀", "שלום"])
def test_what_is_no_word_gets_a_list_all_the_same(word: str) -> None:
    assert isinstance(engine.suggest(word, language="en"), list)


@given(st.text(max_size=40), st.sampled_from(["en", "sv"]))
@settings(max_examples=300, deadline=None)
def test_any_string_gets_proposals_that_differ_from_it(word: str, language: str) -> None:
    options = engine.suggest(word, language=language)

    assert word not in options
    assert len(options) == len(set(options)) <= 5


def test_neighbours_decide_between_equal_proposals() -> None:
    beside_room = engine.check("We sat in the livin room.", language="en")
    beside_people = engine.check("All livin people know it.", language="en")

    assert beside_room.misspellings[0].suggestions[0] == "living"
    assert beside_people.misspellings[0].suggestions[0] == "living"


def test_offensive_words_are_not_proposed() -> None:
    assert "shit" not in engine.suggest("shitt", language="en")


@pytest.mark.parametrize(
    ("written", "meant"), [("openminded", "open-minded"), ("selfdoubt", "self-doubt")]
)
def test_word_that_lacks_its_hyphen_gets_it(written: str, meant: str) -> None:
    assert meant in engine.suggest(written, language="en")


def test_letters_in_each_others_place_are_one_slip() -> None:
    assert engine.suggest("adversitements", language="en")[0] == "advertisements"
