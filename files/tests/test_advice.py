"""What a teacher is told about a file, in both languages."""

from __future__ import annotations

import pytest
from django.utils import translation

from files import advice, sniff
from files.extraction import advice as sentences
from files.extraction.advice import FailureCode, WarningCode
from jobs.attempts import MACHINE_SHORT

ALL = [
    *sentences.ADVICE.values(),
    *sentences.WARNINGS.values(),
    *sentences.BY_TYPE.values(),
    sentences.NO_OCR,
    sentences.NOT_KEPT,
    sentences.GAVE_UP,
]


@pytest.mark.parametrize("code", FailureCode)
def test_every_failure_code_has_a_sentence_in_swedish(code: FailureCode) -> None:
    with translation.override("sv"):
        assert advice.of_failure(code) not in ("", sentences.ADVICE[code])


@pytest.mark.parametrize("code", WarningCode)
def test_every_warning_code_has_a_sentence_in_swedish(code: WarningCode) -> None:
    with translation.override("sv"):
        assert advice.of_warning(code) not in ("", sentences.WARNINGS[code])


@pytest.mark.parametrize("sentence", sorted(set(ALL)))
def test_every_sentence_fits_its_column_and_is_translated(sentence: str) -> None:
    with translation.override("sv"):
        assert translation.gettext(sentence) != sentence
    assert len(sentence) <= 500


def test_exact_advice_is_given_in_place_of_the_codes_own() -> None:
    detail = sentences.BY_TYPE[sniff.PAGES]

    with translation.override("sv"):
        said = advice.of_failure(FailureCode.UNSUPPORTED_TYPE, detail)
    assert "Pages" in said
    assert said != detail


def test_a_sentence_that_an_older_release_stored_is_said_in_the_words_of_today() -> None:
    said = advice.of_failure(FailureCode.EMPTY, "The file is empty; ask for it again.")

    assert said == sentences.ADVICE[FailureCode.EMPTY]


def test_a_code_that_nobody_knows_keeps_its_detail() -> None:
    assert advice.of_failure("of_tomorrow", "Said by somebody else.") == "Said by somebody else."
    assert advice.of_warning("of_tomorrow") == ""


def test_machine_that_is_short_of_something_has_one_code_for_tasks_and_teachers() -> None:
    assert FailureCode(MACHINE_SHORT) in sentences.ADVICE
