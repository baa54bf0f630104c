"""The making of an export, as the worker runs it."""

from __future__ import annotations

from content.store import StorageUnavailable
from exports import flow, making
from exports.models import Export
from jobs.attempts import Hindered, attempted


@attempted(begin=flow.begin, take_back=flow.take_back, gave_up=flow.give_up)
def make_export(export: Export) -> None:
    try:
        making.make(export)
    except StorageUnavailable as error:
        raise Hindered("storage_unavailable") from error
