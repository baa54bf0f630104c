"""A storage that is full, or away: files wait or are refused one by one, and none has failed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent
from content.tests import s3
from files.models import Upload
from files.receipts import Outcome
from tests import disks
from tests.essays import essay_file, fresh, hand_in, hand_in_good, register
from tests.faults.conftest import StartWorker
from tests.faults.real_worker import RealWorker, eventually

pytestmark = pytest.mark.xdist_group("faults")

DONE = Batch.Status.COMPLETED_SUCCESSFULLY


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Where the content goes."""
    with disks.small(tmp_path / "content") as disk:
        yield disk


def real(start: StartWorker, tmp_path: Path) -> RealWorker:
    return start(DJANGO_SETTINGS_MODULE="huleedu.settings", VAR_DIR=str(tmp_path))


def test_full_disk_refuses_a_file_whose_slot_stays_free(
    small_disk: Path, start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    batch = register(teacher, 6)
    hand_in_good(batch, 3)
    filler = disks.fill(small_disk)

    refused = [hand_in(batch, essay_file(f"too many {i}.txt")) for i in range(3)]

    assert [(r.outcome, r.code) for r in refused] == [(Outcome.REFUSED, "storage_unavailable")] * 3
    assert StoredContent.objects.count() == Upload.objects.count() == 3
    assert batch.essays.free().count() == 3

    worker = real(start, tmp_path)
    filler.unlink()
    again = [hand_in(batch, essay_file(f"too many {i}.txt")) for i in range(3)]

    assert {receipt.outcome for receipt in again} == {Outcome.ACCEPTED}
    eventually(lambda: fresh(batch).status == DONE, within_s=60, what=worker)


@pytest.mark.parametrize("in_its_place", [Path.mkdir, Path.touch], ids=["not mounted", "broken"])
def test_files_wait_for_a_storage_that_is_away(
    in_its_place: object, start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    content = tmp_path / "content"
    batch = register(teacher, 4, max_retries=0)
    hand_in_good(batch, 4)
    content.rename(tmp_path / "away")
    assert callable(in_its_place)
    in_its_place(content)

    worker = real(start, tmp_path)
    eventually(lambda: worker.log.count("hindered by") == 4, within_s=60, what=worker)
    waiting = Upload.objects.filter(status=Upload.Status.RECEIVED, attempts=0)
    eventually(lambda: waiting.count() == 4, what=worker)

    content.rmdir() if content.is_dir() else content.unlink()
    (tmp_path / "away").rename(content)
    OrmQ.objects.update(lock=timezone.now())  # the time until the next try has passed
    eventually(lambda: fresh(batch).status == DONE, within_s=60, what=worker)


def test_file_waits_for_an_s3_service_that_takes_the_call_and_says_nothing(
    start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    batch = register(teacher, 1, max_retries=0)
    hand_in_good(batch, 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        s3_there = {
            "CONTENT_S3_BUCKET": s3.BUCKET,
            "CONTENT_S3_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "CONTENT_S3_REGION": "us-east-1",
            "CONTENT_S3_ACCESS_KEY": s3.KEYS["access_key"],
            "CONTENT_S3_SECRET_KEY": s3.KEYS["secret_key"],
        }

        worker = start(DJANGO_SETTINGS_MODULE="huleedu.settings", VAR_DIR=str(tmp_path), **s3_there)

        eventually(lambda: "hindered by" in worker.log, within_s=90, what=worker)
        waiting = Upload.objects.filter(status=Upload.Status.RECEIVED, attempts=0)
        eventually(waiting.exists, what=worker)
    assert waiting.get().failure_code == "storage_unavailable"
    assert worker.n_starts == 1
