"""The work that a file causes."""

from __future__ import annotations

from django.conf import settings

from content import store
from files import flow
from files.extraction import ExtractionFailed, Limits
from files.models import Upload
from files.sandbox import extract_in_sandbox
from jobs.attempts import attempted


def limits() -> Limits:
    return Limits(
        file_bytes=settings.MAX_UPLOAD_BYTES,
        pages=settings.EXTRACT_MAX_PAGES,
        text_chars=settings.EXTRACT_MAX_TEXT_CHARS,
        memory_bytes=settings.EXTRACT_MEMORY_BYTES,
        wall_s=settings.EXTRACT_TIMEOUT_S,
    )


@attempted(
    begin=flow.begin_extraction,
    take_back=flow.take_back_attempt,
    gave_up=flow.give_up_extraction,
)
def extract_text(upload: Upload) -> None:
    """Read one upload into text, in a child process, and store what came of it."""
    if upload.raw is None:
        return
    data = store.read(upload.raw)
    try:
        extraction = extract_in_sandbox(
            data,
            file_name=upload.original_name,
            language=upload.batch.language,
            limits=limits(),
        )
    except ExtractionFailed as failure:
        flow.store_failure(upload, failure)
    else:
        flow.store_extraction(upload, extraction)
