"""Which news start a pipeline, or change how one has ended.

Receivers only enqueue, so a fault up here undoes nothing below.
"""

from __future__ import annotations

from events.bus import subscribe
from events.topics import (
    BatchEssaysReady,
    BatchExpectationChanged,
    DomainEvent,
    EssayContentRemoved,
    EssayMarkedAbsent,
    EssayValidationFailed,
    LateEssayReady,
)
from jobs.queue import enqueue


@subscribe(BatchEssaysReady)
def start_requested_pipeline(event: BatchEssaysReady) -> None:
    enqueue("pipelines.tasks.start_if_automatic", event.batch_id)


@subscribe(LateEssayReady)
def pick_up_late_essay(event: LateEssayReady) -> None:
    enqueue("pipelines.tasks.pick_up_late_essays", event.batch_id)


def settle_what_has_ended(event: DomainEvent) -> None:
    enqueue("pipelines.tasks.settle", event.batch_id)


CHANGE_AN_OUTCOME: tuple[type[DomainEvent], ...] = (
    BatchExpectationChanged,
    EssayContentRemoved,
    EssayMarkedAbsent,
    EssayValidationFailed,
)
for changed in CHANGE_AN_OUTCOME:
    subscribe(changed)(settle_what_has_ended)
