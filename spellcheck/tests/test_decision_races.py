"""Two people decide, undo and have texts checked at the same moment; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from string import ascii_lowercase

import pytest
from django.db import connection

from accounts.models import User
from batches.errors import Conflict
from spellcheck import again, flow, lists, verdicts, wordlist
from spellcheck.lists import WordList
from spellcheck.models import KnownWord, Misspelling, Verdict, VerdictMark
from spellcheck.tests.conftest import Check, decisions, marks_of
from spellcheck.verdicts import DecidedMeanwhile
from tests.races import at_once, errors_among

ROUNDS = 15 if connection.vendor == "postgresql" else 4
OPEN = ("open", "")
TEXT = "We went home becouse it rained. It was definately cold, and we ate becouse of that."

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(
    check: Check, teacher: User, colleague: User
) -> None:
    batch = check(TEXT)
    for _ in range(ROUNDS):
        mark = marks_of(batch)[0]

        done = at_once(
            partial(flow.accept, mark, "because", by=teacher, seen=OPEN),
            partial(flow.ignore, mark, by=colleague, seen=OPEN),
        )

        [refused] = errors_among(done)
        assert isinstance(refused, DecidedMeanwhile)
        standing = VerdictMark.objects.filter(misspelling=mark, undone_at=None)
        assert standing.count() == 1
        flow.undo(mark, by=teacher)


def test_undo_of_one_step_and_another_step_at_once_leave_the_truth(
    check: Check, teacher: User, colleague: User
) -> None:
    batch = check(TEXT)
    for _ in range(ROUNDS):
        first, _second, third = marks_of(batch)
        together = wordlist.accept_all(first, "because", by=teacher)

        done = at_once(
            partial(verdicts.take_back, together.pk, by=teacher),
            partial(flow.accept, third, "since", by=colleague),
        )

        assert errors_among(done) == []
        assert [row[1:] for row in decisions(batch)] == [OPEN, OPEN, ("accepted", "since")]
        flow.undo(third, by=teacher)


def test_decision_made_while_a_text_is_checked_again_is_kept(
    check: Check, teacher: User, drain: Callable[[], int]
) -> None:
    batch = check(TEXT)
    for n in range(ROUNDS):
        mark = marks_of(batch)[0]
        again.check_again(batch.pk, by=teacher)

        done = at_once(drain, partial(flow.accept, mark, f"meant {n}", by=teacher))

        assert errors_among(done) == []
        assert decisions(batch)[0] == ("becouse", "accepted", f"meant {n}")
    assert Misspelling.objects.count() == 3


def test_word_called_right_in_two_batches_at_once_is_listed_once(
    check: Check, teacher: User
) -> None:
    one, other = check(TEXT), check(TEXT)
    for _ in range(ROUNDS):
        steps = at_once(
            partial(wordlist.declare_right, marks_of(one)[0], always=True, by=teacher),
            partial(wordlist.declare_right, marks_of(other)[0], always=True, by=teacher),
        )
        assert errors_among(steps) == []
        assert KnownWord.objects.get().word == "becouse"

        pks = [step.pk for step in steps if isinstance(step, Verdict)]
        done = at_once(*[partial(verdicts.take_back, pk, by=teacher) for pk in pks])

        assert errors_among(done) == []
        assert {row[1] for row in (*decisions(one), *decisions(other))} == {"open"}
        assert not KnownWord.objects.exists()


def test_lists_that_are_taken_in_at_once_lock_nothing_up(teacher: User) -> None:
    words = [f"{first}{second}or" for first in ascii_lowercase for second in ascii_lowercase]
    for _ in range(ROUNDS):
        mine = WordList(teacher, "en")

        done = at_once(
            partial(mine.take_in, [(1, " ".join(words), "")]),
            partial(mine.take_in, [(1, " ".join(reversed(words)), "")]),
        )

        assert errors_among(done) == []
        assert KnownWord.objects.count() == len(words)
        KnownWord.objects.all().delete()


def test_word_that_is_taken_off_its_list_while_others_decide_about_it_locks_nothing_up(
    check: Check, teacher: User
) -> None:
    batch = check(TEXT)
    for _ in range(ROUNDS):
        before = wordlist.word_is_right(batch.pk, "becouse", always=True, by=teacher)

        done = at_once(
            partial(lists.forget, KnownWord.objects.get()),
            partial(wordlist.word_is_right, batch.pk, "becouse", always=True, by=teacher),
            partial(verdicts.take_back, before.pk, by=teacher),
        )

        told = [error for error in errors_among(done) if not isinstance(error, Conflict)]
        assert told == []  # nothing may be left to take back
        Verdict.objects.all().delete()
        KnownWord.objects.all().delete()


def test_word_that_is_taken_in_while_a_decision_about_it_is_taken_back_is_listed(
    check: Check, teacher: User
) -> None:
    batch = check(TEXT)
    for _ in range(ROUNDS):
        step = wordlist.word_is_right(batch.pk, "becouse", always=True, by=teacher)

        done = at_once(
            partial(verdicts.take_back, step.pk, by=teacher),
            partial(WordList(teacher, "en").take_in, [(1, "becouse", "")]),
        )

        assert errors_among(done) == []
        assert KnownWord.objects.filter(owner=teacher, word="becouse").exists()
        Verdict.objects.all().delete()
        KnownWord.objects.all().delete()
