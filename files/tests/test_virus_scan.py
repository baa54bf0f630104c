"""The virus scan: what is harmful goes, what nobody could look at waits, nothing passes unscanned.

Each test that talks to a scanner does so with a likeness, and with ClamAV's own daemon where that
is installed (`make test` installs it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_q.models import OrmQ

from accounts.models import User
from batches.errors import Conflict
from batches.models import Batch
from content.models import StoredContent
from files import flow, originals
from files.extraction import ExtractionFailed, FailureCode
from files.extraction.advice import WarningCode
from files.models import Upload
from files.receipts import Outcome
from files.sweeps import sweep_unscanned
from files.tests import scanners
from files.virus_scan import ScannerUnavailable, scan
from tests.essays import GOOD, essay_file, hand_in, register

Drain = Callable[..., int]
KINDS = {"likeness": scanners.likeness} | ({"clamd": scanners.clamd} if scanners.CLAMD else {})
NOBODY = "tcp://127.0.0.1:9"  # the discard port, on which nothing listens


@pytest.fixture(scope="module", params=sorted(KINDS))
def urls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The addresses of a scanner, by kind."""
    with KINDS[request.param](tmp_path_factory.mktemp("scanner")) as addresses:
        yield addresses


def infected_file(name: str = "alva.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, scanners.EICAR)


# --- the protocol ----------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_harmless_bytes_pass(kind: str, urls: dict[str, str]) -> None:
    scan(GOOD.encode() * 5000, url=urls[kind], timeout_s=30)


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_harmful_bytes_are_infected(kind: str, urls: dict[str, str]) -> None:
    with pytest.raises(ExtractionFailed) as failed:
        scan(scanners.EICAR, url=urls[kind], timeout_s=30)

    assert failed.value.code == FailureCode.INFECTED


def test_more_than_the_scanner_takes_is_too_large(urls: dict[str, str]) -> None:
    with pytest.raises(ExtractionFailed) as failed:
        scan(bytes(3 * scanners.STREAM_BYTES), url=urls["unix"], timeout_s=30)

    assert failed.value.code == FailureCode.TOO_LARGE


@pytest.mark.parametrize("url", [NOBODY, "unix:///nobody/listens/here", "tcp://name.invalid:3310"])
def test_scanner_that_is_not_there_is_unavailable(url: str) -> None:
    with pytest.raises(ScannerUnavailable):
        scan(b"anything", url=url, timeout_s=5)


@pytest.mark.parametrize("answer", [b"", b"stream: OK, perhaps\0", b"Can't allocate. ERROR\0"])
def test_answer_that_is_no_clear_yes_is_unavailable(answer: bytes) -> None:
    with scanners.answering(answer) as url, pytest.raises(ScannerUnavailable):
        scan(b"anything", url=url, timeout_s=5)


def test_silent_scanner_is_not_waited_for(tmp_path: Path) -> None:
    with scanners.answering(b"stream: ") as url, pytest.raises(ScannerUnavailable):
        scan(bytes(10**6), url=url, timeout_s=0.5)


# --- uploads ---------------------------------------------------------------------------------
@pytest.mark.django_db
def test_infected_file_fails_and_its_bytes_are_deleted(
    teacher: User,
    drain: Drain,
    urls: dict[str, str],
    settings: LazySettings,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    settings.CLAMD_URL = urls["tcp"]
    batch = register(teacher, 1)
    hand_in(batch, infected_file())
    name = StoredContent.objects.get().storage_name

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        drain()

    upload = batch.uploads.get()
    assert (upload.status, upload.failure_code, upload.raw) == ("failed", "infected", None)
    assert not StoredContent.objects.exists()
    assert not default_storage.exists(name)


@pytest.mark.django_db
def test_harmless_file_is_scanned_and_read(
    teacher: User, drain: Drain, urls: dict[str, str], settings: LazySettings
) -> None:
    settings.CLAMD_URL = urls["unix"]
    batch = register(teacher, 1)
    hand_in(batch, essay_file("alva.txt"))

    drain()

    assert batch.uploads.get().status == Upload.Status.EXTRACTED


@pytest.fixture
def waiting(teacher: User, drain: Drain, settings: LazySettings) -> Batch:
    """A batch of one file, whose scanner does not answer."""
    settings.CLAMD_URL = NOBODY
    batch = register(teacher, 1)
    hand_in(batch, essay_file("alva.txt"))
    drain()
    return batch


@pytest.mark.django_db
def test_file_waits_for_a_scanner_that_does_not_answer(waiting: Batch) -> None:
    upload = waiting.uploads.get()

    assert (upload.status, upload.attempts) == (Upload.Status.RECEIVED, 0)
    assert upload.failure_code == "scanner_unavailable"
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db
def test_file_waits_longer_than_its_attempts(waiting: Batch, drain: Drain) -> None:
    for _ in range(waiting.max_retries + 2):
        drain(skip_delays=True, limit=1)

    assert waiting.uploads.get().status == Upload.Status.RECEIVED


@pytest.mark.django_db
def test_file_is_read_when_the_scanner_answers_again(
    waiting: Batch, drain: Drain, urls: dict[str, str], settings: LazySettings
) -> None:
    settings.CLAMD_URL = urls["tcp"]

    drain(skip_delays=True)

    upload = waiting.uploads.get()
    assert (upload.status, upload.failure_code) == (Upload.Status.EXTRACTED, "")


@pytest.mark.django_db
def test_infected_file_cannot_be_retried_but_handed_in_and_found_again(
    teacher: User, drain: Drain, urls: dict[str, str], settings: LazySettings
) -> None:
    settings.CLAMD_URL = urls["tcp"]
    batch = register(teacher, 1)
    first = hand_in(batch, infected_file())
    drain()
    assert first.upload_id is not None
    with pytest.raises(Conflict, match="not kept"):
        flow.retry(first.upload_id, by=teacher)

    again = hand_in(batch, infected_file())
    drain()

    assert again.outcome == Outcome.ACCEPTED
    [upload] = batch.uploads.exclude(status=Upload.Status.REMOVED)
    assert (upload.pk, upload.failure_code) == (again.upload_id, "infected")


# --- files that nobody reads -----------------------------------------------------------------
@pytest.fixture
def excess(teacher: User, urls: dict[str, str], settings: LazySettings) -> Callable[..., Upload]:
    """`excess(file)` is one too many in a batch of one essay, where there is a scanner."""
    settings.CLAMD_URL = urls["tcp"]
    batch = register(teacher, 1)
    hand_in(batch, essay_file("alva.txt"))

    def handed(file: SimpleUploadedFile) -> Upload:
        assert hand_in(batch, file).outcome == Outcome.EXCESS
        return batch.uploads.get(status=Upload.Status.EXCESS)

    return handed


@pytest.mark.django_db
def test_file_that_is_too_many_is_scanned_too(excess: Callable[..., Upload], drain: Drain) -> None:
    upload = excess(essay_file("bea.txt"))

    drain()

    upload = Upload.objects.select_related("raw").get(pk=upload.pk)
    assert upload.status == Upload.Status.EXCESS
    assert upload.raw is not None
    assert upload.raw.scanned_at is not None


@pytest.mark.django_db
def test_infected_file_that_is_too_many_is_deleted_and_never_adopted(
    excess: Callable[..., Upload], drain: Drain, teacher: User
) -> None:
    upload = excess(infected_file("bea.txt"))

    drain()
    flow.expect(upload.batch_id, 2, by=teacher)

    upload.refresh_from_db()
    assert (upload.status, upload.failure_code, upload.raw) == ("excess", "infected", None)
    with pytest.raises(Conflict, match="not kept"):
        flow.add_as_extra(upload.pk, by=teacher)
    assert upload.batch.essays.free().count() == 1


@pytest.mark.django_db
def test_files_from_before_there_was_a_scanner_are_found_by_the_sweep(
    teacher: User, drain: Drain, urls: dict[str, str], settings: LazySettings
) -> None:
    batch = register(teacher, 2)
    hand_in(batch, SimpleUploadedFile("alva.txt", f"{GOOD} ".encode() + scanners.EICAR))
    hand_in(batch, essay_file("bea.txt"))
    drain()
    assert sweep_unscanned() == 0

    settings.CLAMD_URL = urls["unix"]
    assert sweep_unscanned() == 2
    assert sweep_unscanned() == 0  # they are queued already
    drain()

    harmful, harmless = batch.uploads.select_related("essay", "raw").order_by("original_name")
    assert (harmful.status, harmful.raw) == (Upload.Status.EXTRACTED, None)
    assert WarningCode.INFECTED in harmful.warnings
    assert harmful.essay is not None
    assert harmful.essay.current_text is not None  # text cannot infect anybody
    assert harmless.raw is not None
    assert sweep_unscanned() == 0


# --- nobody gets what was not scanned --------------------------------------------------------
@pytest.mark.django_db
def test_original_is_scanned_before_it_is_handed_out(
    teacher: User, urls: dict[str, str], settings: LazySettings
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, essay_file("alva.txt"))
    content = StoredContent.objects.get()
    settings.CLAMD_URL = urls["tcp"]

    assert GOOD.encode() in originals.read(content)

    settings.CLAMD_URL = NOBODY  # it is not asked a second time
    assert GOOD.encode() in originals.read(content)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/v1/essays/{}/original", "/essays/{}/original"])
def test_original_is_not_handed_out_while_the_scanner_is_silent(
    waiting: Batch, client: Client, teacher: User, path: str
) -> None:
    client.force_login(teacher)

    answer = client.get(path.format(waiting.essays.get().pk))

    assert "Content-Disposition" not in answer.headers
    assert answer.status_code in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.FOUND)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/v1/essays/{}/original", "/essays/{}/original"])
def test_infected_original_is_never_handed_out(
    teacher: User, urls: dict[str, str], settings: LazySettings, client: Client, path: str
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, infected_file())
    settings.CLAMD_URL = urls["tcp"]
    client.force_login(teacher)

    answer = client.get(path.format(batch.essays.get().pk))

    assert "Content-Disposition" not in answer.headers
    upload = batch.uploads.get()
    assert (upload.status, upload.failure_code, upload.raw) == ("failed", "infected", None)
    assert not StoredContent.objects.exists()


@pytest.mark.django_db
def test_stored_content_of_a_client_is_scanned_before_it_is_handed_out(
    teacher: User, urls: dict[str, str], settings: LazySettings, client: Client
) -> None:
    settings.CLAMD_URL = urls["tcp"]
    client.force_login(teacher)
    stored = client.post("/v1/content", scanners.EICAR, content_type="application/octet-stream")

    answer = client.get(f"/v1/content/{stored.json()['storage_id']}")

    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "infected")
    assert not StoredContent.objects.exists()
