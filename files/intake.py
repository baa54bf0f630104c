"""Taking files in: each finds its slot, a duplicate its first; a bad one never fails the rest.

The files in a zip archive come in like those beside it, each with a receipt of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from content import store
from events.bus import publish
from events.topics import BatchFileAdded
from files import archive_intake as archives
from files import flow
from files.extraction import ExtractionFailed
from files.models import LIVE, Upload
from lifecycle import flow as lifecycle
from lifecycle import slots
from lifecycle.models import Essay

MAX_NAME_CHARS = 255


class Outcome(StrEnum):
    """What became of one file of a request."""

    ACCEPTED = "accepted"
    RETRIED = "retried"  # the same bytes had failed before: they are read once more
    DUPLICATE = "duplicate"  # the same bytes are here already
    EXCESS = "excess"  # stored, but every slot has a file
    REFUSED = "refused"  # not stored, for the reason that the code names
    SKIPPED = "skipped"  # what a computer has left in an archive by itself


class IncomingFile(Protocol):
    """A Django UploadedFile, or anything with a name and bytes."""

    @property
    def name(self) -> str | None: ...

    @property
    def file(self) -> IO[Any] | None: ...


@dataclass(frozen=True, slots=True)
class Named:
    """Bytes that came in another way than as a file of a request."""

    name: str
    file: IO[bytes]


@dataclass(frozen=True, slots=True)
class Replaceable:
    """A failed slot which a file that is too many could replace."""

    essay_id: UUID
    reference: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer for one file. `upload_id` is the first one's for a duplicate."""

    file_name: str
    outcome: Outcome
    upload_id: UUID | None = None
    essay_id: UUID | None = None
    reference: str = ""
    code: str = ""
    detail: str = ""
    replaceable: tuple[Replaceable, ...] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it was handed in, and what was said beside it."""

    file: IncomingFile
    essay_id: UUID | None = None
    reference: str = ""


def receive_all(
    batch_id: UUID, handed: Iterable[Handed], *, by: User, allow_duplicate: bool = False
) -> list[Receipt]:
    """Take in the files of one request, one short transaction a file, and queue them to be read."""
    receipts: list[Receipt] = []
    for item in handed:
        if _is_archive(item):
            most = settings.MAX_FILES_PER_REQUEST - len(receipts)
            members = _unpacked(item, most=most)
        else:
            members = iter([item])
        receipts += [
            member
            if isinstance(member, Receipt)
            else receive(batch_id, member, by=by, allow_duplicate=allow_duplicate, queue=False)
            for member in members
        ]
    with batches.locked(batch_id) as batch:
        if batch is not None:
            flow.fill_window(batch)
    return receipts


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
    return Receipt(name, Outcome.REFUSED, code=failure.code, detail=_(failure.detail))


def receive(
    batch_id: UUID,
    handed: Handed,
    *,
    by: User,
    allow_duplicate: bool = False,
    replaces: UUID | None = None,
    queue: bool = True,
) -> Receipt:
    """Take one file in: its bytes are hashed and stored first, then it finds its slot.

    replaces: the upload in whose slot the file is put. queue: False when the caller queues it.
    """
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
        content = store.put(stream, owner_id=by.pk, size_bytes=size, sha256=sha256)
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
    )
    placing = _Placing(upload, handed, by, allow_duplicate, replaces, queue)
    try:
        with batches.held(batch_id) as batch:
            receipt = placing.place(batch)
            if receipt.upload_id != upload.pk:
                store.discard([content])
    except Conflict as conflict:
        store.discard([content])
        return Receipt(name, Outcome.REFUSED, code=conflict.code, detail=conflict.detail)
    return receipt


def clean_name(name: str | None) -> str:
    """A file name as a label: NFC, without a path or control characters, at most 255 characters."""
    label = unicodedata.normalize("NFC", name or "").replace("\\", "/").rsplit("/", 1)[-1]
    label = "".join(char for char in label if unicodedata.category(char)[0] != "C").strip()
    return label[-MAX_NAME_CHARS:] or _("unnamed file")


@dataclass(frozen=True, slots=True)
class _Placing:
    """One stored file on its way into a locked batch."""

    upload: Upload
    handed: Handed
    by: User
    allow_duplicate: bool
    replaces: UUID | None
    queue: bool

    def place(self, batch: Batch) -> Receipt:
        if batch.status == Batch.Status.CANCELLED:
            raise Conflict("batch_cancelled", _("This batch is cancelled. Reopen it first."))
        same_bytes = Q(sha256=self.upload.sha256, status__in=LIVE)
        known = list(
            batch.uploads.filter(same_bytes | Q(status=Upload.Status.FAILED))
            .select_related("essay", "raw")
            .order_by("received_at")
        )
        live = [upload for upload in known if upload.status in LIVE]
        failed = [upload for upload in known if upload.status == Upload.Status.FAILED]
        kept = [upload for upload in failed if upload.raw_id]  # what was infected is not
        again = [upload for upload in kept if upload.sha256 == self.upload.sha256]
        if live and not self.allow_duplicate:
            return self._receipt(live[0], Outcome.DUPLICATE)
        if again and not live and self._means(again[0]):
            flow.try_again(batch, again[0], by=self.by)
            return self._receipt(again[0], Outcome.RETRIED)
        return self._add(batch, live, failed)

    def _means(self, failed: Upload) -> bool:
        """Whether the file was handed in for the slot in which the same bytes failed."""
        essay, handed = failed.essay, self.handed
        if self.replaces:
            return failed.pk == self.replaces
        if handed.essay_id:
            return essay is not None and essay.pk == handed.essay_id
        return not handed.reference or (essay is not None and essay.reference == handed.reference)

    def _add(self, batch: Batch, live: Sequence[Upload], failed: Sequence[Upload]) -> Receipt:
        essay = self._slot(batch, failed)
        upload = self.upload
        upload.essay = essay
        upload.status = Upload.Status.RECEIVED if essay else Upload.Status.EXCESS
        if live:
            last = batch.uploads.filter(sha256=upload.sha256).aggregate(last=Max("copy"))["last"]
            upload.copy = (last or 0) + 1
        upload.save(force_insert=True)
        publish(
            BatchFileAdded(
                batch_id=batch.pk,
                file_upload_id=upload.pk,
                essay_id=essay.pk if essay else None,
            ),
            actor_id=self.by.pk,
            correlation_id=batch.correlation_id,
        )
        if essay is None:
            return self._receipt(upload, Outcome.EXCESS, replaceable=_replaceable(batch))
        if self.queue:
            flow.fill_window(batch)
        return self._receipt(upload, Outcome.ACCEPTED)

    def _slot(self, batch: Batch, failed: Sequence[Upload]) -> Essay | None:
        """The file's slot, cleared of the file that stood in it."""
        name = self.upload.original_name
        if self.replaces:
            old = batch.uploads.select_related("essay", "raw").filter(pk=self.replaces).first()
            if old is None or old.essay is None or old.status == Upload.Status.REMOVED:
                raise Conflict("file_gone", _("The file that was to be replaced is gone."))
            essay = old.essay
            flow.take_out(batch, [old], by=self.by)
            lifecycle.ingest(batch, essay, file_name=name, by=self.by)
            return essay
        try:
            chosen = lifecycle.take_slot(
                batch,
                file_name=name,
                essay_id=self.handed.essay_id,
                reference=self.handed.reference,
                by=self.by,
            )
        except slots.UnknownEssay as error:
            detail = _("No essay of this batch has the id that was given beside the file.")
            raise Conflict("unknown_essay", detail) from error
        except slots.SlotTaken as error:
            detail = _("That essay has a file already. Replace or remove it instead.")
            raise Conflict("slot_taken", detail) from error
        if chosen is not None:
            before = [upload for upload in failed if upload.essay_id == chosen.pk]
            flow.take_out(batch, before, by=self.by)
        return chosen

    def _receipt(
        self, upload: Upload, outcome: Outcome, *, replaceable: tuple[Replaceable, ...] = ()
    ) -> Receipt:
        essay = upload.essay
        return Receipt(
            self.upload.original_name,
            outcome,
            upload_id=upload.pk,
            essay_id=essay.pk if essay else None,
            reference=essay.reference if essay else "",
            replaceable=replaceable,
        )


def _replaceable(batch: Batch) -> tuple[Replaceable, ...]:
    failed = batch.essays.failed().order_by("position")
    return tuple(Replaceable(e.pk, e.reference, e.file_name) for e in failed)
