"""The work that a file causes."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from uuid import UUID

from django.conf import settings

from content import store
from files import originals, reading, sandbox, sniff
from files.extraction import Extraction, ExtractionFailed, FailureCode, Limits, ocr
from files.extraction.advice import NOT_KEPT
from files.models import Upload
from files.virus_scan import ScannerUnavailable
from jobs.attempts import Hindered, attempted

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


def _bytes_of(upload: Upload) -> bytes | None:
    """The file as it was handed in, seen by the virus scanner; None when it can never be had, which
    is seen to. Raises Hindered."""
    try:
        if upload.raw is None:
            raise FileNotFoundError
        data = store.read(upload.raw)
        originals.clear(upload.raw, data)
        return data
    except ScannerUnavailable as error:
        raise Hindered(FailureCode.SCANNER_UNAVAILABLE) from error
    except store.StorageUnavailable as error:
        raise Hindered(FailureCode.STORAGE_UNAVAILABLE) from error
    except ExtractionFailed as failure:
        reading.store_failure(upload, failure)
    except (FileNotFoundError, store.ContentAltered) as error:
        logger.error("upload %s: stored bytes are %s", upload.pk, type(error).__name__)
        reading.store_failure(upload, ExtractionFailed(FailureCode.CORRUPT, NOT_KEPT))
    return None


@attempted(
    begin=reading.begin_extraction,
    take_back=reading.take_back_attempt,
    gave_up=reading.give_up_extraction,
    store=reading.store_extractions,
    waits=reading.say_why_it_waits,
    together=sandbox.shared,
)
def extract_text(upload: Upload) -> Extraction | None:
    """Read one upload into text, in a child process."""
    data = _bytes_of(upload)
    if data is None:
        return None
    short = replace(limits(), short_pages=settings.SHORT_PDF_PAGES)
    try:
        return _extracted(upload, data, short)
    except ExtractionFailed as failure:
        media_type = sniff.sniff(data, file_name=upload.original_name)
        is_scan = _is_scan(upload, failure, media_type)
        if is_scan or failure.code == FailureCode.TAKES_LONG:
            reading.hand_to_long(upload, media_type=media_type, is_scan=is_scan)
        else:
            reading.store_failure(upload, failure, media_type=media_type)
        return None


def _extracted(upload: Upload, data: bytes, limits: Limits) -> Extraction:
    return sandbox.extract_in_sandbox(
        data, file_name=upload.original_name, language=upload.batch.language, limits=limits
    )


def _is_scan(upload: Upload, failure: ExtractionFailed, media_type: str) -> bool:
    """What has no text may show some that can be read here."""
    may_be = failure.code in MAY_BE_A_SCAN and media_type in ocr.READABLE
    return may_be and ocr.is_available(upload.batch.language)


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
    begin=reading.begin_long,
    take_back=reading.take_back_attempt,
    gave_up=reading.give_up_extraction,
    store=reading.store_extractions,
    waits=reading.say_why_it_waits,
)
def read_long(upload: Upload) -> Extraction | None:
    """Read one document of many pages, or one scan or photograph page by page."""
    data = _bytes_of(upload)
    if data is None:
        return None
    try:
        return _document(upload, data) if upload.pages_done is None else _scan(upload, data)
    except ExtractionFailed as failure:
        reading.store_failure(upload, failure)
    except _NobodyWaits:
        logger.info("upload %s is not wanted any more", upload.pk)
    return None


def _document(upload: Upload, data: bytes) -> Extraction:
    try:
        return _extracted(upload, data, limits())
    except ExtractionFailed as failure:
        if _is_scan(upload, failure, upload.media_type):
            return _scan(upload, data)
        raise


def _scan(upload: Upload, data: bytes) -> Extraction:
    deadline = time.monotonic() + settings.OCR_TIMEOUT_S

    def progress(pages_done: int, page_count: int) -> None:
        if not reading.note_progress(upload, pages_done=pages_done, page_count=page_count):
            raise _NobodyWaits
        if pages_done < page_count and time.monotonic() > deadline:
            raise ExtractionFailed(FailureCode.TIMEOUT)

    return ocr.extract_scan(
        data, language=upload.batch.language, limits=limits(), progress=progress
    )
