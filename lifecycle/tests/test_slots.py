"""Which slot does a file take?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from files.models import Upload
from files.receipts import Outcome
from lifecycle.models import Essay
from tests.essays import broken_file, essay_file, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def test_file_takes_the_slot_of_the_essay_that_is_named_beside_it(teacher: User) -> None:
    batch = register(teacher, None, essay_ids=["alva", "bo"])

    receipt = hand_in(batch, essay_file("scan 7.txt"), reference="bo")

    assert (receipt.outcome, receipt.reference) == (Outcome.ACCEPTED, "bo")


def test_file_takes_the_slot_whose_reference_is_its_name(teacher: User) -> None:
    batch = register(teacher, None, essay_ids=["alva", "åsa"])

    receipt = hand_in(batch, essay_file("A\u030asa.txt"))  # as macOS spells Å

    assert receipt.reference == "åsa"


def test_file_takes_the_failed_slot_whose_file_had_its_name(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 3)
    hand_in(batch, broken_file("bo.pdf"))
    hand_in(batch, broken_file("cim.pdf"))
    drain()

    receipt = hand_in(batch, essay_file("cim.pdf"))

    assert receipt.reference == "essay-02"


def test_file_takes_the_first_free_slot_otherwise(teacher: User) -> None:
    batch = register(teacher, 2)

    receipts = hand_in_good(batch, 2)

    assert [receipt.reference for receipt in receipts] == ["essay-01", "essay-02"]


def test_file_takes_the_only_failed_slot_when_none_is_free(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 1)
    hand_in(batch, broken_file("bo.pdf"))
    drain()

    receipt = hand_in(batch, essay_file("a new one.txt"))

    assert (receipt.outcome, receipt.reference) == (Outcome.ACCEPTED, "essay-02")
    assert batch.uploads.get(original_name="bo.pdf").status == Upload.Status.REMOVED


def test_next_file_of_an_open_batch_never_takes_a_failed_slot(teacher: User, drain: Drain) -> None:
    batch = register(teacher, None)
    hand_in(batch, broken_file("bo.pdf"))
    drain()

    hand_in(batch, essay_file("cim.txt"))

    assert Essay.objects.failed().get(batch=batch).file_name == "bo.pdf"
    assert batch.essays.count() == 2


def test_file_is_one_too_many_when_several_slots_failed_and_is_told_which(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    hand_in(batch, broken_file("alva.pdf"))
    hand_in(batch, broken_file("bo.pdf"))
    drain()

    receipt = hand_in(batch, essay_file("whose is this.txt"))

    assert receipt.outcome == Outcome.EXCESS
    assert [slot.file_name for slot in receipt.replaceable] == ["alva.pdf", "bo.pdf"]


def test_named_essay_that_has_a_file_refuses_another(teacher: User) -> None:
    batch = register(teacher, None, essay_ids=["alva", "bo"])
    hand_in(batch, essay_file("one.txt"), reference="alva")

    receipt = hand_in(batch, essay_file("two.txt"), reference="alva")

    assert (receipt.outcome, receipt.code) == (Outcome.REFUSED, "slot_taken")


def test_named_essay_of_another_batch_is_unknown(teacher: User) -> None:
    batch, other = register(teacher, 1), register(teacher, 1)

    receipt = hand_in(batch, essay_file("one.txt"), essay_id=other.essays.get().pk)

    assert (receipt.outcome, receipt.code) == (Outcome.REFUSED, "unknown_essay")


def test_file_of_an_absent_pupil_takes_the_pupils_slot(teacher: User) -> None:
    batch = register(teacher, None, essay_ids=["alva", "bo"])
    batch.essays.filter(reference="bo").update(status=Essay.Status.ABSENT)

    receipt = hand_in(batch, essay_file("bo.txt"))

    assert (receipt.outcome, receipt.reference) == (Outcome.ACCEPTED, "bo")
