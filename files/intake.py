"""Taking files in: each finds its slot, a duplicate its first; a bad one never fails the rest.

The files in a zip archive come in like those beside it, each with a receipt of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from content import store
from events import bulk, correlation
from files import advice
from files import archive_intake as archives
from files.extraction import ExtractionFailed
from files.models import Upload
from files.placing import Arrivals, Placing
from files.reading import fill_window
from files.receipts import Handed, Named, Outcome, Receipt

MAX_NAME_CHARS = 255
TOGETHER = 30  # files that share a transaction: a class


def receive_all(
    batch_id: UUID, handed: Iterable[Handed], *, by: User, allow_duplicate: bool = False
) -> list[Receipt]:
    """Take in the files of one request, a few in a transaction, and queue them to be read.

    None is read before the last one has its place: a file that failed meanwhile would make room
    for another of the same request.
    """
    answers: list[Receipt | Placing] = []
    for item in handed:
        if _is_archive(item):
            members = _unpacked(item, most=settings.MAX_FILES_PER_REQUEST - len(answers))
        else:
            members = iter([item])
        for member in members:
            if isinstance(member, Receipt):
                answers.append(member)
                continue
            if sum(isinstance(answer, Placing) for answer in answers) == TOGETHER:
                answers = [*_answered(batch_id, answers, queue=False)]
            answers.append(_stored(batch_id, member, by=by, allow_duplicate=allow_duplicate))
    return _answered(batch_id, answers, queue=True)


def _answered(
    batch_id: UUID, answers: Sequence[Receipt | Placing], *, queue: bool
) -> list[Receipt]:
    """The answers in their order, once what is stored has been placed."""
    stored = [each for each in answers if isinstance(each, Placing)]
    placed = iter(_placed(batch_id, stored, queue=queue))
    return [each if isinstance(each, Receipt) else next(placed) for each in answers]


def _is_archive(handed: Handed) -> bool:
    """An archive for one named essay is none here: it is refused when it is read, with advice."""
    stream = handed.file.file
    if stream is None or getattr(handed.file, "too_large", False):
        return False
    return not handed.essay_id and not handed.reference and archives.is_archive(stream)


def _unpacked(handed: Handed, *, most: int) -> Iterator[Handed | Receipt]:
    """The members of an archive one by one, or the receipt of what is not taken in."""
    name, stream = clean_name(handed.file.name), handed.file.file
    assert stream is not None  # noqa: S101 - _is_archive has looked into it
    limits = archives.Limits(
        members=most,
        member_bytes=settings.MAX_UPLOAD_BYTES,
        inflated_bytes=settings.MAX_ARCHIVE_INFLATED_BYTES,
    )
    try:
        archive = archives.ClassArchive(stream, limits)
    except archives.TooManyMembers:
        detail = _("At most %d files in one request.") % settings.MAX_FILES_PER_REQUEST
        yield Receipt(name, Outcome.REFUSED, code="too_many_files", detail=detail)
        return
    except ExtractionFailed as failure:
        yield _refusal(name, failure)
        return
    for member in archive.members:
        yield from _unpacked_member(archive, member)


def _unpacked_member(
    archive: archives.ClassArchive, member: archives.Member
) -> Iterator[Handed | Receipt]:
    name = clean_name(member.label)
    if member.is_junk:
        detail = _("Not an essay: computers leave such files by themselves.")
        yield Receipt(name, Outcome.SKIPPED, code="not_an_essay", detail=detail)
        return
    try:
        stream = archive.unpack(member)
    except archives.TooMuchInside:
        detail = _("The archive holds more than is unpacked at once. Split it.")
        yield Receipt(name, Outcome.REFUSED, code="archive_too_large", detail=detail)
    except ExtractionFailed as failure:
        yield _refusal(name, failure)
    else:
        with stream:
            if archives.is_archive(stream):
                detail = _("An archive in an archive is not opened. Unpack it, upload its files.")
                yield Receipt(name, Outcome.REFUSED, code="nested_archive", detail=detail)
            else:
                yield Handed(Named(name, stream))


def _refusal(name: str, failure: ExtractionFailed) -> Receipt:
    return Receipt(
        name,
        Outcome.REFUSED,
        code=failure.code,
        detail=advice.of_failure(failure.code, failure.detail),
    )


def receive(
    batch_id: UUID,
    handed: Handed,
    *,
    by: User,
    allow_duplicate: bool = False,
    replaces: UUID | None = None,
) -> Receipt:
    """Take one file in, and queue it to be read. replaces: the upload in whose slot it is put."""
    stored = _stored(batch_id, handed, by=by, allow_duplicate=allow_duplicate, replaces=replaces)
    if isinstance(stored, Receipt):
        return stored
    [receipt] = _placed(batch_id, [stored], queue=True)
    return receipt


def _stored(
    batch_id: UUID,
    handed: Handed,
    *,
    by: User,
    allow_duplicate: bool,
    replaces: UUID | None = None,
) -> Receipt | Placing:
    """Hash and store the bytes of a file, which then waits for its slot."""
    name = clean_name(handed.file.name)
    stream = handed.file.file
    too_large = Receipt(
        name, Outcome.REFUSED, code="too_large", detail=_("The file is larger than allowed.")
    )
    if stream is None or getattr(handed.file, "too_large", False):
        return too_large
    size, sha256 = store.digest(stream)
    if size > settings.MAX_UPLOAD_BYTES:
        return too_large
    try:
        content = store.write(stream, owner_id=by.pk, size_bytes=size, sha256=sha256)
    except store.StorageUnavailable:
        detail = _("The file could not be stored. Nothing was lost: try again in a moment.")
        return Receipt(name, Outcome.REFUSED, code="storage_unavailable", detail=detail)
    upload = Upload(
        batch_id=batch_id,
        uploaded_by=by,
        raw=content,
        original_name=name,
        size_bytes=size,
        sha256=sha256,
        correlation_id=correlation.current(),
    )
    return Placing(upload, content, handed, by, allow_duplicate, replaces)


def _placed(batch_id: UUID, stored: Sequence[Placing], *, queue: bool) -> list[Receipt]:
    """Find the slots of some files in one transaction, or, when one cannot be placed, each alone.

    The bytes of files that are not taken in go again. queue: these files to be read, and those
    that were placed before.
    """
    try:
        with batches.held(batch_id) as batch:
            bulk.insert([placing.content for placing in stored])
            arrivals = Arrivals(batch, [placing.upload.sha256 for placing in stored])
            receipts = [placing.place(arrivals) for placing in stored]
            if queue:
                arrivals.queue()
            arrivals.write()
            store.discard(
                placing.content
                for placing, receipt in zip(stored, receipts, strict=True)
                if receipt.upload_id != placing.upload.pk
            )
            return receipts
    except Conflict as conflict:
        if len(stored) > 1:
            alone = [_placed(batch_id, [placing], queue=False) for placing in stored]
            receipts = [receipt for [receipt] in alone]
        else:
            receipts = [_refused(placing, conflict) for placing in stored]
            store.discard([placing.content for placing in stored])
    if queue:
        with batches.locked(batch_id) as batch:
            if batch is not None:
                fill_window(batch)
    return receipts


def _refused(placing: Placing, conflict: Conflict) -> Receipt:
    name = placing.upload.original_name
    return Receipt(name, Outcome.REFUSED, code=conflict.code, detail=conflict.detail)


def clean_name(name: str | None) -> str:
    """A file name as a label: NFC, without a path or control characters, at most 255 characters."""
    label = unicodedata.normalize("NFC", name or "").replace("\\", "/").rsplit("/", 1)[-1]
    label = "".join(char for char in label if unicodedata.category(char)[0] != "C").strip()
    return label[-MAX_NAME_CHARS:] or _("unnamed file")
