"""Marks by offsets: pure, without a database."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.marks import drawn, has_title, marks_of, spans
from spellcheck.models import Misspelling

TAGS = re.compile(r"<[^>]*>")
SPOKEN = re.compile(r'<span class="visually-hidden">.*?</span>')


def mark(start: int, word: str, **columns: object) -> Misspelling:
    return Misspelling(pk=start + 1, start=start, length=len(word), word=word, **columns)


def test_text_is_cut_at_blank_lines_only() -> None:
    body = "One line\nand its second.\n\nAnother.\n \nThird."

    assert [body[a:b] for a, b in spans(body)] == [
        "One line\nand its second.",
        "Another.",
        "Third.",
    ]


def test_mark_that_begins_inside_another_is_left_out() -> None:
    found = marks_of("class mates", [mark(0, "class mates"), mark(6, "mates")], "en")

    assert [item.word for item in found] == ["class mates"]


def test_marks_are_counted_by_paragraphs_below_the_title() -> None:
    body = "A day\n\nWe went becouse.\n\nThen definately."

    found = marks_of(body, [mark(15, "becouse"), mark(30, "definately")], "en")

    assert [item.paragraph for item in found] == [1, 2]


def test_mark_of_words_run_together_is_not_called_a_split_compound() -> None:
    together, split = mark(0, "Ofcourse", kind="joined"), mark(9, "class mates", kind="split")

    found = marks_of("Ofcourse class mates", [together, split], "en")

    assert [item.kind for item in found] == ["run together", "split compound"]


@pytest.mark.parametrize(
    ("body", "is_title"),
    [
        ("A day at sea\n\nWe went.", True),
        ("We went out.\n\nThen home.", False),
        ("A day at sea", False),
        ("First line\nsecond line\n\nMore", False),
        ("", False),
    ],
    ids=["short line", "sentence", "nothing follows", "two lines", "no text"],
)
def test_title_is_a_short_line_above_the_text(body: str, is_title: bool) -> None:
    assert has_title(body) == is_title


TEXTS = st.text(st.sampled_from("abå ö<>&\"'\n é"), max_size=60).map(lambda text: text.strip("\n "))


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=6))
def test_what_is_drawn_reads_exactly_as_written(body: str, places: list[tuple[int, int]]) -> None:
    items = {
        start: Misspelling(
            pk=start + 1, start=start, length=length, word=body[start : start + length]
        )
        for start, length in places
        if start + length <= len(body) and "\n" not in body[start : start + length]
    }
    html = drawn(body, marks_of(body, list(items.values()), "en"), None)

    paragraphs = [unescape(TAGS.sub("", SPOKEN.sub("", p))) for p in html.split("</p>\n")]
    assert "\n\n".join(paragraphs) == "\n\n".join(body[a:b] for a, b in spans(body))
