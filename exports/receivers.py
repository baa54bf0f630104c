"""What the exports do about news of the floors below."""

from __future__ import annotations

from events.bus import subscribe
from events.topics import BatchErased
from exports import flow
from exports.models import Export


@subscribe(BatchErased)
def erase_exports(event: BatchErased) -> None:
    """A subscriber that writes: the transaction that deletes pupils' texts deletes copies too.

    If these cannot be deleted, the batch must not seem to be.
    """
    flow.remove(Export.objects.filter(batch=event.batch_id))
