from __future__ import annotations

import pytest

from spellcheck import engine


def test_misspelling_is_found_at_its_place() -> None:
    report = engine.check("I recieved a letter.", language="en")

    (found,) = report.misspellings
    assert (found.start, found.length, found.word, found.kind) == (2, 8, "recieved", "spelling")
    assert found.suggestions[0] == "received"


@pytest.mark.parametrize("word", ["colour", "color", "organise", "organize", "don't", "don’t"])
def test_british_and_american_are_both_right(word: str) -> None:
    assert engine.check(f"They say {word} here.", language="en").misspellings == ()


@pytest.mark.parametrize("word", ["klassrumsfönster", "fotbollsplan", "skolbarnsmiddag"])
def test_swedish_compounds_are_right(word: str) -> None:
    assert engine.check(f"Vi har en {word} här.", language="sv").misspellings == ()


def test_swedish_misspelling_gets_its_word() -> None:
    assert engine.suggest("altid", language="sv")[0] == "alltid"


def test_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'de'"):
        engine.check("Guten Tag", language="de")


def test_known_word_and_its_genitive_are_right() -> None:
    text = "Xqzwy read Xqzwy's book."

    assert engine.check(text, language="en", known_words=["Xqzwy"]).misspellings == ()
