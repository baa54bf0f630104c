from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spellcheck import engine

# Letters that occur in essays, beside everything else that Unicode has.
TEXTS = st.text(
    st.one_of(st.sampled_from("aeiostnr åäöÅ’'-.\u00ad\u200b\u0301\n"), st.characters()),
    max_size=120,
)


def words(text: str, language: str = "en") -> list[str]:
    """The misspelt words of a text."""
    return [found.word for found in engine.check(text, language=language).misspellings]


def test_misspelling_is_found_at_its_place() -> None:
    report = engine.check("I recieved a letter.", language="en")

    (found,) = report.misspellings
    assert (found.start, found.length, found.word, found.kind) == (2, 8, "recieved", "spelling")
    assert found.suggestions[0] == "received"


@given(TEXTS, st.sampled_from(["en", "sv"]))
@settings(max_examples=300, deadline=None)
def test_every_place_holds_its_word_in_any_text(text: str, language: str) -> None:
    for found in engine.check(text, language=language).misspellings:
        assert text[found.start : found.start + found.length] == found.word
        assert len(found.suggestions) <= 5


@given(TEXTS, st.sampled_from(["en", "sv"]))
@settings(max_examples=100, deadline=None)
def test_the_same_text_gives_the_same_report(text: str, language: str) -> None:
    assert engine.check(text, language=language) == engine.check(text, language=language)


def test_report_does_not_depend_on_the_process() -> None:
    script = (
        "from spellcheck import engine\n"
        "print(engine.check('Becouse teh freind dissapered alot', language='en'))\n"
        "print(engine.check('Jag är intreserad av jätte manga saker', language='sv'))\n"
    )

    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(answers) == 1


def test_places_count_code_points_before_normalisation() -> None:
    text = "Cafe\u0301 \U0001f600 recie\u00adved"

    (found,) = engine.check(text, language="en").misspellings
    assert text[found.start :] == found.word == "recie\u00adved"
    assert found.suggestions[0] == "received"


def test_right_text_has_no_misspellings() -> None:
    text = (
        "Last summer we visited my grandmother in London. She doesn't like travelling, so she "
        "organised a party at home; my cousin's friends came as well."
    )

    assert engine.check(text, language="en").misspellings == ()


@pytest.mark.parametrize("word", ["colour", "color", "organise", "organize", "don't", "don’t"])
def test_british_and_american_are_both_right(word: str) -> None:
    assert words(f"They say {word} here.") == []


@pytest.mark.parametrize(
    "word", ["klassrumsfönster", "fotbollsplan", "skolbarnsmiddag", "barnavårdare"]
)
def test_swedish_compounds_are_right(word: str) -> None:
    assert words(f"Vi har en {word} här.", "sv") == []


@pytest.mark.parametrize(
    "text",
    [
        "See http://exampel.com/teh and www.skolann.se today.",
        "Write to jonh.smiht@skolann.se today.",
        "Open teh_file.docx or C:\\teh\\wrng today.",
        "Ask @jonhsmiht about #becouse today.",
        "The R2D2xq and 4thgradr today.",
    ],
    ids=["url", "mail", "file", "handle", "digits"],
)
def test_addresses_and_codes_are_left_alone(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize("text", ["YouTube and iPhone.", "The OECD says.", "Chapter xviii ends."])
def test_brands_acronyms_and_numerals_are_left_alone(text: str) -> None:
    assert words(text) == []


def test_abbreviations_are_left_alone() -> None:
    assert words("Det blir bl.a. dyrt, t.ex. på grund av s.k. avgifter.", "sv") == []


def test_both_halves_of_a_hyphenated_word_are_checked() -> None:
    assert words("A well-knwon and far-fetched story.") == ["knwon"]


def test_first_half_before_a_hanging_hyphen_is_right() -> None:
    assert words("Det gäller skol- och fritidsverksamhet.", "sv") == []


def test_a_sentence_quoted_in_the_other_language_is_left_alone() -> None:
    assert words("Boken heter The Girl Who Played With Fire och är bra.", "sv") == []


def test_the_same_word_is_flagged_everywhere_with_the_same_verdict() -> None:
    assert words("Becouse I like it becouse it is becouse.") == ["Becouse", "becouse", "becouse"]


def test_known_word_and_its_genitive_are_right() -> None:
    text = "The xqzwy read Xqzwy's book."

    assert engine.check(text, language="en", known_words=["Xqzwy"]).misspellings == ()


def test_swedish_genitive_of_a_known_word_is_right() -> None:
    text = "Xqzwys bok ligger hos xqzwy."

    assert engine.check(text, language="sv", known_words=["xqzwy"]).misspellings == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We met Khadija and Oluwaseun there.", "en"),
        ("The book is by Calvin Trillin.", "en"),
        ("Sen kom Tuija Nikkos bror.", "sv"),
        ("We met the Barrys and Mr Schneiders there.", "en"),
    ],
)
def test_names_are_left_alone(text: str, language: str) -> None:
    assert words(text, language) == []


def test_a_name_with_the_s_of_a_genitive_lacks_its_apostrophe() -> None:
    (found,) = engine.check("We drove in Barrys car.", language="en").misspellings

    assert (found.word, found.suggestions[0]) == ("Barrys", "Barry's")


@pytest.mark.parametrize(
    ("text", "language", "word", "meant"),
    [
        ("It was sooooo good.", "en", "sooooo", "so"),
        ("A VERYYYY good day.", "en", "VERYYYY", "VERY"),
        ("Det var såååå bra.", "sv", "såååå", "så"),
    ],
)
def test_a_word_drawn_out_is_wrong(text: str, language: str, word: str, meant: str) -> None:
    (found,) = engine.check(text, language=language).misspellings

    assert (found.word, found.suggestions[0]) == (word, meant)


def test_a_misspelt_word_with_a_capital_is_no_name() -> None:
    assert words("Becouse we live in Sweeden, I speak Englsih.") == [
        "Becouse",
        "Sweeden",
        "Englsih",
    ]
    assert words("Advertisemets are Importent. Oportunity knocks.") == [
        "Advertisemets",
        "Importent",
        "Oportunity",
    ]


@pytest.mark.parametrize("word", ["kivar", "stura", "levet"])
def test_rare_word_that_looks_like_a_slip_is_flagged_in_swedish(word: str) -> None:
    assert words(f"Jag ser den {word} där.", "sv") == [word]


@pytest.mark.parametrize("word", ["heathy", "mutch", "recommanded", "throughly"])
def test_rare_word_that_looks_like_a_slip_is_flagged_in_english(word: str) -> None:
    assert words(f"It is {word} here.") == [word]


@pytest.mark.parametrize("word", ["faxed", "evacuates", "collies", "teacher's", "thatch"])
def test_ordinary_english_words_are_right(word: str) -> None:
    assert words(f"It is {word} here.") == []


@pytest.mark.parametrize("word", ["slut", "fart", "kriminalitet", "okvinnlig"])
def test_ordinary_swedish_words_are_right(word: str) -> None:
    assert words(f"Det är {word} här.", "sv") == []


def test_words_of_other_alphabets_are_left_alone() -> None:
    assert words("We read слово and שלום and λόγος.") == []


def test_intensifier_written_apart_is_one_place() -> None:
    (found,) = engine.check("Det var jätte bra där.", language="sv").misspellings

    assert (found.word, found.kind, found.suggestions) == ("jätte bra", "split", ("jättebra",))


def test_two_short_words_are_no_compound() -> None:
    assert words("Det står As a där.", "sv") == []


def test_known_words_may_be_written_apart() -> None:
    report = engine.check("Det var jätte bra.", language="sv", known_words=["jätte bra"])

    assert report.misspellings == ()


def test_words_written_together_are_a_split() -> None:
    (found,) = engine.check("I have alot of friends.", language="en").misspellings

    assert (found.suggestions[0], found.kind) == ("a lot", "joined")


def test_report_names_the_versions_it_depends_on() -> None:
    report = engine.check("Hej", language="sv")

    assert report.language == "sv"
    assert "hunspell-sv" in report.engine
    assert "wordfreq" in report.engine
    assert len(report.engine) <= 200


@pytest.mark.parametrize("call", [engine.check, engine.suggest])
def test_unknown_language_is_refused_by_name(call: object) -> None:
    with pytest.raises(ValueError, match="'de'"):
        call("Guten Tag", language="de")  # type: ignore[operator]  # both take these


@pytest.mark.parametrize(
    ("text", "language", "word", "meant"),
    [
        ("He is better then me.", "en", "then", "than"),
        ("You could of gone home.", "en", "of", "have"),
        ("Your welcome!", "en", "Your", "You're"),
        ("Their is a dog.", "en", "Their", "There"),
        ("We want to loose weight.", "en", "loose", "lose"),
        ("Dem är hemma.", "sv", "Dem", "De"),
        ("Hon tycker om att leka med de.", "sv", "de", "dem"),
        ("Hon är bättre en mig.", "sv", "en", "än"),
    ],
)
def test_confused_words_are_found_by_their_neighbours(
    text: str, language: str, word: str, meant: str
) -> None:
    (found,) = engine.check(text, language=language).misspellings

    assert (found.word, found.kind, found.suggestions) == (word, "confusion", (meant,))
    assert text[found.start : found.start + found.length] == word


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "It swung to and fro the whole day, then the sun came. She lives there. Off you go.",
            "en",
        ),
        ("The dog wagged its tail while your friends sat on a loose board.", "en"),
        ("Jag ser dem. De som bor här är snälla. Många av dem är glada. Hon är en bra vän.", "sv"),
    ],
)
def test_words_in_their_own_place_are_not_confused(text: str, language: str) -> None:
    assert engine.check(text, language=language).misspellings == ()


def test_known_words_are_not_confused() -> None:
    report = engine.check("Your welcome!", language="en", known_words=["your"])

    assert report.misspellings == ()


def test_words_are_counted_by_the_rule_of_texts() -> None:
    assert engine.check("It costs 3.5 euro and/or less.", language="en").word_count == 7
