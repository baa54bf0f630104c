"""Decisions about a word wherever it stands: right in this batch, right always, corrected alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from spellcheck import flow, tokens, verdicts
from spellcheck.models import KnownWord, Misspelling, Verdict
from spellcheck.verdicts import Seen

MAX_WORD_CHARS = 100  # on a list

Decision, Scope = Misspelling.Decision, Verdict.Scope


def of_current_texts(batch_id: UUID) -> QuerySet[Misspelling]:
    """The marks of a batch as they are seen: those of its essays' current texts."""
    return Misspelling.objects.filter(
        result__text__essay__batch=batch_id,
        result__text__essay__current_text=F("result__text"),
    )


def others(mark: Misspelling) -> QuerySet[Misspelling]:
    """The open marks of the same word in the current texts of the mark's batch, itself left out."""
    marks = of_current_texts(mark.result.text.essay.batch_id).filter(word=mark.word)
    return marks.filter(decision=Decision.OPEN).exclude(pk=mark.pk)


def accept_all(
    mark: Misspelling, replacement: str, *, by: User, seen: Seen | None = None
) -> Verdict:
    """Accept one correction for a mark and for every open mark of the same word in the batch.

    Raises Conflict as `flow.accept`.
    """
    replacement = flow.correction(replacement)
    with batches.held(flow.batch_id_of(mark)) as batch:
        current = flow.now(mark, Decision.ACCEPTED, by=by, seen=seen)
        marks = [current.pk, *others(mark).values_list("pk", flat=True)]
        return _accept(batch, marks, current.word, replacement, by)


def accept_word(batch_id: UUID, word: str, replacement: str, *, by: User) -> Verdict:
    """Accept one correction for every open mark of a word, as it is written. Raises Conflict."""
    replacement = flow.correction(replacement)
    with batches.held(batch_id) as batch:
        marks = of_current_texts(batch_id).filter(word=word, decision=Decision.OPEN)
        ids = list(marks.values_list("pk", flat=True))
        if not ids:
            raise Conflict("not_marked", _("No open mark in this batch is about this word."))
        return _accept(batch, ids, word, replacement, by)


def _accept(batch: Batch, marks: list[int], word: str, replacement: str, by: User) -> Verdict:
    return verdicts.record(
        batch,
        marks,
        decision=Decision.ACCEPTED,
        scope=Scope.BATCH,
        word=word,
        replacement=replacement,
        by=by,
    )


def declare_right(
    mark: Misspelling, *, always: bool, by: User, seen: Seen | None = None
) -> Verdict:
    """The word of a mark is right: in its batch, or in all of the teacher's batches from now on.

    Its open marks in the batch are ignored, in capitals too. Raises Conflict as `flow.ignore`,
    but for a mark that is ignored already.
    """
    with batches.held(flow.batch_id_of(mark)) as batch:
        current = Misspelling.objects.select_related("decided_by").filter(pk=mark.pk).first()
        if current is not None and current.decision == Decision.IGNORED:
            verdicts.refuse_unseen(current, seen, by=by)
        else:
            current = flow.now(mark, Decision.IGNORED, by=by, seen=seen)
        return _right(batch, current.word, {current.pk}, always=always, by=by)


def word_is_right(batch_id: UUID, word: str, *, always: bool, by: User) -> Verdict:
    """The word is right, marked or not; its open marks in the batch are ignored."""
    with batches.held(batch_id) as batch:
        return _right(batch, word, set(), always=always, by=by)


def _right(batch: Batch, word: str, marks: set[int], *, always: bool, by: User) -> Verdict:
    known = as_listed(word)
    if not known:
        raise Conflict("no_word", _("There is no word here."))
    if len(known) > MAX_WORD_CHARS:
        raise Conflict("word_too_long", _("This is too long for a word list. Ignore it instead."))
    scope = {"owner": batch.owner, "batch": None} if always else {"owner": None, "batch": batch}
    entry: dict[str, Any] = {**scope, "language": batch.language, "word": known}
    found, _is_new = KnownWord.objects.get_or_create(**entry)
    # Locked: another batch's undo may take the word off the list at this moment.
    listed = KnownWord.objects.select_for_update().filter(pk=found.pk).first()
    if listed is None:
        listed, _is_new = KnownWord.objects.get_or_create(**entry)
    is_open = of_current_texts(batch.pk).filter(decision=Decision.OPEN)
    same = {pk for pk, written in is_open.values_list("pk", "word") if as_listed(written) == known}
    return verdicts.record(
        batch,
        marks | same,
        decision=Decision.IGNORED,
        scope=Scope.ALWAYS if always else Scope.BATCH,
        word=word,
        known_word=listed,
        by=by,
    )


def as_listed(word: str) -> str:
    """A word as lists keep it: in small letters, straight apostrophes, nothing hidden."""
    return tokens.normal(word).lower()
