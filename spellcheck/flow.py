"""Checking a text, keeping what was found, and what the teacher decides about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict, IllegalMove
from batches.models import Batch
from jobs.attempts import Done
from pipelines import steps
from pipelines.models import EssayPhase
from spellcheck import engine, languages, results, tokens, verdicts
from spellcheck.models import NEXT, KnownWord, Misspelling
from spellcheck.results import MAX_WORD_CHARS, Checked
from spellcheck.verdicts import Seen

Decision = Misspelling.Decision


def known_words(batch: Batch) -> list[str]:
    """The words that this batch or its teacher has declared right, in the batch's language."""
    words = KnownWord.objects.right_in(batch).values_list("word", flat=True)
    return sorted(set(words))


_asked: ContextVar[dict[UUID, list[str]] | None] = ContextVar("asked", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """`check` asks once for the known words of a batch, not for each of its texts."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def check(step: EssayPhase) -> Checked:
    """What is misspelt in the text of a step."""
    batch = step.phase_run.run.batch
    asked = _asked.get()
    asked = {} if asked is None else asked
    words = asked[batch.pk] if batch.pk in asked else known_words(batch)
    asked[batch.pk] = words
    report = engine.check(step.text.body, language=batch.language, known_words=words)
    other = languages.other_than(batch.language, tokens.counted(step.text.body))
    return Checked(report, other)


def store(ended: Sequence[Done[EssayPhase, Checked]]) -> None:
    """Store what was found in texts of one batch."""
    with steps.succeeding(ended) as wanted:
        results.store_all(wanted)


# --- the teacher decides ----------------------------------------------------------------------
def accept(
    mark: Misspelling, replacement: str, *, by: User, seen: Seen | None = None
) -> Misspelling:
    """Accept a suggestion or a correction of one's own.

    Raises Conflict: the correction is empty or too long, the text is not current any more, or the
    mark is not as it was `seen`.
    """
    replacement = correction(replacement)
    return _decide(mark, Decision.ACCEPTED, replacement, by=by, seen=seen)


def ignore(mark: Misspelling, *, by: User, seen: Seen | None = None) -> Misspelling:
    """Not an error here. Raises Conflict as `accept`."""
    return _decide(mark, Decision.IGNORED, "", by=by, seen=seen)


def undo(mark: Misspelling, *, by: User, seen: Seen | None = None) -> Misspelling:
    """The mark is open again, whatever was decided about it. Raises Conflict as `accept`."""
    with batches.held(batch_id_of(mark)):
        current = now(mark, Decision.OPEN, by=by, seen=seen)
        verdicts.open_again(current, by=by)
        return Misspelling.objects.select_related("decided_by").get(pk=mark.pk)


def correction(replacement: str) -> str:
    """A correction as it is kept. Raises Conflict."""
    replacement = replacement.strip()
    if not 0 < len(replacement) <= MAX_WORD_CHARS:
        raise Conflict("no_replacement", _("Write the correction, at most 200 characters."))
    return replacement


def _decide(
    mark: Misspelling,
    decision: Misspelling.Decision,
    replacement: str,
    *,
    by: User,
    seen: Seen | None,
) -> Misspelling:
    with batches.held(batch_id_of(mark)) as batch:
        current = now(mark, decision, by=by, seen=seen)
        verdicts.record(
            batch, [mark.pk], decision=decision, word=current.word, replacement=replacement, by=by
        )
        return Misspelling.objects.select_related("decided_by").get(pk=mark.pk)


def now(
    mark: Misspelling, target: Misspelling.Decision, *, by: User, seen: Seen | None
) -> Misspelling:
    """The mark as it is now, under its batch's lock, on its way to a decision. Raises Conflict."""
    rows = Misspelling.objects.filter(
        pk=mark.pk, result__text__essay__current_text=F("result__text")
    )
    current = rows.select_related("decided_by").first()
    if current is None:
        raise Conflict("text_checked_again", _("The text has been checked again. Reload it."))
    verdicts.refuse_unseen(current, seen, by=by)
    source = Decision(current.decision)
    if target not in NEXT[source]:
        raise IllegalMove(_("mark"), source.label, target.label)
    return current


def batch_id_of(mark: Misspelling) -> UUID:
    """Raises Conflict when the mark is gone."""
    ids = Misspelling.objects.filter(pk=mark.pk)
    batch_id = ids.values_list("result__text__essay__batch_id", flat=True).first()
    if batch_id is None:
        raise Conflict("text_checked_again", _("The text has been checked again. Reload it."))
    return batch_id


def corrected(body: str, misspellings: Sequence[Misspelling]) -> str:
    """The text with the accepted corrections in place; the stored text stays as it is."""
    parts: list[str] = []
    end = 0
    for item in sorted(misspellings, key=lambda m: m.start):
        if item.decision == Decision.ACCEPTED and item.start >= end:
            parts += [body[end : item.start], item.replacement]
            end = item.start + item.length
    return "".join([*parts, body[end:]])
