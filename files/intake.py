"""Taking files in: each finds its slot, a duplicate its first; a bad one never fails the rest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any, Protocol
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from content import store
from events.bus import publish
from events.topics import BatchFileAdded
from files import flow
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


class IncomingFile(Protocol):
    """A Django UploadedFile, or anything with a name and bytes."""

    @property
    def name(self) -> str | None: ...

    @property
    def file(self) -> IO[Any] | None: ...


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
    receipts = [
        receive(batch_id, item, by=by, allow_duplicate=allow_duplicate, queue=False)
        for item in handed
    ]
    with batches.locked(batch_id) as batch:
        if batch is not None:
            flow.fill_window(batch)
    return receipts


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
    if stream is None or getattr(handed.file, "too_large", False):
        return Receipt(
            name, Outcome.REFUSED, code="too_large", detail=_("The file is larger than allowed.")
        )
    size, sha256 = store.digest(stream)
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
        again = [upload for upload in failed if upload.sha256 == self.upload.sha256]
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
