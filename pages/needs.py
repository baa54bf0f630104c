"""What a batch needs from its teacher, as sentences; and the word for what it is doing now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from batches.models import Batch
from pages import words
from pages.states import Standing, State

_S = Batch.Status
ENDED = frozenset(
    {_S.COMPLETED_SUCCESSFULLY, _S.COMPLETED_WITH_FAILURES, _S.FAILED_CRITICALLY, _S.CANCELLED}
)


def needs(batch: Batch, standing: Standing, *, at: datetime | None = None) -> list[str]:
    """One sentence for each thing that goes no further without the teacher."""
    if batch.status == _S.CANCELLED:
        return []
    return [*_about_files(standing), *_about_batch(batch, standing, at or timezone.now())]


def _about_files(standing: Standing) -> Iterator[str]:
    for code, n in sorted(standing.codes.items()):
        yield _("%(what)s.") % {"what": words.summary(code, n)}
    if n := standing.n_unchecked:
        yield ngettext(
            "The check failed for %(n)d essay.", "The check failed for %(n)d essays.", n
        ) % {"n": n}
    if n := standing.n_excess:
        yield ngettext(
            "%(n)d file is one too many.", "%(n)d files are more than you expect.", n
        ) % {"n": n}


def _about_batch(batch: Batch, standing: Standing, at: datetime) -> Iterator[str]:
    waits = batch.status == _S.AWAITING_CONTENT_VALIDATION
    if waits and batch.readiness_timed_out_at and standing.n_missing and standing.n_ready:
        n = standing.n_missing
        yield ngettext(
            "%(n)d essay has not come. Start without it, or wait.",
            "%(n)d essays have not come. Start without them, or wait.",
            n,
        ) % {"n": n}
    if waits and batch.is_open and standing.n_slots and _is_old(batch, at):
        yield _("Are all files in? Then say so, and the check begins.")
    if batch.status == _S.READY_FOR_PIPELINE_EXECUTION and not batch.auto_start:
        if standing.n_missing or standing.n_reading or standing.n_unreadable:
            yield _("Start the check with what is here, when you like.")
        else:
            yield _("Everything is read. Start the check when you like.")
    if batch.status in ENDED and not batch.auto_start and (n := standing.count(State.READ)):
        yield ngettext(
            "%(n)d essay is not checked. Check the rest when you like.",
            "%(n)d essays are not checked. Check the rest when you like.",
            n,
        ) % {"n": n}


def _is_old(batch: Batch, at: datetime) -> bool:
    return at - batch.registered_at > timedelta(seconds=batch.timeout_seconds)


def doing(batch: Batch, standing: Standing) -> str:
    """What happens in a batch at this moment, in a few words."""
    if batch.status == _S.PROCESSING_PIPELINES:
        return _("Checking language")
    if standing.n_reading:
        return _("Reading text")
    if batch.status == _S.READY_FOR_PIPELINE_EXECUTION:
        return _("Ready to be checked")
    if batch.status == _S.AWAITING_CONTENT_VALIDATION:
        return _("Waiting for more files") if batch.is_open else _("Waiting for essays")
    return str(_S(batch.status).label)
