"""The honest count, and the moment when a batch has what it waits for.

Both are read from the slots, under the batch's lock, after every change of them: never counted in
another transaction, never kept beside the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from batches import flow as batches
from batches.models import Batch
from events.bus import publish
from events.topics import (
    BatchContentProvisioningCompleted,
    BatchEssaysReady,
    BatchValidationErrors,
    DomainText,
)
from lifecycle.models import Essay

FOLLOWS_THE_COUNT = frozenset(
    {Batch.Status.AWAITING_CONTENT_VALIDATION, Batch.Status.READY_FOR_PIPELINE_EXECUTION}
)
WENT_ON = frozenset(
    {
        Batch.Status.PROCESSING_PIPELINES,
        Batch.Status.COMPLETED_SUCCESSFULLY,
        Batch.Status.COMPLETED_WITH_FAILURES,
        Batch.Status.FAILED_CRITICALLY,
    }
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many slots of a batch stand where. hindered: those of `ingesting` that wait for what
    nobody knows when it comes, such as a storage that does not answer."""

    awaiting: int = 0
    ingesting: int = 0
    ready: int = 0
    failed: int = 0
    absent: int = 0
    hindered: int = 0

    @property
    def slots(self) -> int:
        return self.awaiting + self.ingesting + self.ready + self.failed + self.absent

    @property
    def expected(self) -> int:
        """Essays that are still hoped for: every slot whose pupil is not absent."""
        return self.slots - self.absent

    @property
    def is_complete(self) -> bool:
        """Nothing more is on its way."""
        return self.slots > 0 and self.awaiting == 0 and self.ingesting == 0


def count(batch: Batch) -> Counts:
    return counts_of([batch.pk])[batch.pk]


def counts_of(batch_ids: list[UUID]) -> dict[UUID, Counts]:
    """The counts of many batches in one query."""
    rows = (
        Essay.objects.filter(batch__in=batch_ids)
        .order_by()
        .values_list("batch_id", "status")
        .annotate(n=Count("pk"), with_code=Count("pk", filter=~Q(failure_code="")))
    )
    by_batch: dict[UUID, dict[str, tuple[int, int]]] = {batch_id: {} for batch_id in batch_ids}
    for batch_id, status, *numbers in rows:
        by_batch[batch_id][status] = tuple(numbers)
    return {batch_id: _counts_from(statuses) for batch_id, statuses in by_batch.items()}


def _counts_from(by_status: Mapping[str, tuple[int, int]]) -> Counts:
    """by_status: how many essays, and how many of them have a failure code."""
    status, none = Essay.Status, (0, 0)
    ingesting, hindered = by_status.get(status.CONTENT_INGESTING, none)
    return Counts(
        awaiting=by_status.get(status.AWAITING_CONTENT, none)[0],
        ingesting=ingesting,
        ready=by_status.get(status.READY_FOR_PROCESSING, none)[0],
        failed=by_status.get(status.CONTENT_INGESTION_FAILED, none)[0],
        absent=by_status.get(status.ABSENT, none)[0],
        hindered=hindered,
    )


def evaluate(batch: Batch) -> Counts:
    """Let the locked batch follow its count: ready, failed or waiting again. Returns the counts.

    Until a run starts the batch follows the count; afterwards only runs move it. One exception: a
    batch none of whose files could be read waits again as soon as a file is on its way.
    """
    counts = count(batch)
    status = Batch.Status(batch.status)
    if status == Batch.Status.FAILED_CRITICALLY and counts.ready == 0 and not counts.is_complete:
        batches.move(batch, Batch.Status.AWAITING_CONTENT_VALIDATION, completed_at=None)
    elif status in FOLLOWS_THE_COUNT:
        _follow(batch, counts)
    return counts


def _follow(batch: Batch, counts: Counts) -> None:
    is_complete = counts.is_complete and not batch.is_open
    if counts.ready and (is_complete or _goes_on_without_the_rest(batch, counts)):
        become_ready(batch, counts)
    elif is_complete and counts.ready == 0:
        _fail(batch, counts)
    elif batch.status == Batch.Status.READY_FOR_PIPELINE_EXECUTION:
        batches.move(batch, Batch.Status.AWAITING_CONTENT_VALIDATION, ready_at=None)


def _goes_on_without_the_rest(batch: Batch, counts: Counts) -> bool:
    """The time is over and enough essays are ready; never while a file is being read, unless it is
    hindered."""
    if batch.readiness_timed_out_at is None or not counts.expected:
        return False
    if counts.ingesting > counts.hindered:
        return False
    return counts.ready / counts.expected >= batch.partial_batch_threshold


def become_ready(batch: Batch, counts: Counts) -> None:
    """Through this door a batch goes on: once per completion, with the essays that are ready."""
    if batch.status == Batch.Status.READY_FOR_PIPELINE_EXECUTION:
        return
    batches.move(batch, Batch.Status.READY_FOR_PIPELINE_EXECUTION, ready_at=timezone.now())
    ready = batch.essays.ready().order_by("position").values_list("pk", "current_text_id")
    _announce_completion(batch, counts)
    publish(
        BatchEssaysReady(
            batch_id=batch.pk,
            ready_essays=tuple(DomainText(pk, text_id) for pk, text_id in ready if text_id),
        ),
        correlation_id=batch.correlation_id,
    )


def _fail(batch: Batch, counts: Counts) -> None:
    """No essay of the batch could be read: it ends here, and says why."""
    batches.move(batch, Batch.Status.FAILED_CRITICALLY, ready_at=None, completed_at=timezone.now())
    failed = dict(batch.essays.failed().order_by("position").values_list("pk", "failure_code"))
    _announce_completion(batch, counts)
    publish(
        BatchValidationErrors(
            batch_id=batch.pk,
            failed_essay_ids=tuple(failed),
            error_categories=dict(Counter(failed.values())),
        ),
        correlation_id=batch.correlation_id,
    )


def _announce_completion(batch: Batch, counts: Counts) -> None:
    publish(
        BatchContentProvisioningCompleted(
            batch_id=batch.pk, provisioned_count=counts.ready, expected_count=counts.expected
        ),
        correlation_id=batch.correlation_id,
    )
