"""Text that comes without a file: it goes through the same door as one."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from files import flow, intake
from files.receipts import Handed, Named, Outcome, Receipt


def as_file(text: str, *, name: str = "") -> Named:
    """The text as the file that it could have been. name: a label, without an ending."""
    label = name or _("Pasted text")
    return Named(f"{label}.txt", io.BytesIO(text.encode()))


def take_in(text: str, *, language: str, by: User) -> tuple[Batch, Receipt]:
    """Register a batch of one essay and hand the text in as its file.

    text: as it was typed. language: en or sv. Raises Conflict when the text could not be stored;
    then no batch is left behind.
    """
    title = _("Pasted text")
    batch = batches.register(owner=by, language=language, expected_essay_count=1, title=title)
    receipt = intake.receive(batch.pk, Handed(as_file(text, name="text")), by=by)
    if receipt.outcome != Outcome.ACCEPTED:
        flow.erase_batch(batch.pk, by=by)
        raise Conflict(receipt.code, receipt.detail)
    return batch, receipt
