"""A file that hangs its reader, or eats its memory, in a class of good ones."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from batches.models import Batch
from files.extraction import FailureCode
from files.models import Upload
from lifecycle import readiness
from lifecycle.readiness import Counts
from tests.essays import fresh, hand_in, hand_in_good, register
from tests.faults.conftest import StartWorker
from tests.faults.real_worker import eventually

pytestmark = pytest.mark.xdist_group("faults")

N_WORDS = 3_000_000  # some ten seconds and a gigabyte for whoever reads them, in 125 kB


def endless_page() -> bytes:
    """A PDF of one page on which the same word is shown again and again."""
    shown = zlib.compress(b"BT /F 10 Tf 50 700 Td " + b"(word) Tj 1 0 Td " * N_WORDS + b"ET", 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"EXTRACT_TIMEOUT_S": "1"}, FailureCode.TIMEOUT),
        ({"EXTRACT_MEMORY_BYTES": str(128 * 1024**2)}, FailureCode.TOO_LARGE),
    ],
    ids=["hangs", "eats memory"],
)
def test_poison_file_fails_with_its_reason_and_hurts_nobody(
    limit: dict[str, str], code: str, start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    batch = register(teacher, 6)
    receipt = hand_in(batch, SimpleUploadedFile("poison.pdf", endless_page()))
    hand_in_good(batch, 5)

    worker = start(DJANGO_SETTINGS_MODULE="huleedu.settings", VAR_DIR=str(tmp_path), **limit)
    eventually(lambda: fresh(batch).completed_at, within_s=60, what=worker)

    assert receipt.upload_id is not None
    failed = Upload.objects.get(pk=receipt.upload_id)
    assert (failed.status, failed.failure_code) == (Upload.Status.FAILED, code)
    assert failed.attempts == 1
    assert readiness.count(batch) == Counts(ready=5, failed=1)
    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES
    assert worker.n_starts == 1
