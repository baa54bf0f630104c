"""One decision for a word wherever it stands, and the list on which it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from spellcheck.models import KnownWord, Misspelling
from tests.essays import hand_in_good, register

WORDS = reverse("pages:words")


def decide(browser: Client, verb: str, mark: Misspelling, **data: str) -> Any:
    url = reverse(f"pages:mark-{verb}", args=[mark.pk])
    return browser.post(url, data, headers={"HX-Request": "true"})


def same_word(mark: Misspelling) -> list[str]:
    """The decisions about every mark of this word."""
    return list(Misspelling.objects.filter(word=mark.word).values_list("decision", flat=True))


def test_card_says_how_many_others_there_are(browser: Client, mark: Misspelling) -> None:
    page = browser.get(mark.result.text.essay.get_absolute_url(), {"mark": mark.pk}).text

    assert "Same for the other “becouse” in this batch" in page


def test_correction_is_accepted_for_the_others_too(browser: Client, mark: Misspelling) -> None:
    answer = decide(browser, "accept", mark, replacement="because", others="1")

    assert same_word(mark) == ["accepted", "accepted"]
    assert "2 marks." in answer.text


def test_others_stay_as_they_are_unless_asked(browser: Client, mark: Misspelling) -> None:
    decide(browser, "accept", mark, replacement="because")

    assert sorted(same_word(mark)) == ["accepted", "open"]


def test_word_that_is_right_in_a_class_is_not_marked_there_again(
    browser: Client, mark: Misspelling, checked_batch: Batch
) -> None:
    decide(browser, "right", mark)

    assert same_word(mark) == ["ignored", "ignored"]
    known = KnownWord.objects.get()
    assert (known.batch, known.owner, known.word) == (checked_batch, None, "becouse")


def test_word_that_is_always_right_is_not_marked_in_later_batches(
    browser: Client, mark: Misspelling, teacher: User, drain: Callable[[], int]
) -> None:
    decide(browser, "right", mark, always="1")

    later = register(teacher, 1)
    hand_in_good(later, 1, prefix="later")
    drain()

    marks = Misspelling.objects.filter(result__text__essay__batch=later)
    assert "becouse" not in marks.values_list("word", flat=True)


def test_word_list_names_the_words_and_forgets_one(browser: Client, mark: Misspelling) -> None:
    decide(browser, "right", mark, always="1")
    assert "becouse" in browser.get(WORDS).text

    page = browser.post(
        reverse("pages:word-forget", args=[KnownWord.objects.get().pk]), follow=True
    )

    assert "“becouse” is marked in checks from now on." in page.text
    assert not KnownWord.objects.exists()


def test_empty_word_list_says_how_words_come_there(browser: Client) -> None:
    assert "No words yet." in browser.get(WORDS).text
