"""A batch's status as clients read it: honest counts, how far its run is, and why things failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from api.serializers.batches import counts_for_client
from batches.models import Batch
from files import advice
from files.models import Upload
from lifecycle import readiness
from lifecycle.models import Essay
from pipelines import estimate, progress
from pipelines.models import EssayPhase


def counts_of(batches: Sequence[Batch]) -> dict[UUID, dict[str, int | None]]:
    """The counts of many batches, in two queries."""
    ids = [batch.pk for batch in batches]
    counts = readiness.counts_of(ids)
    excess = Upload.objects.filter(batch__in=ids, status=Upload.Status.EXCESS).order_by()
    n_excess = dict(excess.values_list("batch_id").annotate(n=Count("pk")))
    return {
        batch.pk: counts_for_client(batch, counts[batch.pk], n_excess.get(batch.pk, 0))
        for batch in batches
    }


def status_of(batch: Batch) -> dict[str, Any]:
    run = progress.latest_run(batch)
    counts = readiness.count(batch)
    uploads = _uploads_to_tell_of(batch)
    n_excess = sum(upload.status == Upload.Status.EXCESS for upload in uploads)
    reads_long = any(upload.status == Upload.Status.RECEIVED for upload in uploads)
    return {
        "batch_id": batch.pk,
        "batch_context": batch,
        "status": batch.client_status,
        "counts": counts_for_client(batch, counts, n_excess),
        "pipeline_state": {
            "requested_pipeline": batch.requested_pipeline,
            "run": run,
            "phases": progress.phases_of(run) if run else [],
            # Scans take as long as their pages are hard, and who knows how many pages others have.
            "estimated_seconds_left": None if reads_long else estimate.seconds_left(batch, counts),
        },
        "failures": failures_of(batch, uploads),
    }


def _uploads_to_tell_of(batch: Batch) -> Sequence[Upload]:
    """Those that failed, those that found no slot, and those that the long queue reads."""
    status = Upload.Status
    is_long = Q(status=status.RECEIVED, is_long=True)
    told = batch.uploads.filter(Q(status__in=[status.FAILED, status.EXCESS]) | is_long)
    columns = ("status", "failure_code", "failure_detail", "essay")
    return list(told.only(*columns).order_by("essay__position"))


def failures_of(batch: Batch, uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    """Why essays of the batch failed, the most frequent reason first."""
    essays: defaultdict[tuple[str, str], list[UUID]] = defaultdict(list)
    details: dict[tuple[str, str], str] = {}
    for stage, code, detail, essay_id in (*_unreadable(uploads), *_unchecked(batch)):
        essays[stage, code].append(essay_id)
        details.setdefault((stage, code), detail)
    return [
        {
            "stage": stage,
            "code": code,
            "detail": details[stage, code],
            "count": len(ids),
            "essay_ids": ids,
        }
        for (stage, code), ids in sorted(essays.items(), key=lambda item: -len(item[1]))
    ]


def _unreadable(uploads: Sequence[Upload]) -> Iterator[tuple[str, str, str, UUID]]:
    """(stage, code, detail, essay id) of the files that could not be read."""
    for upload in uploads:
        if upload.status == Upload.Status.FAILED and upload.essay_id:
            code = upload.failure_code
            yield "content", code, advice.of_failure(code, upload.failure_detail), upload.essay_id


def _unchecked(batch: Batch) -> Iterator[tuple[str, str, str, UUID]]:
    """The same of the phases that failed on a current text."""
    texts = batch.essays.filter(status=Essay.Status.READY_FOR_PROCESSING).order_by("position")
    failed = EssayPhase.objects.filter(status=EssayPhase.Status.FAILED)
    if not failed.filter(text__in=texts.values("current_text").order_by()).exists():
        return
    essays = {text_id: pk for pk, text_id in texts.values_list("pk", "current_text_id") if text_id}
    steps = progress.steps_of(list(essays))
    for text_id, essay_id in essays.items():
        for step in steps[text_id]:
            if step.status == EssayPhase.Status.FAILED:
                yield step.phase_run.phase, step.failure_code, _(step.failure_detail), essay_id
