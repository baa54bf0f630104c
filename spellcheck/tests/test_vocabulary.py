"""The tries say what Hunspell says; the command that makes them asked it about every form."""

from __future__ import annotations

import random

import pytest

from spellcheck.dictionaries import lexicon
from spellcheck.management.building.hunspells import spellers, spelt_right

SWEDISH = [
    "skolgård", "skolgårdarnas", "fotbollsplan", "klassrumsfönster", "fallucka", "busstation",
    "tvåvåningshus", "femårskontrakt", "tvåtusentrehundrafyra", "andraplacerade", "jättestolt",
    "återanvändas", "Sydafrikas", "Stockholmsresan", "STOCKHOLMSRESAN", "Drottninggatan", "EU-land",
]  # fmt: skip
NOT_SWEDISH = [
    "sydafrikas", "bilbil", "skolgårdd", "glasss", "femen", "entre", "riskdagen", "undertiden",
    "tidsskrift", "intresant", "kanskje",
]  # fmt: skip


@pytest.mark.parametrize("word", SWEDISH)
def test_swedish_compounds_are_put_together_as_hunspell_does(word: str) -> None:
    assert all(lexicon("sv").vocabulary.accepts(part) for part in word.split("-"))
    assert spelt_right(word, spellers("sv"))


@pytest.mark.parametrize("word", NOT_SWEDISH)
def test_what_hunspell_refuses_is_refused(word: str) -> None:
    assert not lexicon("sv").vocabulary.accepts(word)
    assert not spelt_right(word, spellers("sv"))


@pytest.mark.parametrize("language", ["en", "sv"])
def test_slips_of_common_words_get_hunspells_verdict(language: str) -> None:
    draw = random.Random(20)
    levels = lexicon(language).levels
    common = sorted(word for word in levels if levels[word] > 100 and word.isalpha())
    written = [slip(draw.choice(common), draw) for _ in range(3000)]
    judges = spellers(language)

    differing = [
        word
        for word in written
        if lexicon(language).vocabulary.accepts(word) != spelt_right(word, judges)
    ]

    assert len(differing) <= 3, differing


def slip(word: str, draw: random.Random) -> str:
    """The word with a letter lost, doubled or changed, or with another word's ending."""
    at = draw.randrange(len(word))
    return draw.choice(
        [
            word,
            word.capitalize(),
            word.upper(),
            word[:at] + word[at + 1 :] or word,
            word[:at] + word[at] + word[at:],
            word[:at] + draw.choice("aeinrst") + word[at + 1 :],
            word + draw.choice(["s", "en", "et", "ing", "bok", "hus", "tid"]),
        ]
    )
