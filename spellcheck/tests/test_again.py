"""Checked again, a text keeps what the teacher decided; what finds no place is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from batches.errors import Conflict
from batches.models import Batch
from lifecycle.models import Essay
from pipelines import flow as pipelines
from pipelines import texts
from pipelines.models import EssayPhase
from spellcheck import again, flow, verdicts, wordlist
from spellcheck.models import KnownWord, Misspelling, SpellcheckResult, Verdict
from spellcheck.tests.conftest import Check, decisions, marks_of
from tests.essays import essay_file, fresh, hand_in, register

pytestmark = pytest.mark.django_db

Drain = Callable[[], int]

TEXT = "We went home becouse it rained. It was definately cold, and we ate becouse of that."


@pytest.fixture
def batch(check: Check) -> Batch:
    """One essay with three marks: becouse, definately, becouse."""
    return check(TEXT)


def correct(batch: Batch, body: str, drain: Drain) -> None:
    texts.correct(batch.essays.get().pk, body, by=batch.owner)
    drain()


def result(batch: Batch) -> SpellcheckResult:
    return SpellcheckResult.objects.get(text=batch.essays.get().current_text)


# --- a corrected text -------------------------------------------------------------------------
def test_decisions_follow_their_words_into_the_corrected_text(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    first, second, _third = marks_of(batch)
    flow.accept(first, "because", by=teacher)
    flow.ignore(second, by=teacher)

    correct(batch, TEXT.replace("We went", "Yesterday we went"), drain)

    assert decisions(batch) == [
        ("becouse", "accepted", "because"),
        ("definately", "ignored", ""),
        ("becouse", "open", ""),
    ]
    mark = marks_of(batch)[0]
    assert (mark.decided_by, mark.start) == (teacher, first.start + len("Yesterday "))
    assert result(batch).not_kept == []


def test_decision_whose_word_was_corrected_is_told(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    first, second, _third = marks_of(batch)
    flow.accept(first, "because", by=teacher)
    flow.ignore(second, by=teacher)

    correct(batch, TEXT.replace("home becouse", "home because"), drain)

    assert decisions(batch) == [("definately", "ignored", ""), ("becouse", "open", "")]
    lost = {"word": "becouse", "decision": "accepted", "replacement": "because"}
    assert result(batch).not_kept == [lost]


def test_what_was_not_kept_is_told_until_it_is_seen(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    flow.accept(marks_of(batch)[0], "because", by=teacher)
    correct(batch, TEXT.replace("home becouse", "home because"), drain)
    correct(batch, TEXT.replace("home becouse", "home since"), drain)
    assert [lost["word"] for lost in result(batch).not_kept] == ["becouse"]

    again.seen(result(batch), 1)

    assert result(batch).not_kept == []


def test_what_was_not_kept_since_the_page_was_shown_is_not_seen(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    flow.accept(marks_of(batch)[0], "because", by=teacher)
    flow.accept(marks_of(batch)[1], "definitely", by=teacher)
    correct(batch, TEXT.replace("home becouse", "home because"), drain)
    shown = len(result(batch).not_kept)
    correct(batch, TEXT.replace("was definately", "was very").replace("home becouse", ""), drain)

    again.seen(result(batch), shown)

    assert [lost["word"] for lost in result(batch).not_kept] == ["definately"]


def test_undo_reaches_a_decision_that_moved_to_another_version(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    verdict = wordlist.accept_all(marks_of(batch)[0], "because", by=teacher)
    correct(batch, f"So. {TEXT}", drain)

    verdicts.take_back(verdict.pk, by=teacher)

    assert {decision for _word, decision, _r in decisions(batch)} == {"open"}


def test_decision_on_a_text_that_was_corrected_meanwhile_is_refused(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    mark = marks_of(batch)[0]
    texts.correct(batch.essays.get().pk, f"So. {TEXT}", by=teacher)

    with pytest.raises(Conflict) as refused:
        flow.ignore(mark, by=teacher)

    assert refused.value.code == "text_checked_again"


EDITS = st.lists(
    st.tuples(
        st.integers(0, 90), st.integers(0, 9), st.sampled_from(["", "so ", " x ", "becouse "])
    ),
    min_size=1,
    max_size=3,
)


@hypothesis_settings(max_examples=25)
@given(edits=EDITS)
def test_every_decision_is_kept_on_its_word_or_told(
    check: Check, teacher: User, drain: Drain, edits: list[tuple[int, int, str]]
) -> None:
    batch = check(TEXT)
    for n, mark in enumerate(marks_of(batch)):
        flow.accept(mark, f"meant {n}", by=teacher)
    meant = {f"meant {n}": mark.word for n, mark in enumerate(marks_of(batch))}
    body = TEXT
    for at, length, come in edits:
        body = body[:at] + come + body[at + length :]

    correct(batch, body, drain)

    kept = [mark for mark in marks_of(batch) if mark.decision == "accepted"]
    told = {lost["replacement"] for lost in result(batch).not_kept}
    assert {mark.replacement for mark in kept} | told == set(meant)
    assert not {mark.replacement for mark in kept} & told
    corrected = batch.essays.get().current_text
    assert corrected is not None
    for mark in kept:
        assert mark.word == meant[mark.replacement]
        assert corrected.body[mark.start : mark.start + mark.length] == mark.word


# --- the same text once more --------------------------------------------------------------------
def test_word_that_was_listed_since_is_marked_no_more_and_decisions_stay(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    flow.accept(marks_of(batch)[0], "because", by=teacher)
    KnownWord.objects.create(owner=teacher, language="en", word="definately")

    assert again.check_again(batch.pk, by=teacher) == 1
    drain()

    assert decisions(batch) == [("becouse", "accepted", "because"), ("becouse", "open", "")]
    assert result(batch).flagged_count == 2
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_mark_that_was_decided_stays_although_nothing_finds_it_any_more(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    flow.accept(marks_of(batch)[1], "definitely", by=teacher)
    KnownWord.objects.create(owner=teacher, language="en", word="definately")

    again.check_again(batch.pk, by=teacher)
    drain()

    assert ("definately", "accepted", "definitely") in decisions(batch)


def test_marks_that_are_found_again_stay_the_same_marks(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    before = [mark.pk for mark in marks_of(batch)]

    again.check_again(batch.pk, by=teacher)
    drain()

    assert [mark.pk for mark in marks_of(batch)] == before


def test_word_taken_off_the_list_is_marked_again(batch: Batch, teacher: User, drain: Drain) -> None:
    KnownWord.objects.create(batch=batch, language="en", word="becouse")
    again.check_again(batch.pk, by=teacher)
    drain()
    assert [word for word, _d, _r in decisions(batch)] == ["definately"]

    KnownWord.objects.all().delete()
    again.check_again(batch.pk, by=teacher)
    drain()

    assert [word for word, _d, _r in decisions(batch)] == ["becouse", "definately", "becouse"]


def test_who_ignored_one_objection_is_asked_about_another(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    mark = marks_of(batch)[0]
    flow.ignore(mark, by=teacher)
    Misspelling.objects.filter(pk=mark.pk).update(kind="confusion")  # as the check said then

    again.check_again(batch.pk, by=teacher)
    drain()

    assert decisions(batch)[0] == ("becouse", "open", "")
    assert [lost["word"] for lost in result(batch).not_kept] == ["becouse"]
    assert Verdict.objects.get().marks.get().undone_at is not None


def test_some_essays_are_checked_again_and_the_others_are_left(
    check: Check, teacher: User, drain: Drain
) -> None:
    batch = check("We like skool.", "They like skool.")
    essay = batch.essays.order_by("position")[0]

    again.check_again(batch.pk, by=teacher, essay_ids=[essay.pk])
    drain()

    steps = EssayPhase.objects.values_list("text__essay", flat=True)
    assert list(steps).count(essay.pk) == 2
    assert steps.count() == 3


def test_cancelled_check_is_taken_up_by_the_next_start(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    KnownWord.objects.create(owner=teacher, language="en", word="definately")
    again.check_again(batch.pk, by=teacher)
    pipelines.cancel(batch.pk, by=teacher)
    drain()
    assert len(decisions(batch)) == 3

    pipelines.start(batch.pk, "spellcheck", by=teacher)
    drain()

    assert len(decisions(batch)) == 2
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_text_that_nobody_checks_is_checked_by_one_call(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    Batch.objects.filter(pk=batch.pk).update(auto_start=False)
    correct(batch, f"So. {TEXT}", drain)
    assert not SpellcheckResult.objects.filter(text=batch.essays.get().current_text).exists()

    again.check_again(batch.pk, by=teacher)
    drain()

    assert len(decisions(batch)) == 3


def test_batch_without_a_text_has_nothing_to_check(teacher: User) -> None:
    with pytest.raises(Conflict) as refused:
        again.check_again(register(teacher, 1).pk, by=teacher)

    assert refused.value.code == "nothing_to_do"


def test_replaced_file_keeps_what_stands_in_it_unchanged(
    batch: Batch, teacher: User, drain: Drain
) -> None:
    flow.accept(marks_of(batch)[0], "because", by=teacher)

    hand_in(batch, essay_file("1.txt", f"Better. {TEXT}"), replaces=batch.uploads.get().pk)
    drain()

    assert decisions(batch)[0] == ("becouse", "accepted", "because")
    assert Essay.objects.get().texts.count() == 2
