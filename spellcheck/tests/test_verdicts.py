"""Decisions have a history, and each step of it is taken back as the one step that it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from batches.errors import Conflict
from batches.models import Batch
from spellcheck import flow, verdicts, wordlist
from spellcheck.models import KnownWord, Misspelling, Verdict
from spellcheck.tests.conftest import Check, decisions, marks_of
from spellcheck.verdicts import DecidedMeanwhile

pytestmark = pytest.mark.django_db

FIRST = "We went home becouse it rained. We ate becouse we were hungry, definately."
SECOND = "They stayed becouse it rained."
OPEN = ("open", "")


def stands(batch: Batch) -> list[tuple[Any, ...]]:
    """Everything that a decision writes on a mark."""
    return [
        (mark.pk, mark.decision, mark.replacement, mark.decided_by_id, mark.decided_at)
        for mark in marks_of(batch)
    ]


@pytest.fixture
def batch(check: Check) -> Batch:
    """Two essays with four marks: becouse, becouse, definately; becouse."""
    return check(FIRST, SECOND)


# --- a word wherever it stands ----------------------------------------------------------------
def test_correction_for_all_is_one_step_and_is_taken_back_as_one(
    batch: Batch, teacher: User
) -> None:
    before = stands(batch)
    verdict = wordlist.accept_all(marks_of(batch)[0], "because", by=teacher)
    assert [d for _w, d, _r in decisions(batch)].count("accepted") == 3

    verdicts.take_back(verdict.pk, by=teacher)

    assert stands(batch) == before


def test_undo_gives_back_what_was_decided_before(batch: Batch, teacher: User) -> None:
    mark = marks_of(batch)[0]
    flow.accept(mark, "because", by=teacher)
    before = stands(batch)
    flow.accept(mark, "for", by=teacher)

    verdicts.take_back(Verdict.objects.latest("pk").pk, by=teacher)

    assert stands(batch) == before


def test_undo_leaves_what_was_decided_later(batch: Batch, teacher: User) -> None:
    first, second = marks_of(batch)[:2]
    together = wordlist.accept_all(first, "because", by=teacher)
    flow.accept(second, "as", by=teacher)

    verdicts.take_back(together.pk, by=teacher)

    assert [d[1:] for d in decisions(batch)] == [OPEN, ("accepted", "as"), OPEN, OPEN]


def test_one_mark_of_many_is_opened_and_the_others_stay(batch: Batch, teacher: User) -> None:
    mark = marks_of(batch)[0]
    wordlist.accept_all(mark, "because", by=teacher)

    flow.undo(mark, by=teacher)

    line = verdicts.history(batch.pk).get()
    assert [d[1] for d in decisions(batch)] == ["open", "accepted", "open", "accepted"]
    assert (line.n_marks, line.n_undone) == (3, 1)  # type: ignore[attr-defined]  # annotated


def test_what_is_no_word_goes_on_no_list(batch: Batch, teacher: User) -> None:
    with pytest.raises(Conflict) as refused:
        wordlist.word_is_right(batch.pk, "\u200b", always=True, by=teacher)

    assert refused.value.code == "no_word"
    assert not KnownWord.objects.exists()


def test_what_is_too_long_for_a_list_can_only_be_ignored(check: Check, teacher: User) -> None:
    word = "becous" + "xqz" * 45
    batch = check(f"We went home {word} it rained.")
    [mark] = marks_of(batch)

    with pytest.raises(Conflict) as refused:
        wordlist.declare_right(mark, always=True, by=teacher)

    assert refused.value.code == "word_too_long"
    flow.ignore(mark, by=teacher)
    assert decisions(batch) == [(word, "ignored", "")]


def test_step_is_taken_back_once(batch: Batch, teacher: User) -> None:
    verdict = wordlist.accept_all(marks_of(batch)[0], "because", by=teacher)
    verdicts.take_back(verdict.pk, by=teacher)

    with pytest.raises(Conflict) as refused:
        verdicts.take_back(verdict.pk, by=teacher)

    assert refused.value.code == "undone_already"


def test_word_in_capitals_is_right_too(check: Check, teacher: User) -> None:
    batch = check("Blorp is here. We like blorp, and BLORP likes us, becouse.")

    wordlist.declare_right(marks_of(batch)[0], always=False, by=teacher)

    still_open = [word for word, decision, _r in decisions(batch) if decision == "open"]
    assert still_open == ["becouse"]


@pytest.mark.parametrize("always", [True, False], ids=["always", "in the batch"])
def test_undo_takes_the_word_off_its_list(batch: Batch, teacher: User, always: bool) -> None:
    before = stands(batch)
    verdict = wordlist.declare_right(marks_of(batch)[0], always=always, by=teacher)
    assert KnownWord.objects.get().word == "becouse"

    verdicts.take_back(verdict.pk, by=teacher)

    assert stands(batch) == before
    assert not KnownWord.objects.exists()


def test_undo_leaves_a_word_that_is_listed_for_another_reason(batch: Batch, teacher: User) -> None:
    KnownWord.objects.create(
        owner=teacher, language="en", word="becouse", source=KnownWord.Source.LIST
    )
    verdict = wordlist.declare_right(marks_of(batch)[0], always=True, by=teacher)

    verdicts.take_back(verdict.pk, by=teacher)

    assert KnownWord.objects.get().word == "becouse"


def test_undo_leaves_a_word_that_another_batch_has_called_right_too(
    batch: Batch, check: Check, teacher: User
) -> None:
    other = check(SECOND)
    first = wordlist.declare_right(marks_of(batch)[0], always=True, by=teacher)
    wordlist.declare_right(marks_of(other)[0], always=True, by=teacher)

    verdicts.take_back(first.pk, by=teacher)

    assert KnownWord.objects.get().word == "becouse"
    assert decisions(other) == [("becouse", "ignored", "")]


# --- who, when, what --------------------------------------------------------------------------
def test_history_of_an_essay_names_who_decided_what_latest_first(
    batch: Batch, teacher: User
) -> None:
    first, _second, third, elsewhere = marks_of(batch)
    flow.ignore(third, by=teacher)
    flow.accept(elsewhere, "since", by=teacher)
    wordlist.accept_all(first, "because", by=teacher)
    flow.undo(third, by=teacher)

    lines: list[Any] = list(verdicts.history(batch.pk, essay_id=first.result.text.essay_id))

    assert [(v.word, v.outcome, v.n_marks, v.n_undone) for v in lines] == [
        ("becouse", "accepted", 2, 0),
        ("definately", "ignored", 1, 1),
    ]
    assert {line.by for line in lines} == {teacher}
    assert lines[1].undone_by_name == teacher.name


# --- two people at once -----------------------------------------------------------------------
def test_decision_about_a_mark_that_somebody_else_has_decided_changes_nothing(
    batch: Batch, teacher: User, colleague: User
) -> None:
    mark = marks_of(batch)[0]
    flow.accept(mark, "because", by=colleague)

    with pytest.raises(DecidedMeanwhile) as refused:
        flow.ignore(mark, by=teacher, seen=("open", ""))

    assert "Colleague accepted “because”" in refused.value.detail
    assert decisions(batch)[0] == ("becouse", "accepted", "because")


def test_decision_on_what_was_seen_is_taken(batch: Batch, teacher: User) -> None:
    mark = marks_of(batch)[0]
    flow.accept(mark, "because", by=teacher, seen=("open", ""))

    flow.ignore(mark, by=teacher, seen=("accepted", "because"))

    assert decisions(batch)[0] == ("becouse", "ignored", "")


# --- any evening ------------------------------------------------------------------------------
Act = tuple[str, int, int]
ACTS: st.SearchStrategy[list[Act]] = st.lists(
    st.tuples(
        st.sampled_from(["accept", "accept_all", "ignore", "right", "always", "open", "undo"]),
        st.integers(0, 3),
        st.integers(0, 9),
    ),
    max_size=12,
)


def do(act: Act, batch: Batch, by: User) -> None:
    """One act of a teacher; what is refused changes nothing."""
    verb, n, m = act
    mark = marks_of(batch)[n]
    lines = list(Verdict.objects.order_by("pk"))
    try:
        match verb:
            case "accept":
                flow.accept(mark, f"meant {m}", by=by)
            case "accept_all":
                wordlist.accept_all(mark, f"meant {m}", by=by)
            case "ignore":
                flow.ignore(mark, by=by)
            case "right" | "always":
                wordlist.declare_right(mark, always=verb == "always", by=by)
            case "open":
                flow.undo(mark, by=by)
            case "undo" if lines:
                verdicts.take_back(lines[m % len(lines)].pk, by=by)
    except Conflict:
        pass


@settings(max_examples=25)
@given(acts=ACTS)
def test_marks_are_what_the_verdicts_that_stand_say(
    batch: Batch, teacher: User, acts: list[Act]
) -> None:
    for act in acts:
        do(act, batch, teacher)

    for mark in marks_of(batch):
        lines = mark.verdicts.filter(undone_at=None).order_by("verdict")
        last = [line.verdict for line in lines][-1:]
        expected = (
            (last[0].outcome, last[0].replacement, last[0].at) if last else ("open", "", None)
        )
        assert (mark.decision, mark.replacement, mark.decided_at) == expected
    listed = {word.word for word in KnownWord.objects.all()}
    standing = Verdict.objects.filter(known_word__isnull=False)
    assert listed == {wordlist.as_listed(line.word) for line in standing}
    for line in Verdict.objects.all():
        do(("undo", 0, list(Verdict.objects.order_by("pk")).index(line)), batch, teacher)
    assert {row[1] for row in decisions(batch)} == {"open"}
    assert not KnownWord.objects.exists()
    Verdict.objects.all().delete()


def test_decisions_from_before_there_was_a_history_get_their_line(
    batch: Batch, teacher: User
) -> None:
    from importlib import import_module

    from django.apps import apps

    migration = import_module("spellcheck.migrations.0004_write_the_history_of_earlier_decisions")
    mark = marks_of(batch)[0]
    columns = {"decision": "accepted", "replacement": "because", "decided_by": teacher}
    Misspelling.objects.filter(pk=mark.pk).update(**columns, decided_at=timezone.now())

    migration.write(apps, None)

    line = Verdict.objects.get()
    assert (line.word, line.replacement, line.by) == ("becouse", "because", teacher)
    verdicts.take_back(line.pk, by=teacher)
    assert decisions(batch)[0] == ("becouse", "open", "")
