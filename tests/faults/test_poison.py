"""A file that hangs its reader, or eats its memory, in a class of good ones."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from batches.models import Batch
from files import intake
from files.extraction import FailureCode
from files.models import Upload
from files.receipts import Handed
from lifecycle import readiness
from lifecycle.readiness import Counts
from tests.essays import essay_file, fresh, register
from tests.faults.conftest import StartWorker
from tests.faults.real_worker import eventually

pytestmark = pytest.mark.xdist_group("faults")

N_WORDS = 400_000  # a page: half a second and 100 MB for whoever reads it, in 20 kB for all of them


def endless(n_pages: int) -> bytes:
    """A PDF on each of whose pages the same word is shown again and again."""
    shown = zlib.compress(b"BT /F 10 Tf 50 700 Td " + b"(word) Tj 1 0 Td " * N_WORDS + b"ET", 9)
    kids = b" ".join(b"%d 0 R" % (5 + number) for number in range(n_pages))
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R"
        b"/Resources<</Font<</F 4 0 R>>>>>>"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, n_pages),
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *[page] * n_pages,
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (len(objects) + 1)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"EXTRACT_TIMEOUT_S": "7"}, FailureCode.TIMEOUT),
        ({"EXTRACT_MEMORY_BYTES": str(128 * 1024**2)}, FailureCode.TOO_LARGE),
    ],
    ids=["hangs", "eats memory"],
)
def test_poison_file_fails_with_its_reason_and_hurts_nobody(
    limit: dict[str, str], code: str, start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    batch = register(teacher, 6)
    poison = SimpleUploadedFile("poison.pdf", endless(settings.SHORT_PDF_PAGES))
    good = [essay_file(f"{n}.txt") for n in range(5)]
    # Handed in together they are read by one task: the poison in a child that has read before.
    together = [Handed(file) for file in (*good[:2], poison, *good[2:])]
    receipt = intake.receive_all(batch.pk, together, by=teacher)[2]

    worker = start(DJANGO_SETTINGS_MODULE="huleedu.settings", VAR_DIR=str(tmp_path), **limit)
    eventually(lambda: fresh(batch).completed_at, within_s=60, what=worker)

    assert receipt.upload_id is not None
    failed = Upload.objects.get(pk=receipt.upload_id)
    assert (failed.status, failed.failure_code) == (Upload.Status.FAILED, code)
    assert failed.attempts == 1
    assert readiness.count(batch) == Counts(ready=5, failed=1)
    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES
    assert worker.n_starts == 1
    assert "maximum timeout" not in worker.log  # what was read beside it is not thrown away
