"""What is held to be wrong where no dictionary settles it."""

from __future__ import annotations

import pytest

from spellcheck import engine


def words(text: str, language: str) -> list[str]:
    return [found.word for found in engine.check(text, language=language).misspellings]


@pytest.mark.parametrize("word", ["funhouse", "pansexual", "gumball", "hmmm"])
def test_words_in_use_that_no_dictionary_has_are_right_in_english(word: str) -> None:
    assert words(f"It is a {word} here.", "en") == []


@pytest.mark.parametrize("word", ["definately", "youre", "becuase", "alot", "seperate"])
def test_misspellings_are_no_words_however_many_write_them(word: str) -> None:
    assert words(f"It is {word} here.", "en") == [word]


def test_english_words_are_no_swedish_ones() -> None:
    assert words("Det var en family som kom.", "sv") == ["family"]


@pytest.mark.parametrize("word", ["rewording", "needled", "jests", "navels", "ruder"])
def test_rare_english_words_are_right(word: str) -> None:
    assert words(f"They said: {word}.", "en") == []


@pytest.mark.parametrize("word", ["grunted", "cowered", "dozes", "categorise", "fonder", "ploys"])
def test_rare_forms_of_words_in_use_are_right(word: str) -> None:
    assert words(f"They said: {word}.", "en") == []


@pytest.mark.parametrize("word", ["binded", "hided", "sticked", "weeped"])
def test_forms_that_learners_make_by_rule_are_wrong_though_a_dictionary_has_them(word: str) -> None:
    assert words(f"They {word} it.", "en") == [word]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Thats", "That's"), ("cant", "can't"), ("todays", "today's"), ("Ive", "I've"),
     ("womens", "women's"), ("im", "I'm"), ("tis", "'tis")],
)  # fmt: skip
def test_word_that_mostly_lacks_its_apostrophe_is_wrong(word: str, meant: str) -> None:
    found = engine.check(f"{word} here.", language="en").misspellings
    assert [(one.word, one.suggestions[0]) for one in found] == [(word, meant)]


@pytest.mark.parametrize("word", ["were", "well", "hers", "lets", "parents", "'tis"])
def test_word_that_is_another_without_an_apostrophe_is_right(word: str) -> None:
    assert words(f"{word} here.", "en") == []


@pytest.mark.parametrize("word", ["klader", "reglar", "tanker", "sakar"])
def test_rare_swedish_word_near_a_very_common_one_is_a_slip(word: str) -> None:
    assert words(f"Jag ser den {word} där.", "sv") == [word]


def test_clipped_and_poetic_forms_are_right() -> None:
    assert words("I was talkin' 'til he look'd at me.", "en") == []
    assert words("I was talkin about it.", "en") == ["talkin"]


def test_contractions_kept_apart_are_right() -> None:
    assert words("I do n't know. We 've seen that they ca n't and wo n’t.", "en") == []
    assert words("He wo go, n't?", "en") == ["wo", "n't"]


@pytest.mark.parametrize("word", ["fåglen", "teknologen", "blötta"])
def test_compound_that_no_corpus_has_near_a_common_word_is_a_slip(word: str) -> None:
    assert words(f"Jag ser den {word} där.", "sv") == [word]


def test_countries_and_continents_want_a_capital_in_swedish() -> None:
    assert words("Vi bor i sverige och reser i europa.", "sv") == ["sverige", "europa"]
    assert words("Sveriges och Norges folk bor i Europa, inte i USA.", "sv") == []


@pytest.mark.parametrize("word", ["vårdandet", "generationsvis", "välfostrade", "barnavårdande"])
def test_swedish_words_made_by_the_writer_are_right(word: str) -> None:
    assert words(f"Vi talade om {word} där.", "sv") == []


def test_small_word_in_a_foreign_title_is_right() -> None:
    assert words("Den stod i American Journal of Psychiatry, Vol. 5.", "sv") == []
    assert words("Jag läste of den boken.", "sv") == ["of"]
