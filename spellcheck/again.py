"""Texts are checked again: after a correction by hand, a change of a word list, an update."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from pipelines import flow as pipelines
from pipelines import steps, work
from spellcheck.models import SpellcheckResult

PHASE = "spellcheck"


def check_again(batch_id: UUID, *, by: User, essay_ids: Collection[UUID] | None = None) -> int:
    """Check the current texts of a batch, or of some of its essays, once more; decisions stay.

    A check of them that is under way begins anew. Returns how many texts. Raises Conflict: the
    batch is cancelled, or no essay has a text.
    """
    with batches.held(batch_id) as batch:
        if batch.status == Batch.Status.CANCELLED:
            raise Conflict("batch_cancelled", _("This batch is cancelled. Reopen it first."))
        texts = work.current_texts(batch, essay_ids)
        if not texts:
            raise Conflict("nothing_to_do", _("No essay here has a text that could be checked."))
        SpellcheckResult.objects.filter(text__in=texts).update(asked_again_at=timezone.now())
        steps.begin_anew(batch, PHASE, list(texts))
        pipelines.ask_for(batch, list(texts))
        pipelines.top_up(batch, by=by, pipeline=PHASE, essay_ids=essay_ids, retry_failed=True)
    return len(texts)


def outdated(text_ids: Collection[int]) -> set[int]:
    """Those of the texts whose result does not count any more: it was asked for again."""
    asked = SpellcheckResult.objects.filter(text__in=text_ids, asked_again_at__isnull=False)
    return set(asked.values_list("text", flat=True))


def seen(result: SpellcheckResult, n: int) -> None:
    """The teacher has read which decisions were not kept: the first n. More may have come since."""
    with batches.held(result.text.essay.batch_id):
        for current in SpellcheckResult.objects.filter(pk=result.pk):
            current.not_kept = current.not_kept[n:]
            current.save(update_fields=["not_kept"])
