"""The making of an export, as the worker runs it."""

from __future__ import annotations

import logging

from content.store import StorageUnavailable
from exports import flow, making
from exports.models import Export
from jobs.attempts import attempted

logger = logging.getLogger(__name__)


@attempted(begin=flow.begin, take_back=flow.take_back, gave_up=flow.give_up)
def make_export(export: Export) -> None:
    try:
        making.make(export)
    except StorageUnavailable:
        logger.warning("export %s waits for the storage", export.pk)
        flow.postpone(export)
