"""A decision stays with its word, whatever else of the text is edited."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spellcheck.carry import places

WORDS = ("we", "went", "becouse", "home", "it's", "å")
TEXTS = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", ", ", "\n\n", ". "])), max_size=40
).map(lambda pairs: "".join(word + gap for word, gap in pairs))
TOKEN = re.compile(r"\w+(?:['’]\w+)*")


def neighbours(body: str, start: int, length: int) -> tuple[str, str, str]:
    """The word before a span, what stands in it, and the word after."""
    before, after = TOKEN.findall(body[:start]), TOKEN.findall(body[start + length :])
    return (*before[-1:], "")[0], body[start : start + length], (*after[:1], "")[0]


@pytest.mark.parametrize(
    ("new", "at"),
    [
        pytest.param("We went home becouse it rained.", 13, id="nothing changed"),
        pytest.param("So we went home becouse it rained.", 16, id="a word came before"),
        pytest.param("We went home -- becouse it\nrained.", 16, id="other signs between"),
        pytest.param("We went home becouse of it.", None, id="another word follows"),
        pytest.param("We went home because it rained.", None, id="the word was corrected"),
        pytest.param("We went home Becouse it rained.", None, id="its capital changed"),
        pytest.param("", None, id="nothing is left"),
    ],
)
def test_word_is_found_where_it_stands_between_the_same_words(new: str, at: int | None) -> None:
    assert places("We went home becouse it rained.", new, [(13, 7)]) == [at]


def test_each_of_two_equal_places_keeps_its_own() -> None:
    old = "I left becouse of him. You left becouse of her. I left becouse of it."
    spans = [(match.start(), 7) for match in re.finditer("becouse", old)]

    new = old.replace("You left", "Then you left")

    assert places(old, new, spans) == [match.start() for match in re.finditer("becouse", new)]


def test_places_before_and_after_an_edit_do_not_change_places() -> None:
    old = "a left becouse of b, then c left becouse of d, then e left becouse of f"
    spans = [(match.start(), 7) for match in re.finditer("becouse", old)]

    new = old.replace("then c left becouse of d, ", "")

    assert places(old, new, spans) == [7, None, new.rindex("becouse")]


def test_words_that_were_kept_apart_are_found_with_the_gap_as_it_was() -> None:
    assert places("En jätte bra dag.", "Nu! En jätte bra dag.", [(3, 9)]) == [7]
    assert places("En jätte bra dag.", "Nu! En jätte  bra dag.", [(3, 9)]) == [None]


def test_long_text_of_one_word_is_bounded() -> None:
    old = "becouse " * 5000

    found = places(old, old[8:], [(8 * i, 7) for i in range(5000)])

    assert sum(at is not None for at in found) == 4999


@given(old=TEXTS, new=TEXTS)
def test_no_decision_ever_moves_to_another_word_or_shares_a_place(old: str, new: str) -> None:
    spans = spans_of(old)

    found = places(old, new, spans)

    for (start, length), at in zip(spans, found, strict=True):
        assert at is None or neighbours(new, at, length) == neighbours(old, start, length)
    taken = [at for at in found if at is not None]
    assert len(taken) == len(set(taken))


@given(old=TEXTS, new=TEXTS, data=st.data())
def test_none_is_lost_whose_word_and_neighbours_stand_in_the_new_text(
    old: str, new: str, data: st.DataObject
) -> None:
    sought = some_of(old, data)

    found = places(old, new, sought)

    wanted = Counter(neighbours(old, *span) for span in sought)
    kept = Counter(
        neighbours(old, *span) for span, at in zip(sought, found, strict=True) if at is not None
    )
    there = Counter(neighbours(new, *span) for span in spans_of(new))
    assert kept == wanted & there


@given(head=TEXTS, gone=TEXTS, come=TEXTS, tail=TEXTS, data=st.data())
def test_after_an_edit_each_stands_where_it_stood_unless_others_are_alike(
    head: str, gone: str, come: str, tail: str, data: st.DataObject
) -> None:
    old, new = head + gone + tail, head + come + tail
    sought = some_of(old, data)

    found = places(old, new, sought)

    before = Counter(neighbours(old, *span) for span in spans_of(old))
    now = {neighbours(new, *span): span[0] for span in spans_of(new)}
    alike = Counter(neighbours(new, *span) for span in spans_of(new))
    for span, at in zip(sought, found, strict=True):
        around = neighbours(old, *span)
        if before[around] == alike[around] == 1:
            assert at == now[around]


def spans_of(body: str) -> list[tuple[int, int]]:
    """(start, length) of each word."""
    return [(match.start(), len(match.group())) for match in TOKEN.finditer(body)]


def some_of(body: str, data: st.DataObject) -> list[tuple[int, int]]:
    spans = spans_of(body)
    chosen = data.draw(st.sets(st.sampled_from(spans))) if spans else set()
    return sorted(chosen)
