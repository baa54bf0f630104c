"""What the essays do about news of the ground floors."""

from __future__ import annotations

from events.bus import subscribe
from events.topics import BatchEssaysRegistered
from lifecycle import flow


@subscribe(BatchEssaysRegistered)
def make_slots(event: BatchEssaysRegistered) -> None:
    """The one subscriber that writes: slots belong to the transaction that registers the batch."""
    flow.make_slots(event.batch_id, event.essay_ids)
