"""A batch's status as clients read it: honest counts, how far its run is, and why things failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count
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
    return {
        "batch_id": batch.pk,
        "batch_context": batch,
        "status": batch.client_status,
        "counts": counts_of([batch])[batch.pk],
        "pipeline_state": {
            "requested_pipeline": batch.requested_pipeline,
            "run": run,
            "phases": progress.phases_of(run) if run else [],
            "estimated_seconds_left": seconds_left(batch),
        },
        "failures": failures_of(batch),
    }


def seconds_left(batch: Batch) -> int | None:
    """The estimate; none while scans are read, which take as long as their pages are hard."""
    if batch.uploads.filter(status=Upload.Status.RECEIVED, pages_done__isnull=False).exists():
        return None
    return estimate.seconds_left(batch)


def failures_of(batch: Batch) -> list[dict[str, Any]]:
    """Why essays of the batch failed, the most frequent reason first."""
    essays: defaultdict[tuple[str, str], list[UUID]] = defaultdict(list)
    details: dict[tuple[str, str], str] = {}
    for stage, code, detail, essay_id in (*_unreadable(batch), *_unchecked(batch)):
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


def _unreadable(batch: Batch) -> Iterator[tuple[str, str, str, UUID]]:
    """(stage, code, detail, essay id) of the files that could not be read."""
    failed = batch.uploads.filter(status=Upload.Status.FAILED, essay__isnull=False)
    rows = failed.order_by("essay__position").values_list(
        "failure_code", "failure_detail", "essay_id"
    )
    for code, detail, essay_id in rows:
        if essay_id:
            yield "content", code, advice.of_failure(code, detail), essay_id


def _unchecked(batch: Batch) -> Iterator[tuple[str, str, str, UUID]]:
    """The same of the phases that failed on a current text."""
    texts = batch.essays.filter(status=Essay.Status.READY_FOR_PROCESSING).order_by("position")
    essays = {text_id: pk for pk, text_id in texts.values_list("pk", "current_text_id") if text_id}
    steps = progress.steps_of(list(essays))
    for text_id, essay_id in essays.items():
        for step in steps[text_id]:
            if step.status == EssayPhase.Status.FAILED:
                yield step.phase_run.phase, step.failure_code, _(step.failure_detail), essay_id
