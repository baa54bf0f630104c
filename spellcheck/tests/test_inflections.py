from __future__ import annotations

import pytest

from spellcheck import engine
from spellcheck.management.building import inflections

WRONG = [
    ("Vi bor i en hus vid havet.", "en", "ett"),
    ("Jag har ett bil.", "ett", "en"),
    ("Det är mitt familj.", "mitt", "min"),
    ("Vi köpte ett stor hus.", "stor", "stort"),
    ("Han körde en stort bil.", "stort", "stor"),
    ("Min boken ligger där.", "boken", "bok"),
    ("Denna boken är bra.", "boken", "bok"),
    ("Det finns många bil i staden.", "bil", "bilar"),
    ("Den här bok är bra.", "bok", "boken"),
    ("Det här boken är bra.", "Det", "Den"),
    ("Man kan går hem.", "går", "gå"),
    ("Jag vill inte går hem.", "går", "gå"),
    ("Det är svårt att lär sig.", "lär", "lära"),
    ("Hon har gick hem.", "gick", "gått"),
    ("Jag gå hem varje dag.", "gå", "går"),
    ("Det är viktig att läsa.", "viktig", "viktigt"),
    ("Huset är stor.", "stor", "stort"),
    ("Vi är glad.", "glad", "glada"),
    ("När dem kommer hem äter vi.", "dem", "de"),
]


@pytest.mark.parametrize(("text", "word", "meant"), WRONG, ids=[text for text, _, _ in WRONG])
def test_word_in_a_form_that_does_not_fit_is_found(text: str, word: str, meant: str) -> None:
    (found,) = engine.check(text, language="sv").misspellings

    assert (found.word, found.suggestions, found.kind) == (word, (meant,), "confusion")
    assert text[found.start : found.start + found.length] == word


@pytest.mark.parametrize(
    "text",
    [
        "Vi bor i ett stort hus, och huset är gammalt.",
        "Om man vill, går det bra att har man tid så kommer man.",
        "Den som vill får komma. Hans boken är stor, säger Hans.",
        "Många gånger är det svårt att veta när klockan är två.",
        "Det är en väldigt stor bil. Det är stor skillnad på dem.",
        "Jag såg dem komma. När dem, som sagt, var borta.",
        "En modern skola, ett slut på allt, en bit av kakan.",
        "Kan vi gå nu? Jag hade tur. De har så mycket att göra.",
    ],
)
def test_word_in_its_right_form_is_left_alone(text: str) -> None:
    assert engine.check(text, language="sv").misspellings == ()


def test_known_word_is_right_in_any_form() -> None:
    text = "Man kan går hem."

    assert engine.check(text, language="sv", known_words=["går"]).misspellings == ()


LEVELS = {
    "boll": 140, "bollen": 150, "bollar": 130, "bollarna": 110, "bollens": 80,
    "hus": 156, "huset": 150, "husets": 113, "husen": 121,
    "fin": 140, "fint": 140, "fina": 140, "finast": 90,
    "hoppa": 130, "hoppar": 125, "hoppade": 120, "hoppat": 110,
    "för": 220, "fören": 70, "förens": 50,
}  # fmt: skip


def test_forms_tell_what_a_word_is() -> None:
    table = inflections.forms(LEVELS)

    assert table["boll"] == "u bollen bollar"
    assert table["bollen"] == "d boll"
    assert table["hus"] == "n huset"
    assert table["fin"] == "a fint fina"
    assert table["hoppar"] == "v hoppa"
    assert table["hoppa"] == "i hoppar hoppat"
    assert "för" not in table
