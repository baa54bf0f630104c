"""One decision for a word wherever it stands, and the list on which it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from pages.tests.conftest import CountQueries
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


def add(browser: Client, address: str, words: str = "", **more: Any) -> str:
    data = {"words": words, "language": "en", **more}
    return browser.post(f"{address}/add", data, follow=True).text


def test_words_are_added_and_what_is_not_taken_says_why(browser: Client) -> None:
    KnownWord.objects.create(owner=User.objects.get(), language="en", word="ola")

    page = add(browser, WORDS, "Ebba\nOla\n2024")

    assert "Added: 1. On the list already: 1. Not taken: 1." in page
    assert "line 3 “2024” (not a word)" in page


def test_file_of_words_is_taken_in(browser: Client) -> None:
    file = SimpleUploadedFile("class.csv", "Namn;E-post\nÅsa Öberg;asa@example.org\n".encode())

    add(browser, WORDS, file=file)

    assert list(KnownWord.objects.values_list("word", flat=True)) == ["åsa", "öberg"]


def test_list_is_given_out_as_text_and_table(browser: Client, teacher: User) -> None:
    KnownWord.objects.create(owner=teacher, language="sv", word="åsa")

    text, table = (browser.get(f"{WORDS}/export", {"format": kind}) for kind in ("txt", "csv"))

    assert text.content.decode("utf-8-sig") == "åsa\n"
    assert table.content.decode("utf-8-sig") == "word,language\r\nåsa,sv\r\n"
    assert "attachment" in table.headers["Content-Disposition"]


def test_batch_has_a_list_of_its_own(browser: Client, checked_batch: Batch) -> None:
    address = reverse("pages:batch-words", args=[checked_batch.pk])

    add(browser, address, "Blorp")

    assert KnownWord.objects.get().batch == checked_batch
    assert "blorp" in browser.get(address).text
    assert browser.get(f"{address}/export").content.decode("utf-8-sig") == "blorp\n"


def test_long_list_is_shown_in_pages_and_searched(
    browser: Client, teacher: User, n_queries: CountQueries
) -> None:
    letters = "abcdefghijklmnop"
    few = n_queries(lambda: browser.get(WORDS))
    KnownWord.objects.bulk_create(
        KnownWord(owner=teacher, language="en", word=f"word{a}{b}")
        for a in letters
        for b in letters
    )

    assert "wordpp" not in browser.get(WORDS).text
    assert "wordpp" in browser.get(WORDS, {"q": "ORDPP"}).text
    assert "wordpp" in browser.get(WORDS, {"page": 3}).text
    assert n_queries(lambda: browser.get(WORDS)) <= few + 1


def test_empty_word_list_says_how_words_come_there(browser: Client) -> None:
    assert "No words yet." in browser.get(WORDS).text
