"""Checking a text, keeping what was found, and what the teacher decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict, IllegalMove
from batches.models import Batch
from events.bus import publish
from events.topics import EssaySpellcheckCompleted
from lifecycle.models import EssayText
from pipelines import steps
from pipelines.models import EssayPhase
from spellcheck import engine
from spellcheck.models import NEXT, KnownWord, Misspelling, SpellcheckResult

Decision = Misspelling.Decision

MAX_WORD_CHARS = 200  # longer runs of letters are no words; they are left out of the result


def known_words(batch: Batch) -> list[str]:
    """The words that this batch or its teacher has declared right, in the batch's language."""
    mine = Q(owner=batch.owner_id) | Q(batch=batch)
    words = KnownWord.objects.filter(mine, language=batch.language)
    return sorted(set(words.values_list("word", flat=True)))


def check(step: EssayPhase) -> None:
    """Check the text of a step and store what was found."""
    batch = step.phase_run.run.batch
    began = perf_counter()
    report = engine.check(step.text.body, language=batch.language, known_words=known_words(batch))
    processing_ms = round(1000 * (perf_counter() - began))
    with steps.succeeding(step, processing_ms=processing_ms) as is_wanted:
        if is_wanted:
            _store(batch, step.text, report, processing_ms)


def _store(batch: Batch, text: EssayText, report: engine.SpellReport, processing_ms: int) -> None:
    """Write the text's result, under the batch's lock; a text is checked once."""
    found = [item for item in report.misspellings if item.length <= MAX_WORD_CHARS]
    result = SpellcheckResult.objects.create(
        text=text,
        language=report.language,
        word_count=text.word_count,  # counted once, by the rule of lifecycle/words.py
        flagged_count=len(found),
        engine=report.engine,
        processing_ms=processing_ms,
    )
    Misspelling.objects.bulk_create(
        Misspelling(
            result=result,
            start=item.start,
            length=item.length,
            word=item.word,
            suggestions=list(item.suggestions),
            kind=item.kind,
        )
        for item in found
    )
    publish(
        EssaySpellcheckCompleted(
            batch_id=batch.pk,
            essay_id=text.essay_id,
            text_id=text.pk,
            word_count=text.word_count,
            flagged_count=len(found),
        ),
        correlation_id=batch.correlation_id,
    )


# --- the teacher decides ----------------------------------------------------------------------
def accept(misspelling: Misspelling, replacement: str, *, by: User) -> Misspelling:
    """Accept a suggestion or a correction of one's own. Raises Conflict for an empty one."""
    replacement = replacement.strip()
    if not 0 < len(replacement) <= MAX_WORD_CHARS:
        raise Conflict("no_replacement", _("Write the correction, at most 200 characters."))
    return _decide(misspelling, Decision.ACCEPTED, replacement, by)


def ignore(misspelling: Misspelling, *, by: User) -> Misspelling:
    """Not an error here."""
    return _decide(misspelling, Decision.IGNORED, "", by)


def undo(misspelling: Misspelling, *, by: User) -> Misspelling:
    """Take a decision back."""
    return _decide(misspelling, Decision.OPEN, "", by)


def _decide(
    misspelling: Misspelling, decision: Decision, replacement: str, by: User
) -> Misspelling:
    with batches.held(_batch_id(misspelling)):
        current = Misspelling.objects.filter(pk=misspelling.pk).first()
        if current is None:
            raise Conflict("text_checked_again", _("The text has been checked again. Reload it."))
        source = Decision(current.decision)
        if decision not in NEXT[source]:
            raise IllegalMove(_("mark"), source.label, decision.label)
        current.decision, current.replacement = decision, replacement
        current.decided_by = by if decision != Decision.OPEN else None
        current.decided_at = timezone.now() if decision != Decision.OPEN else None
        Misspelling.objects.filter(pk=current.pk).update(
            decision=current.decision,
            replacement=current.replacement,
            decided_by=current.decided_by,
            decided_at=current.decided_at,
        )
    return current


def _batch_id(misspelling: Misspelling) -> UUID:
    ids = Misspelling.objects.filter(pk=misspelling.pk)
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
