from __future__ import annotations

import pytest

from spellcheck import engine

DOUBTED = [
    ("I got a letter fro my sister.", "fro", "from"),
    ("It was the inly thing we had.", "inly", "only"),
    ("He is older tan me and taller.", "tan", "than"),
    ("The solders were not paid.", "solders", "soldiers"),
    ("These eggs will aways be good.", "aways", "always"),
    ("They live in there own house.", "there", "their"),
    ("We went too the cinema on Friday.", "too", "to"),
    ("He gave me some good advise.", "advise", "advice"),
    ("One off the best films I know.", "off", "of"),
    ("Its fab to be here.", "Its", "It's"),
    ("I do not know if its stolen.", "its", "it's"),
    ("Is this what your referencing?", "your", "you're"),
    ("This is the best place to take you family.", "you", "your"),
    ("Show me the lab were uranium is made.", "were", "where"),
    ("A company who’s goals are clear.", "who’s", "whose"),
    ("Lets get together soon.", "Lets", "Let's"),
    ("It depends on when u come.", "u", "you"),
    ("I think they r open to it.", "r", "are"),
]


@pytest.mark.parametrize(("text", "word", "meant"), DOUBTED, ids=[word for _, word, _ in DOUBTED])
def test_word_is_wrong_where_the_words_around_want_another(
    text: str, word: str, meant: str
) -> None:
    (found,) = engine.check(text, language="en").misspellings

    assert (found.word, found.suggestions[0], found.kind) == (word, meant, "confusion")
    assert text[found.start : found.start + found.length] == word


@pytest.mark.parametrize(
    "text",
    [
        "She walked to and fro in the kitchen.",
        "He came home from Spain with a tan.",
        "He solders the wire to the lamp.",
        "The bull began to bellow.",
        "There are two of them, and their friends are there too.",
        "The cat lost its tail, and its owner found it.",
        "If you phone them, you know its price, and your friends know where you were.",
        "He lets them go. The set of all u is not the set of all r.",
        "We took off, and then it was later than we thought.",
    ],
)
def test_word_is_right_in_its_place(text: str) -> None:
    assert engine.check(text, language="en").misspellings == ()


def test_known_word_is_never_doubted() -> None:
    text = "I got a letter fro my sister."

    assert engine.check(text, language="en", known_words=["fro"]).misspellings == ()


def test_word_is_not_doubted_in_an_address() -> None:
    text = "We asked at http://example.org/letter/fro/my before."

    assert engine.check(text, language="en").misspellings == ()
