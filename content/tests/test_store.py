"""The content store: the same bytes back, and nothing left that nobody needs."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from content import store
from content.models import StoredContent
from jobs import sweeps
from tests.essays import essay_file, hand_in, register

pytestmark = pytest.mark.django_db

BYTES = "Å, en uppsats".encode()


def put(owner: User, content_type: str = "raw_upload_blob") -> StoredContent:
    stream = io.BytesIO(BYTES)
    size, sha256 = store.digest(stream)
    return store.put(
        stream, owner_id=owner.pk, size_bytes=size, sha256=sha256, content_type=content_type
    )


def let_an_hour_pass() -> None:
    StoredContent.objects.update(created_at=timezone.now() - timedelta(hours=2))


def test_bytes_come_back_unaltered(teacher: User) -> None:
    content = put(teacher)

    assert store.read(content) == BYTES
    assert content.size_bytes == len(BYTES)


def test_name_in_the_storage_tells_nothing(teacher: User) -> None:
    hand_in(register(teacher, 1), essay_file("Alva Berg.txt"))

    name = StoredContent.objects.get().storage_name
    assert "alva" not in name.lower()
    assert not name.endswith(".txt")


def test_altered_bytes_are_noticed_when_they_are_read(teacher: User) -> None:
    content = put(teacher)
    default_storage.delete(content.storage_name)
    default_storage.save(content.storage_name, io.BytesIO(b"something else"))

    with pytest.raises(store.ContentAltered):
        store.read(content)


def test_unused_upload_is_swept_after_an_hour(
    teacher: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    content = put(teacher)
    assert store.sweep_unused_content() == 0
    let_an_hour_pass()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert store.sweep_unused_content() == 1

    assert not default_storage.exists(content.storage_name)


def test_all_that_is_stored_is_looked_through_until_nothing_is_found_and_then_hourly(
    teacher: User,
) -> None:
    put(teacher)
    let_an_hour_pass()
    rounds = sweeps.Rounds()

    found = [rounds.make().get("content.store.sweep_unused_content") for _ in range(3)]

    assert found == [1, 0, None]


def test_content_that_an_upload_uses_is_kept(teacher: User) -> None:
    hand_in(register(teacher, 1), essay_file("alva.txt"))
    let_an_hour_pass()

    assert store.sweep_unused_content() == 0


def test_content_that_a_client_stored_by_itself_is_kept(teacher: User) -> None:
    put(teacher, StoredContent.ContentType.ORIGINAL_ESSAY)
    let_an_hour_pass()

    assert store.sweep_unused_content() == 0
