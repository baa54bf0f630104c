"""Decisions about a word wherever it stands: right in this class, right always, corrected alike."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from batches import flow as batches
from batches.models import Batch
from spellcheck import flow, tokens
from spellcheck.models import KnownWord, Misspelling

Decision = Misspelling.Decision


def others(mark: Misspelling) -> QuerySet[Misspelling]:
    """The open marks of the same word in the current texts of the mark's batch, itself left out."""
    return Misspelling.objects.filter(
        result__text__essay__batch=mark.result.text.essay.batch_id,
        result__text__essay__current_text=F("result__text"),
        word=mark.word,
        decision=Decision.OPEN,
    ).exclude(pk=mark.pk)


def accept_all(mark: Misspelling, replacement: str, *, by: User) -> int:
    """Accept one correction for a mark and for every open mark of the same word in the batch.

    Returns how many marks. Raises Conflict as `flow.accept`.
    """
    accepted = flow.accept(mark, replacement, by=by)
    with batches.held(_batch(mark).pk):
        return 1 + others(mark).update(
            decision=Decision.ACCEPTED,
            replacement=accepted.replacement,
            decided_by=by,
            decided_at=timezone.now(),
        )


def declare_right(mark: Misspelling, *, always: bool, by: User) -> int:
    """The word of a mark is right: in its batch, or in all of the teacher's batches from now on.

    Its open marks in the batch are ignored. Returns how many marks.
    """
    batch = _batch(mark)
    scope = {"owner": batch.owner, "batch": None} if always else {"owner": None, "batch": batch}
    with batches.held(batch.pk):
        KnownWord.objects.get_or_create(
            **scope, language=batch.language, word=tokens.normal(mark.word).lower()
        )
        same = others(mark) | Misspelling.objects.filter(pk=mark.pk)
        pks = list(same.values_list("pk", flat=True))
        return Misspelling.objects.filter(pk__in=pks).update(
            decision=Decision.IGNORED, replacement="", decided_by=by, decided_at=timezone.now()
        )


def forget(word_id: int, *, owner: User) -> None:
    """Take a word off a list again; marks that were ignored because of it stay ignored."""
    word = KnownWord.objects.filter(pk=word_id).select_related("batch").first()
    if word is None or owner.pk not in (word.owner_id, word.batch.owner_id if word.batch else None):
        return
    if word.batch is None:
        word.delete()
        return
    with batches.held(word.batch.pk):
        word.delete()


def known_to(user: User) -> QuerySet[KnownWord]:
    """Every word that the teacher has declared right, always or in one batch."""
    visible = Batch.objects.visible_to(user)
    mine = KnownWord.objects.filter(owner=user) | KnownWord.objects.filter(batch__in=visible)
    return mine.select_related("batch").order_by("word", "pk")


def _batch(mark: Misspelling) -> Batch:
    return Batch.objects.get(pk=_batch_id(mark))


def _batch_id(mark: Misspelling) -> UUID:
    return mark.result.text.essay.batch_id
