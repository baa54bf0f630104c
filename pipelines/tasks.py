"""The work that news from the lower floors causes."""

from __future__ import annotations

from uuid import UUID

from batches.flow import locked
from pipelines import flow, outcomes


def start_if_automatic(batch_id: UUID) -> None:
    flow.start_if_automatic(batch_id)


def pick_up_late_essays(batch_id: UUID) -> None:
    flow.pick_up_late_essays(batch_id)


def settle(batch_id: UUID) -> None:
    with locked(batch_id) as batch:
        if batch is not None:
            outcomes.settle(batch)
