"""A class with decisions of each kind, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from batches.models import Batch
from content import store
from exports import flow
from exports.models import Export
from pipelines import flow as pipelines
from spellcheck import flow as spellcheck
from spellcheck.models import Misspelling
from tests.essays import essay_file, fresh, hand_in, register

TEXT = "I like my school becouse we learn.\n\nIt is intresting, and I recieve many freinds there."

Drain = Callable[..., int]


@pytest.fixture
def class_of_three(teacher: User, drain: Drain) -> Batch:
    """Two essays of four marks each, and one that nobody handed in.

    Of Åsa's marks one is accepted, one ignored, and two are open; of Bo's nothing is decided.
    """
    User.objects.filter(pk=teacher.pk).update(name="Karin Ek")
    teacher.refresh_from_db()
    batch = register(teacher, 3, title="A place I know", class_designation="9C", auto_start=False)
    hand_in(batch, essay_file("Bo.txt", TEXT))
    hand_in(batch, essay_file("Åsa Öberg.txt", f"{TEXT} By me."))
    drain()
    pipelines.start(batch.pk, "spellcheck", by=teacher)
    drain()
    spellcheck.accept(mark(batch, "becouse"), "because", by=teacher)
    spellcheck.ignore(mark(batch, "intresting"), by=teacher)
    return fresh(batch)


def mark(batch: Batch, word: str, name: str = "Åsa Öberg.txt") -> Misspelling:
    of_essay = Misspelling.objects.filter(result__text__essay__batch=batch)
    return of_essay.get(result__text__essay__file_name=name, word=word)


def ask(batch: Batch, kind: str = "zip", language: str = "en") -> Export:
    return flow.ask(batch.pk, kind, language=language, by=batch.owner)


def now(export: Export) -> Export:
    """The export as the database has it now."""
    return Export.objects.select_related("content").get(pk=export.pk)


def bytes_of(export: Export) -> bytes:
    content = now(export).content
    assert content is not None
    return store.read(content)
