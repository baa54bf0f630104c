"""The same promises on disk and in S3, and what happens when the storage fails."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from content import store
from content.models import StoredContent
from content.tests import s3
from content.tests.test_store import BYTES, put
from files.models import Upload
from files.receipts import Outcome
from tests.essays import essay_file, fresh, hand_in, register

pytestmark = pytest.mark.django_db

LATER = timezone.now() + timedelta(hours=2)


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with s3.service() as url:
        yield url


@pytest.fixture
def bucket(service: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Content lies in S3, at this address."""
    settings.STORAGES = s3.storages(monkeypatch, service)
    yield service
    for key in s3.keys(service):
        s3.client(service).delete_object(Bucket=s3.BUCKET, Key=key)


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest) -> None:
    """Each of the two places where content may lie."""
    if request.param == "s3":
        request.getfixturevalue("bucket")


def test_bytes_come_back_unaltered(storage: None, teacher: User) -> None:
    assert store.read(put(teacher)) == BYTES


def test_a_read_makes_as_many_calls_as_the_time_of_a_task_allows_for(
    bucket: str, teacher: User
) -> None:
    content, calls = put(teacher), []
    client = default_storage.connection.meta.client  # type: ignore[attr-defined]  # of S3Storage
    client.meta.events.register("before-send.s3", lambda request, **_: calls.append(request.method))

    store.read(content)

    assert calls == ["HEAD", "HEAD", "GET"]
    assert len(calls) == s3.N_CALLS


def test_missing_bytes_are_told_from_a_storage_that_fails(storage: None, teacher: User) -> None:
    content = put(teacher)
    default_storage.delete(content.storage_name)

    with pytest.raises(FileNotFoundError):
        store.read(content)


def test_discarded_bytes_are_gone(
    storage: None, teacher: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    content = put(teacher)

    with django_capture_on_commit_callbacks(execute=True):
        store.discard([content])

    assert not default_storage.exists(content.storage_name)


def test_bytes_without_a_row_are_swept_after_an_hour(storage: None, teacher: User) -> None:
    kept, orphan = put(teacher), put(teacher)
    StoredContent.objects.filter(pk=orphan.pk).delete()

    assert store.sweep_orphans() == 0
    assert store.sweep_orphans(at=LATER) == 1

    assert default_storage.exists(kept.storage_name)
    assert not default_storage.exists(orphan.storage_name)


def test_bytes_of_somebody_else_are_not_touched(storage: None) -> None:
    name = default_storage.save("backups/of another program", io.BytesIO(b"theirs"))

    assert store.sweep_orphans(at=LATER) == 0
    assert default_storage.exists(name)


def test_verification_says_what_is_missing_or_altered(
    storage: None, teacher: User, capsys: pytest.CaptureFixture[str]
) -> None:
    _, missing, altered = put(teacher), put(teacher), put(teacher)
    default_storage.delete(missing.storage_name)
    default_storage.delete(altered.storage_name)
    default_storage.save(altered.storage_name, io.BytesIO(b"something else"))

    with pytest.raises(SystemExit) as ended:
        call_command("verify_content")

    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert {f"missing {missing.pk}", f"altered {altered.pk}"} < {*said.splitlines()}
    assert "3 checked, 1 missing, 1 altered" in said


def test_verification_of_sound_content_ends_well(storage: None, teacher: User) -> None:
    put(teacher)

    call_command("verify_content")


@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_upload_whose_bytes_were_lost_says_so(
    damage: str, storage: None, teacher: User, drain: Callable[..., int]
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, essay_file("alva.txt"))
    name = StoredContent.objects.get().storage_name
    default_storage.delete(name)
    if damage == "altered":
        default_storage.save(name, io.BytesIO(b"something else"))

    drain()

    upload = batch.uploads.get()
    assert (upload.failure_code, upload.attempts) == ("corrupt", 1)
    assert "Upload it again" in upload.failure_detail


# --- a line that breaks ----------------------------------------------------------------------
@pytest.fixture
def breaking(
    bucket: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[s3.BreakingLine]:
    """The way to S3 breaks in the middle of an upload, each time."""
    line = s3.BreakingLine(bucket, after_bytes=300_000)
    settings.STORAGES = s3.storages(monkeypatch, line.url)
    yield line
    line.close()


def test_upload_that_breaks_off_is_refused_and_leaves_nothing(
    breaking: s3.BreakingLine, bucket: str, teacher: User
) -> None:
    batch = register(teacher, 1)

    receipt = hand_in(batch, essay_file("long.txt", "word " * 200_000))

    assert breaking.n_broken == 2
    assert (receipt.outcome, receipt.code) == (Outcome.REFUSED, "storage_unavailable")
    assert not StoredContent.objects.exists()
    assert s3.keys(bucket) == []
    assert fresh(batch).essays.free().count() == 1


def test_small_files_come_in_over_the_same_line(
    breaking: s3.BreakingLine, bucket: str, teacher: User
) -> None:
    receipt = hand_in(register(teacher, 1), essay_file("short.txt"))

    assert receipt.outcome == Outcome.ACCEPTED
    assert len(s3.keys(bucket)) == 1


@pytest.fixture
def away(
    bucket: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """`away()`: from now on nobody answers where S3 was."""

    def go() -> None:
        settings.STORAGES = s3.storages(monkeypatch, "http://127.0.0.1:9")

    return go


def test_file_waits_for_a_storage_that_does_not_answer(
    away: Callable[[], None], bucket: str, teacher: User, drain: Callable[..., int]
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, essay_file("alva.txt"))
    away()

    drain()

    upload = batch.uploads.get()
    assert (upload.status, upload.attempts) == (Upload.Status.RECEIVED, 0)
    assert upload.failure_code == "storage_unavailable"


def test_file_is_removed_though_its_bytes_cannot_be(
    away: Callable[[], None],
    bucket: str,
    teacher: User,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    content = put(teacher)
    away()

    with django_capture_on_commit_callbacks(execute=True):
        store.discard([content])

    settings.STORAGES = s3.storages(monkeypatch, bucket)
    assert store.sweep_orphans(at=LATER) == 1


def test_verification_without_a_storage_fails(
    away: Callable[[], None], bucket: str, teacher: User
) -> None:
    put(teacher)
    away()

    with pytest.raises(CommandError, match="does not answer"):
        call_command("verify_content")
