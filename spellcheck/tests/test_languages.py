"""A text in another language than its batch's is noticed; a quotation is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from batches.models import Batch
from spellcheck import tokens
from spellcheck.languages import SMALL_WORDS, other_than
from spellcheck.models import SpellcheckResult
from spellcheck.tests.conftest import Check

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "src"
ESSAYS = [
    pytest.param(path, language, id=path.name)
    for folder, language in (("ENG6", "en"), ("SV2", "sv"))
    for path in sorted((SAMPLES / folder).glob("*.txt"))
]
OTHER = {"en": "sv", "sv": "en"}
SWEDISH = (
    "Jag tror att det är bra att vi har en skola som inte är så stor, och att alla som går där "
    "känner varandra. När jag var liten hade vi det så, och det var mycket bra för oss. Nu är "
    "det en lång väg till skolan, och jag kan inte gå dit med mina vänner."
)

ENGLISH = "He said that it was not what she would have written to them, and then he began to read."


@pytest.mark.parametrize(("path", "language"), ESSAYS)
def test_essay_is_at_home_in_its_own_language_only(path: Path, language: str) -> None:
    words = tokens.counted(path.read_text())

    assert other_than(language, words) == ""
    assert other_than(OTHER[language], words) == language


def test_no_small_word_belongs_to_both_languages() -> None:
    assert not SMALL_WORDS["en"] & SMALL_WORDS["sv"]


@pytest.mark.parametrize(
    "text",
    ["", "Jag och du.", f"{ENGLISH} {SWEDISH[:80]}"],
    ids=["nothing", "too short", "a quotation"],
)
def test_doubtful_text_is_taken_for_what_it_should_be(text: str) -> None:
    assert other_than("en", text.split()) == ""


@pytest.mark.django_db
def test_result_says_that_a_text_seems_to_be_in_another_language(check: Check) -> None:
    batch: Batch = check(SWEDISH, "They went home becouse it rained and there was nothing to do.")

    said = SpellcheckResult.objects.filter(text__essay__batch=batch).order_by(
        "text__essay__position"
    )

    assert list(said.values_list("probable_language", flat=True)) == ["sv", ""]
