from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from spellcheck.models import SpellcheckResult
from tests.essays import essay_file, hand_in, register


def table(browser: Client, batch: Batch, delimiter: str) -> list[list[str]]:
    response = browser.get(reverse("pages:batch-table", args=[batch.pk]))
    return list(csv.reader(response.content.decode("utf-8-sig").splitlines(), delimiter=delimiter))


@pytest.mark.parametrize(
    ("locale", "delimiter", "head", "point"),
    [("en", ",", "Words", "."), ("sv", ";", "Ord", ",")],
    ids=["English", "Swedish"],
)
def test_table_opens_right_in_either_language(
    browser: Client, checked_batch: Batch, locale: str, delimiter: str, head: str, point: str
) -> None:
    User.objects.update(locale=locale)

    heads, *rows = table(browser, checked_batch, delimiter)

    result = SpellcheckResult.objects.order_by("text__essay__position")[0]
    assert heads[2] == head
    n_words, n_marks = result.text.word_count, result.flagged_count
    assert rows[0][2:4] == [str(n_words), str(n_marks)]
    assert rows[0][5] == f"{100 * n_marks / n_words:.1f}".replace(".", point)


def test_table_keeps_swedish_letters_and_says_so(
    browser: Client, teacher: User, drain: Callable[[], int]
) -> None:
    batch = register(teacher, 1, title="Krönika")
    hand_in(batch, essay_file("Åsa Öberg.txt"))
    drain()

    response = browser.get(reverse("pages:batch-table", args=[batch.pk]))

    assert response.content.startswith("\ufeff".encode())
    assert "Åsa Öberg.txt" in response.text
    assert "filename*=utf-8''Kr%C3%B6nika.csv" in response.headers["Content-Disposition"]
