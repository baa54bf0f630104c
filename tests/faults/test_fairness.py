"""Three essays of one teacher, behind three hundred of another's, a scan and long documents, with a
real worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from files.tests.test_extraction_ocr import needs_tesseract
from files.tests.test_long_documents import document
from files.tests.test_scans import photograph, scanned
from tests.essays import fresh, hand_in, hand_in_good, register
from tests.faults.conftest import StartWorker
from tests.faults.real_worker import eventually
from tests.faults.test_batches import n_done

pytestmark = pytest.mark.xdist_group("faults")

MANY, FEW, N_PAGES = 300, 3, 12
N_LONG, LONGEST, FULL = 4, 200, 25  # documents, pages, lines
DONE = Batch.Status.COMPLETED_SUCCESSFULLY


@needs_tesseract
def test_three_essays_wait_for_two_windows_and_for_no_scan(
    start: StartWorker, teacher: User, colleague: User, tmp_path: Path
) -> None:
    many = register(teacher, MANY)
    hand_in_good(many, MANY)
    scan = register(teacher, 1)
    hand_in(scan, scanned("long.pdf", *[photograph()] * N_PAGES))
    worker = start("--all-queues", DJANGO_SETTINGS_MODULE="huleedu.settings", VAR_DIR=str(tmp_path))
    being_read = Upload.objects.long().filter(batch=scan, attempts__gt=0)
    eventually(being_read.exists, within_s=60, what=worker)

    few = register(colleague, FEW)
    hand_in_good(few, FEW)
    before = n_done()
    eventually(lambda: fresh(few).status == DONE, within_s=30, what=worker)
    n_others = n_done() - before - 2 * FEW

    # Its reading, its start and its checks each find a window of the others before them, and what
    # both processes had begun or claimed.
    in_front = settings.QUEUE_WINDOW + 4 * settings.ESSAYS_PER_TASK
    assert n_others <= 3 * in_front
    assert fresh(many).status != DONE
    assert being_read.exists()


def test_three_essays_wait_for_no_long_document_and_none_is_lost_with_its_worker(
    start: StartWorker, teacher: User, colleague: User, tmp_path: Path
) -> None:
    long = register(teacher, N_LONG)
    for i in range(N_LONG):
        hand_in(long, document(f"{i}.pdf", LONGEST, n_lines=FULL))
    few = register(colleague, FEW)
    hand_in_good(few, FEW)
    real = {"DJANGO_SETTINGS_MODULE": "huleedu.settings", "VAR_DIR": str(tmp_path)}

    worker = start("--all-queues", **real)
    eventually(lambda: fresh(few).status == DONE, within_s=60, what=worker)

    being_read = Upload.objects.long().filter(attempts__gt=0)
    eventually(being_read.exists, what=worker)
    assert long.uploads.filter(status=Upload.Status.RECEIVED).count() >= N_LONG // 2

    worker.destroy()
    another = start("--all-queues", **real)
    eventually(lambda: not Upload.objects.long().exists(), within_s=90, what=another)
    read = long.uploads.filter(status=Upload.Status.EXTRACTED, page_count=LONGEST)
    assert read.count() == N_LONG
