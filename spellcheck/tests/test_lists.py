"""Lists of words that are right: taken in with a word about each line, and given out again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from batches.models import Batch
from spellcheck import flow, lists
from spellcheck.lists import MAX_LIST_WORDS, Imported, Refusal, WordList, rows_of
from spellcheck.models import KnownWord
from tests.essays import register

pytestmark = pytest.mark.django_db


def take_in(word_list: WordList, text: str | bytes) -> Imported:
    return word_list.take_in(rows_of(text.encode() if isinstance(text, str) else text))


@pytest.fixture
def mine(teacher: User) -> WordList:
    return WordList(teacher, "sv")


def refused(done: Imported) -> list[tuple[int, str, str]]:
    return [(item.line, item.text, item.reason) for item in done.refused]


def test_each_line_is_added_known_already_or_refused_with_its_reason(mine: WordList) -> None:
    KnownWord.objects.create(owner=mine.owner, language="sv", word="jokkmokk")

    done = take_in(mine, "Ebba\nJokkmokk\n\n# the class\nebba\n2024\n" + "a" * 101)

    assert (done.added, done.known) == (["ebba"], ["jokkmokk", "ebba"])
    assert refused(done) == [(6, "2024", "not_a_word"), (7, "a" * 100, "too_long")]


def test_class_list_with_first_and_last_names_is_a_list_of_names(mine: WordList) -> None:
    done = take_in(mine, "Anna-Lena Öberg\nO’Brien, Siân\n")

    assert done.added == ["anna-lena", "öberg", "o'brien", "siân"]


def test_bytes_that_windows_wrote_are_read(mine: WordList) -> None:
    assert take_in(mine, "Åsa\r\nÖrjan\r\n".encode("cp1252")).added == ["åsa", "örjan"]


@pytest.mark.parametrize(
    "table",
    [
        "word,language\nEbba,sv\nDarcy,en\n",
        "\ufeffOrd;Språk\r\nEbba;sv\r\nDarcy;EN\r\n",
        "Ebba\tsv\nDarcy\ten\n",
    ],
    ids=["comma", "Excel in Swedish", "tab, without headings"],
)
def test_table_names_the_language_of_each_word(mine: WordList, table: str) -> None:
    take_in(mine, table)

    assert set(mine.words.values_list("word", "language")) == {("ebba", "sv"), ("darcy", "en")}


def test_table_of_a_class_is_read_by_the_column_of_its_heading(mine: WordList) -> None:
    done = take_in(mine, "Nr;Namn;E-post\n1;Ebba;ebba@example.org\n2;Ola;ola@example.org\n")

    assert done.added == ["ebba", "ola"]


def test_batch_takes_no_words_of_another_language(teacher: User) -> None:
    batch = register(teacher, 1)

    done = take_in(WordList(teacher, "en", batch), "word,language\nEbba,sv\nDarcy,en\n")

    assert done.added == ["darcy"]
    assert refused(done) == [(2, "Ebba", "unknown_language")]


def test_words_of_a_batch_are_right_there_and_nowhere_else(teacher: User) -> None:
    batch, other = register(teacher, 1), register(teacher, 1)
    take_in(WordList(teacher, "en", batch), "Blorp")
    take_in(WordList(teacher, "en"), "Glarf")

    assert flow.known_words(batch) == ["blorp", "glarf"]
    assert flow.known_words(other) == ["glarf"]


def test_list_that_is_too_long_is_taken_as_far_as_it_goes(mine: WordList) -> None:
    words = [
        f"{a}{b}{c}"
        for a in "abcdefghij"
        for b in "klmnopqrstuvw"
        for c in "abcdefghijklmnopqrstuvwxyzåäöéèüøæ"
    ] * 2

    done = take_in(mine, "\n".join(words))

    assert len(done.added) + len(done.known) == MAX_LIST_WORDS
    assert {item.reason for item in done.refused} == {Refusal.TOO_MANY}


def test_word_that_a_decision_listed_belongs_to_the_list_once_it_is_taken_in(
    mine: WordList,
) -> None:
    KnownWord.objects.create(owner=mine.owner, language="sv", word="ebba")

    take_in(mine, "Ebba")

    assert KnownWord.objects.get().source == KnownWord.Source.LIST


@pytest.mark.parametrize("export", [lists.as_text, lists.as_csv])
def test_what_is_given_out_is_known_when_it_is_taken_in(mine: WordList, export: object) -> None:
    take_in(mine, "Ebba\nÖrjan\nO'Brien\nAnna-Lena")
    given_out = export(mine.words.all())  # type: ignore[operator]  # either of the two

    done = take_in(mine, given_out)

    assert (done.added, len(done.known), done.refused) == ([], 4, [])


def test_quotation_mark_that_nobody_closes_costs_no_word(mine: WordList) -> None:
    data = b'word;language\n"Alva;en\n' + b"Bo;sv\n" * 30_000

    found = rows_of(data)

    assert found[0] == (2, '"Alva', "en")
    assert found[-1] == (30_002, "Bo", "sv")


@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_as_some_list(data: bytes) -> None:
    for line, text, language in rows_of(data):
        assert line >= 1
        assert text == text.strip() != ""
        assert language == language.lower()


@given(text=st.text(max_size=120))
def test_every_word_of_a_list_is_accounted_for(text: str) -> None:
    user = User.objects.get_or_create(email="someone@example.org")[0]
    rows = rows_of(text.encode("utf-8", errors="replace"))

    done = WordList(user, Batch.Language.SWEDISH).take_in(rows)

    n_words = sum(len(row[1].split()) for row in rows)
    assert len(done.added) + len(done.known) + len(done.refused) == n_words
    KnownWord.objects.all().delete()
