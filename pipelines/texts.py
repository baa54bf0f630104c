"""Texts that a person corrects: a new version, checked as the batch's others were."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from lifecycle import texts
from lifecycle.models import Essay, EssayText
from pipelines import flow, outcomes


def correct(essay_id: UUID, body: str, *, by: User) -> EssayText:
    """Give an essay a text corrected by hand. A run that is active takes it up at its end.

    Raises Conflict: the essay has no text yet, or none would be left, or it is gone.
    """
    gone = Conflict("essay_gone", _("This essay has been deleted."))
    batch_id = Essay.objects.filter(pk=essay_id).values_list("batch_id", flat=True).first()
    if batch_id is None:
        raise gone
    with batches.held(batch_id) as batch:
        essay = batch.essays.filter(pk=essay_id).first()
        if essay is None:
            raise gone
        text = texts.correct(batch, essay, body, by=by)
        is_checked_by_itself = batch.auto_start and batch.runs.exists()
        if not (is_checked_by_itself and flow.top_up(batch, by=by)):
            outcomes.settle(batch)
    return text
