"""Which slot does a file take? The order of the rules is the contract (docs/architecture.md)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from uuid import UUID

from batches.models import Batch
from lifecycle.models import Essay

TAKEABLE = frozenset(
    {Essay.Status.AWAITING_CONTENT, Essay.Status.CONTENT_INGESTION_FAILED, Essay.Status.ABSENT}
)


class SlotTaken(Exception):
    """The essay that was named beside a file has a file already."""


class UnknownEssay(Exception):
    """No essay of the batch has the id or the reference that was named beside a file."""


def takeable(batch: Batch) -> list[Essay]:
    """The slots that a file may take, in their order."""
    return list(batch.essays.filter(status__in=TAKEABLE))


def choose(
    batch: Batch,
    slots: Sequence[Essay],
    *,
    file_name: str,
    essay_id: UUID | None = None,
    reference: str = "",
) -> Essay | None:
    """The slot for a file; None when it is one too many. The batch is locked. slots: `takeable`.

    In this order: the essay named beside it; a reference equal to the file name's stem; a failed
    slot whose file had the same name; a free slot; in a batch with an expected count, the failed
    slot when exactly one is left and nothing else.
    Raises UnknownEssay or SlotTaken for a named essay.
    """
    if essay_id or reference:
        return _named(batch, slots, essay_id, reference)
    stem, name = _folded(PurePath(file_name).stem), _folded(file_name)
    failed = [slot for slot in slots if slot.status == Essay.Status.CONTENT_INGESTION_FAILED]
    free = [slot for slot in slots if slot.status == Essay.Status.AWAITING_CONTENT]
    return (
        _first(slot for slot in slots if _folded(slot.reference) == stem)
        or _first(slot for slot in failed if _folded(slot.file_name) == name)
        or _first(free)
        or (None if batch.is_open else _only(failed))  # an open batch makes a slot instead
    )


def _named(batch: Batch, slots: Sequence[Essay], essay_id: UUID | None, reference: str) -> Essay:
    column, value = ("pk", essay_id) if essay_id else ("reference", reference)
    essay = _first(slot for slot in slots if getattr(slot, column) == value)
    if essay is not None:
        return essay
    if batch.essays.filter(**{column: value}).exists():
        raise SlotTaken
    raise UnknownEssay


def _first(slots: Iterable[Essay]) -> Essay | None:
    return next(iter(slots), None)


def _only(slots: Sequence[Essay]) -> Essay | None:
    return slots[0] if len(slots) == 1 else None


def _folded(name: str) -> str:
    """A name as people compare it: accents composed (macOS sends them apart), case ignored."""
    return unicodedata.normalize("NFC", name).casefold().strip()
