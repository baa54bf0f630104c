"""The class list and the workbook, as a spreadsheet reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from accounts.models import User
from batches.models import Batch
from exports.gather import gather
from exports.table import csv_of, safe
from exports.workbook import workbook_of
from pages.rows import board
from tests.essays import essay_file, hand_in, register

FORMULAS = ["=1+1", "@sum(a1)", "-2", "+3", "\tx", '=cmd|"/c calc"!a1']


def sheets(batch: Batch, language: str = "en") -> dict[str, Any]:
    with translation.override(language):
        collection = gather(batch)
        data = workbook_of(collection, collection.report.pairs)
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(io.BytesIO(data))}


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_class_list_says_what_the_batch_s_page_says(class_of_three: Batch) -> None:
    text = csv_of(gather(class_of_three)).decode("utf-8-sig")

    _heads, *lines = csv.reader(text.splitlines())
    shown = [
        [row.label, str(row.state.label), *(str(n or "") for n in (row.n_words, row.n_marks))]
        for row in board(class_of_three).rows
    ]
    assert [line[:4] for line in lines] == shown
    assert [line[0] for line in lines] == ["Bo.txt", "Åsa Öberg.txt", "Essay 3"]


@pytest.mark.parametrize("name", FORMULAS)
def test_class_list_holds_no_formula(name: str) -> None:
    assert safe(name) == f"'{name}"


def test_workbook_has_numbers_as_numbers_and_moments_as_dates(class_of_three: Batch) -> None:
    found = sheets(class_of_three)

    assert rows(found["Essays"])[2] == ("Åsa Öberg.txt", "Checked", 18, 4, 2, 1, 1, 400 / 18)
    accepted = rows(found["Misspellings"])[5]
    assert accepted[1:3] == ("becouse", "spelling")
    assert accepted[4:6] == ("accepted", "because")
    assert isinstance(accepted[6], datetime)
    assert accepted[7].startswith("I like my school [becouse] we learn. It is")
    assert ("becouse", "because", "spelling", 2, 2) in rows(found["Pairs"])


def test_workbook_shows_its_headings_and_filters_under_them(class_of_three: Batch) -> None:
    found = sheets(class_of_three, "sv")

    assert list(found) == ["Texter", "Felstavningar", "Ordpar"]
    for sheet in found.values():
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(sheet.column_dimensions[letter].width >= 9 for letter in "ABCDE")


def test_workbook_lists_all_pairs_though_a_page_lists_ten(
    teacher: User, drain: Callable[[], int]
) -> None:
    words = "becouse intresting recieve freinds wich untill tommorow seperate definately beleive"
    batch = register(teacher, 1)
    hand_in(batch, essay_file("one.txt", f"I write {words} and happend and writting too."))
    drain()

    assert len(rows(sheets(batch)["Pairs"])) > 11


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_the_workbook_is_a_formula(
    teacher: User, drain: Callable[[], int], name: str
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, essay_file("x.txt"))
    drain()
    batch.essays.update(file_name=name)

    cell = sheets(batch)["Essays"]["A2"]

    assert (cell.data_type, cell.value) == ("s", name)


def test_gathering_costs_the_same_for_few_essays_and_for_many(
    teacher: User, drain: Callable[[], int], django_assert_num_queries: Any
) -> None:
    for n in (2, 12):
        batch = register(teacher, n)
        for i in range(n):
            hand_in(batch, essay_file(f"{i}.txt"))
        drain()
        with django_assert_num_queries(3):
            gather(batch)
