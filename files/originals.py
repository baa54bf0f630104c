"""The bytes that a pupil handed in, for a person: never before a virus scanner let them pass.

Where CLAMD_URL names a scanner, everything that leaves through here was looked at once: when it was
read, beside a batch (`files.sweeps`), or now.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from batches import flow as batches
from batches.errors import Conflict
from content import store
from content.models import StoredContent
from files import advice, reading
from files.extraction import ADVICE, ExtractionFailed, FailureCode
from files.extraction.advice import WarningCode
from files.models import Upload
from files.virus_scan import ScannerUnavailable, scan

Status = Upload.Status


def read(content: StoredContent) -> bytes:
    """The bytes as they were handed in.

    Raises what `content.store.read` raises, and Conflict: "infected", then they are kept no more;
    "scanner_unavailable", then another try may succeed; "too_large" for the scanner.
    """
    data = store.read(content)
    try:
        clear(content, data)
    except ScannerUnavailable as error:
        code = FailureCode.SCANNER_UNAVAILABLE
        raise Conflict(code, advice.of_failure(code)) from error
    except ExtractionFailed as failure:
        if failure.code == FailureCode.INFECTED:
            throw_away(content)
        raise Conflict(failure.code, advice.of_failure(failure.code)) from failure
    return data


def clear(content: StoredContent, data: bytes) -> None:
    """Let the scanner, where there is one, look at the bytes once; it is remembered.

    Raises ExtractionFailed, infected or too_large, and ScannerUnavailable.
    """
    if settings.CLAMD_URL and content.scanned_at is None:
        scan(data, url=settings.CLAMD_URL, timeout_s=settings.CLAMD_TIMEOUT_S)
        store.note_scanned(content)


def throw_away(content: StoredContent) -> None:
    """The bytes are infected: they are deleted, and their upload, if any, says so."""
    upload = Upload.objects.filter(raw=content).first()
    if upload is None:
        with transaction.atomic():
            store.discard([content])
        return
    with batches.locked(upload.batch_id) as batch:
        mine = Upload.objects.select_related("essay", "raw").filter(pk=upload.pk, raw=content)
        upload = mine.first()
        if batch is None or upload is None:
            return
        if upload.status == Status.RECEIVED:
            reading.fail(batch, upload, ExtractionFailed(FailureCode.INFECTED))
            return
        if upload.status == Status.EXTRACTED:
            mine.update(raw=None, warnings=[*upload.warnings, WarningCode.INFECTED])
        else:
            code = FailureCode.INFECTED
            mine.update(raw=None, failure_code=code, failure_detail=ADVICE[code])
        store.discard([content])
