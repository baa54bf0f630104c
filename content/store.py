"""The content store: bytes in, an id out, and back again unaltered.

Bytes are stored before the row that names them is committed and deleted after the row is gone, so a
crash leaves at worst bytes without a row, which a sweep removes. Each storage has errors of its
own, and a setting chooses the storage: here all of them become StorageUnavailable.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import models, transaction
from django.utils import timezone

from content.models import StoredContent
from jobs import sweeps

logger = logging.getLogger(__name__)

UNUSED_AFTER = timedelta(hours=1)  # an upload that is under way is not unused yet

PROBES = "health"  # where a health check writes and deletes; no sign that content was ever here

# A bucket may hold other people's bytes.
_FOLDER = "[0-9a-f]{2}"
_OURS = re.compile(rf"({_FOLDER}|{PROBES})/[0-9a-f]{{32}}(_\w+)?")


class ContentAltered(Exception):
    """The stored bytes are not the bytes that were put in."""

    def __init__(self, content_id: UUID) -> None:
        super().__init__(content_id)
        self.content_id = content_id

    def __str__(self) -> str:
        return f"The stored bytes of content {self.content_id} have changed."


class StorageUnavailable(Exception):
    """The storage does not take or give the bytes now; another try may succeed."""


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
    content = write(
        stream, owner_id=owner_id, size_bytes=size_bytes, sha256=sha256, content_type=content_type
    )
    content.save(force_insert=True)
    return content


def write(
    stream: IO[bytes],
    *,
    owner_id: int,
    size_bytes: int,
    sha256: str,
    content_type: str = StoredContent.ContentType.RAW_UPLOAD_BLOB,
) -> StoredContent:
    """`put` for a row that the caller will save; until then a sweep may take the bytes."""
    if is_away():
        raise StorageUnavailable
    random = uuid.uuid4().hex
    name = f"{random[:2]}/{random}"
    try:
        stored_name = default_storage.save(name, File(stream))
    except Exception as error:
        with suppress(Exception):  # part of it may lie there; else a sweep finds it
            default_storage.delete(name)
        raise StorageUnavailable from error
    return StoredContent(
        owner_id=owner_id,
        storage_name=stored_name,
        size_bytes=size_bytes,
        sha256=sha256,
        content_type=content_type,
    )


def is_away() -> bool:
    """The folder holds no content though there should be some: it was not mounted."""
    return _is_empty() and StoredContent.objects.exists()


def _is_empty() -> bool:
    if not isinstance(default_storage, FileSystemStorage):
        return False
    try:
        with os.scandir(default_storage.location) as entries:
            return not any(re.fullmatch(_FOLDER, entry.name) for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return True


def read(content: StoredContent) -> bytes:
    """The bytes as they were put in.

    Raises FileNotFoundError when they are missing, ContentAltered when their checksum differs, and
    StorageUnavailable when nobody can tell.
    """
    try:
        with default_storage.open(content.storage_name, "rb") as file:
            data = bytes(file.read())
    except FileNotFoundError as error:
        if _is_empty():  # rather than that just this file was lost
            raise StorageUnavailable from error
        raise
    except Exception as error:
        raise StorageUnavailable from error
    if hashlib.sha256(data).hexdigest() != content.sha256:
        raise ContentAltered(content.id)
    return data


def note_scanned(content: StoredContent) -> None:
    """A virus scanner has found nothing in the bytes."""
    content.scanned_at = timezone.now()
    StoredContent.objects.filter(pk=content.pk).update(scanned_at=content.scanned_at)


def discard(contents: Iterable[StoredContent]) -> int:
    """Delete the rows now and their bytes when the transaction commits. Returns how many."""
    doomed = list(contents)
    StoredContent.objects.filter(pk__in=[content.pk for content in doomed]).delete()

    def delete_bytes() -> None:
        for content in doomed:
            try:
                default_storage.delete(content.storage_name)
            except Exception as error:  # noqa: BLE001 - the row is gone: a sweep takes the bytes
                logger.warning("bytes are left for the sweep: %s", type(error).__name__)

    transaction.on_commit(delete_bytes)
    return len(doomed)


@sweeps.register_hourly
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


@sweeps.register_hourly
def sweep_orphans(at: datetime | None = None) -> int:
    """Delete bytes that no row names and that are no upload under way. Returns how many."""
    before = (at or timezone.now()) - UNUSED_AFTER
    n_deleted = 0
    for names in _stored_names():
        rows = StoredContent.objects.filter(storage_name__in=names)
        for name in set(names) - set(rows.values_list("storage_name", flat=True)):
            with suppress(FileNotFoundError):  # another sweep was faster
                if default_storage.get_modified_time(name) < before:
                    default_storage.delete(name)
                    n_deleted += 1
    return n_deleted


def _stored_names() -> Iterator[list[str]]:
    """The names of all stored bytes, one folder at a time."""
    try:
        folders, _ = default_storage.listdir("")
    except FileNotFoundError:  # nothing was stored yet
        return
    for folder in sorted(folders):
        _, files = default_storage.listdir(folder)
        names = [f"{folder}/{file}" for file in files]
        yield [name for name in names if _OURS.fullmatch(name)]


class Fault(StrEnum):
    MISSING = "missing"
    ALTERED = "altered"


def verify(contents: Iterable[StoredContent]) -> Iterator[tuple[StoredContent, Fault | None]]:
    """Read everything and compare it with its checksum. Raises StorageUnavailable."""
    for content in contents:
        fault = None
        try:
            read(content)
        except FileNotFoundError:
            fault = Fault.MISSING
        except ContentAltered:
            fault = Fault.ALTERED
        yield content, fault
