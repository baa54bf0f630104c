"""A batch that has been checked, and what tests do with its marks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from batches.models import Batch
from spellcheck.models import Misspelling
from tests.essays import essay_file, hand_in, register

Check = Callable[..., Batch]


@pytest.fixture
def check(teacher: User, drain: Callable[[], int]) -> Check:
    """`check(text, ...)`: a batch of these texts, in this order, read and checked."""

    def check(*texts: str, owner: User | None = None) -> Batch:
        batch = register(owner or teacher, len(texts))
        for n, text in enumerate(texts, start=1):
            hand_in(batch, essay_file(f"{n}.txt", text))
        drain()
        return batch

    return check


def marks_of(batch: Batch) -> list[Misspelling]:
    """The marks of the batch's current texts, essay by essay."""
    current = batch.essays.values("current_text")
    marks = Misspelling.objects.filter(result__text__in=current)
    return list(marks.order_by("result__text__essay__position", "start"))


def decisions(batch: Batch) -> list[tuple[str, str, str]]:
    """(word, decision, replacement) of each mark, essay by essay."""
    return [(mark.word, mark.decision, mark.replacement) for mark in marks_of(batch)]
