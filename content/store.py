"""The content store: bytes in, an id out, and back again unaltered.

Bytes are stored before the row that names them is committed and deleted after the row is gone, so a
crash leaves at worst bytes without a row, which a sweep removes.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from content.models import StoredContent
from jobs import sweeps

UNUSED_AFTER = timedelta(hours=1)  # an upload that is under way is not unused yet


class ContentAltered(Exception):
    """The stored bytes are not the bytes that were put in."""

    def __init__(self, content_id: UUID) -> None:
        super().__init__(content_id)
        self.content_id = content_id

    def __str__(self) -> str:
        return f"The stored bytes of content {self.content_id} have changed."


class StorageUnavailable(Exception):
    """The storage did not take the bytes; nothing was kept, and another try may succeed."""


def digest(stream: IO[bytes]) -> tuple[int, str]:
    """(bytes, sha256 in hex) of a seekable stream, which is left at its beginning."""
    sha256 = hashlib.sha256()
    size = 0
    stream.seek(0)
    while chunk := stream.read(256 * 1024):
        sha256.update(chunk)
        size += len(chunk)
    stream.seek(0)
    return size, sha256.hexdigest()


def put(
    stream: IO[bytes],
    *,
    owner_id: int,
    size_bytes: int,
    sha256: str,
    content_type: str = StoredContent.ContentType.RAW_UPLOAD_BLOB,
) -> StoredContent:
    """Store the bytes under a random name and return their row. No transaction need be open.

    Raises StorageUnavailable; then no row exists.
    """
    name = uuid.uuid4().hex
    try:
        stored_name = default_storage.save(f"{name[:2]}/{name}", File(stream))
    except Exception as error:  # each storage has errors of its own, and a setting chooses it
        raise StorageUnavailable from error
    return StoredContent.objects.create(
        owner_id=owner_id,
        storage_name=stored_name,
        size_bytes=size_bytes,
        sha256=sha256,
        content_type=content_type,
    )


def read(content: StoredContent) -> bytes:
    """The bytes as they were put in.

    Raises FileNotFoundError when they are missing and ContentAltered when their checksum differs.
    """
    with default_storage.open(content.storage_name, "rb") as file:
        data = bytes(file.read())
    if hashlib.sha256(data).hexdigest() != content.sha256:
        raise ContentAltered(content.id)
    return data


def discard(contents: Iterable[StoredContent]) -> int:
    """Delete the rows now and their bytes when the transaction commits. Returns how many."""
    doomed = list(contents)
    StoredContent.objects.filter(pk__in=[content.pk for content in doomed]).delete()

    def delete_bytes() -> None:
        for content in doomed:
            default_storage.delete(content.storage_name)

    transaction.on_commit(delete_bytes)
    return len(doomed)


@sweeps.register
def sweep_unused_content() -> int:
    """Discard uploaded content that no row of any app refers to any more.

    What a client has stored by itself (POST /v1/content) is the client's, and stays.
    """
    unused = StoredContent.objects.filter(
        content_type=StoredContent.ContentType.RAW_UPLOAD_BLOB,
        created_at__lt=timezone.now() - UNUSED_AFTER,
    )
    for relation in StoredContent._meta.related_objects:
        name = relation.get_accessor_name()
        if name and isinstance(relation, models.ManyToOneRel):
            unused = unused.filter(**{f"{relation.related_query_name or name}__isnull": True})
    return discard(unused[:500])
