"""The work that a file causes."""

from __future__ import annotations

import logging
import time
from uuid import UUID

from django.conf import settings

from content import store
from files import originals, reading, sandbox, sniff
from files.extraction import Extraction, ExtractionFailed, FailureCode, Limits, ocr
from files.extraction.advice import NOT_KEPT
from files.models import Upload
from files.virus_scan import ScannerUnavailable
from jobs.attempts import attempted

logger = logging.getLogger(__name__)

MAY_BE_A_SCAN = (FailureCode.NO_TEXT, FailureCode.UNSUPPORTED_TYPE)


def limits() -> Limits:
    return Limits(
        file_bytes=settings.MAX_UPLOAD_BYTES,
        pages=settings.EXTRACT_MAX_PAGES,
        text_chars=settings.EXTRACT_MAX_TEXT_CHARS,
        memory_bytes=settings.EXTRACT_MEMORY_BYTES,
        wall_s=settings.EXTRACT_TIMEOUT_S,
    )


def start_reader(**_: object) -> None:
    """In a worker, before its first task, of which it may take half of the time."""
    sandbox.start(within_s=settings.Q_CLUSTER["timeout"] / 2)


def _bytes_of(upload: Upload, path: str) -> bytes | None:
    """The file as it was handed in, seen by the virus scanner; None when it cannot be had now or
    ever, which is seen to."""
    if upload.raw is None:
        return None
    try:
        data = store.read(upload.raw)
        originals.clear(upload.raw, data)
        return data
    except ScannerUnavailable:
        logger.warning("upload %s waits for the virus scanner", upload.pk)
        reading.postpone(upload, path, reason=FailureCode.SCANNER_UNAVAILABLE)
    except ExtractionFailed as failure:
        reading.store_failure(upload, failure)
    except store.StorageUnavailable:
        logger.warning("upload %s waits for the storage", upload.pk)
        reading.postpone(upload, path)
    except (FileNotFoundError, store.ContentAltered) as error:
        logger.error("upload %s: stored bytes are %s", upload.pk, type(error).__name__)
        reading.store_failure(upload, ExtractionFailed(FailureCode.CORRUPT, NOT_KEPT))
    return None


@attempted(
    begin=reading.begin_extraction,
    take_back=reading.take_back_attempt,
    gave_up=reading.give_up_extraction,
    store=reading.store_extractions,
    together=sandbox.shared,
)
def extract_text(upload: Upload) -> Extraction | None:
    """Read one upload into text, in a child process."""
    data = _bytes_of(upload, reading.EXTRACT_TASK)
    if data is None:
        return None
    language = upload.batch.language
    try:
        return sandbox.extract_in_sandbox(
            data, file_name=upload.original_name, language=language, limits=limits()
        )
    except ExtractionFailed as failure:
        media_type = sniff.sniff(data, file_name=upload.original_name)
        is_scan = failure.code in MAY_BE_A_SCAN and media_type in ocr.READABLE
        if is_scan and ocr.is_available(language):
            reading.hand_to_scans(upload, media_type=media_type)
        else:
            reading.store_failure(upload, failure, media_type=media_type)
        return None


def scan_kept(upload_id: UUID) -> None:
    """Let the virus scanner look at a file that waits for no reader, such as one too many.

    What does not answer is asked again by the next sweep; nobody waits for it.
    """
    upload = Upload.objects.unscanned().filter(pk=upload_id).select_related("raw").first()
    if upload is None or upload.raw is None:
        return
    try:
        originals.clear(upload.raw, store.read(upload.raw))
    except ExtractionFailed as failure:
        if failure.code == FailureCode.INFECTED:
            originals.throw_away(upload.raw)
    except (ScannerUnavailable, store.StorageUnavailable, store.ContentAltered, FileNotFoundError):
        logger.warning("upload %s is still unscanned", upload.pk)


class _NobodyWaits(Exception):
    """The scan was removed, or its batch was, while it was being read."""


@attempted(
    begin=reading.begin_scan,
    take_back=reading.take_back_attempt,
    gave_up=reading.give_up_extraction,
    store=reading.store_extractions,
)
def read_scan(upload: Upload) -> Extraction | None:
    """Read one scan or photograph page by page."""
    data = _bytes_of(upload, reading.SCAN_TASK)
    if data is None:
        return None
    deadline = time.monotonic() + settings.OCR_TIMEOUT_S

    def progress(pages_done: int, page_count: int) -> None:
        if not reading.note_progress(upload, pages_done=pages_done, page_count=page_count):
            raise _NobodyWaits
        if pages_done < page_count and time.monotonic() > deadline:
            raise ExtractionFailed(FailureCode.TIMEOUT)

    try:
        return ocr.extract_scan(
            data, language=upload.batch.language, limits=limits(), progress=progress
        )
    except ExtractionFailed as failure:
        reading.store_failure(upload, failure)
    except _NobodyWaits:
        logger.info("upload %s is not wanted any more", upload.pk)
    return None
