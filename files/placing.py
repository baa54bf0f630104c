"""Where a stored file goes: into its slot, to the first of its kind, or beside all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from batches.errors import Conflict
from batches.models import Batch
from content.models import StoredContent
from events import bulk
from events.bus import publish
from events.topics import BatchFileAdded
from files import flow
from files.extraction.advice import NOT_KEPT
from files.models import LIVE, Upload
from files.reading import SCAN_KEPT_TASK, fill_window
from files.receipts import Handed, Outcome, Receipt, Replaceable
from jobs.queue import enqueue
from lifecycle import flow as lifecycle
from lifecycle import slots
from lifecycle.models import Essay


class Arrivals:
    """The files that come into a locked batch in one transaction, and what they find there.

    It is read once for all of them, until one does more than take a free slot. What is new is
    written together, by `write`.
    """

    def __init__(self, batch: Batch, sha256s: Iterable[str]) -> None:
        self.batch = batch
        self.sha256s = frozenset(sha256s)
        self._known: list[Upload] | None = None
        self._slots: list[Essay] | None = None
        self._new: list[Upload] = []
        self._taken: list[Essay] = []

    def known(self, sha256: str) -> list[Upload]:
        """Live uploads of these bytes, and all that have failed; the oldest first."""
        if self._known is None:
            same_bytes = Q(sha256__in=self.sha256s, status__in=LIVE)
            self._known = list(
                self.batch.uploads.filter(same_bytes | Q(status=Upload.Status.FAILED))
                .select_related("essay", "raw")
                .order_by("received_at")
            )
        return [
            upload
            for upload in self._known
            if upload.sha256 == sha256 or upload.status == Upload.Status.FAILED
        ]

    def slots(self) -> list[Essay]:
        """Those that a file may take."""
        if self._slots is None:
            self._slots = slots.takeable(self.batch)
        self._slots = [slot for slot in self._slots if slot.status in slots.TAKEABLE]
        return self._slots

    def add(self, upload: Upload) -> None:
        self._new.append(upload)
        if self._known is not None:
            self._known.append(upload)

    def take(self, slot: Essay) -> None:
        self._taken.append(slot)

    def queue(self) -> None:
        """Queue what waits to be read, and what is about to be written."""
        waiting = [upload for upload in self._new if upload.status == Upload.Status.RECEIVED]
        fill_window(self.batch, waiting)

    def write(self) -> None:
        new, taken, self._new, self._taken = self._new, self._taken, [], []
        bulk.insert(new)
        lifecycle.write_taken(self.batch, taken)

    def look_again(self) -> None:
        self.write()
        self._known = self._slots = None


@dataclass(frozen=True, slots=True)
class Placing:
    """One stored file on its way into a locked batch."""

    upload: Upload
    content: StoredContent
    handed: Handed
    by: User
    allow_duplicate: bool
    replaces: UUID | None

    def place(self, arrivals: Arrivals) -> Receipt:
        """The file's receipt. Raises Conflict when it has no place."""
        batch = arrivals.batch
        if batch.status == Batch.Status.CANCELLED:
            raise Conflict("batch_cancelled", _("This batch is cancelled. Reopen it first."))
        known = arrivals.known(self.upload.sha256)
        live = [upload for upload in known if upload.status in LIVE]
        failed = [upload for upload in known if upload.status == Upload.Status.FAILED]
        kept = [upload for upload in failed if _is_kept(upload)]
        again = [upload for upload in kept if upload.sha256 == self.upload.sha256]
        if live and not self.allow_duplicate:
            return self._receipt(live[0], Outcome.DUPLICATE)
        if again and not live and self._means(again[0]):
            flow.try_again(batch, again[0], by=self.by)
            arrivals.look_again()
            return self._receipt(again[0], Outcome.RETRIED)
        return self._add(arrivals, live, failed)

    def _means(self, failed: Upload) -> bool:
        """Whether the file was handed in for the slot in which the same bytes failed."""
        essay, handed = failed.essay, self.handed
        if self.replaces:
            return failed.pk == self.replaces
        if handed.essay_id:
            return essay is not None and essay.pk == handed.essay_id
        return not handed.reference or (essay is not None and essay.reference == handed.reference)

    def _add(self, arrivals: Arrivals, live: Sequence[Upload], failed: Sequence[Upload]) -> Receipt:
        batch, upload = arrivals.batch, self.upload
        essay = self._slot(arrivals, failed)
        upload.essay = essay
        upload.status = Upload.Status.RECEIVED if essay else Upload.Status.EXCESS
        if any(other.sha256 == upload.sha256 for other in [*live, *failed]):
            arrivals.write()
            last = batch.uploads.filter(sha256=upload.sha256).aggregate(last=Max("copy"))["last"]
            upload.copy = (last or 0) + 1
        arrivals.add(upload)
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
            arrivals.write()
            if settings.CLAMD_URL:  # nobody reads it yet, but somebody may look at it
                enqueue(SCAN_KEPT_TASK, upload.pk)
            return self._receipt(upload, Outcome.EXCESS, replaceable=_replaceable(batch))
        return self._receipt(upload, Outcome.ACCEPTED)

    def _slot(self, arrivals: Arrivals, failed: Sequence[Upload]) -> Essay | None:
        """The file's slot, cleared of the file that stood in it."""
        batch, name = arrivals.batch, self.upload.original_name
        if self.replaces:
            old = batch.uploads.select_related("essay", "raw").filter(pk=self.replaces).first()
            if old is None or old.essay is None or old.status == Upload.Status.REMOVED:
                raise Conflict("file_gone", _("The file that was to be replaced is gone."))
            essay = old.essay
            flow.take_out(batch, [old], by=self.by)
            lifecycle.ingest(batch, essay, file_name=name, by=self.by)
            arrivals.look_again()
            return essay
        try:
            chosen = lifecycle.take_slot(
                batch,
                arrivals.slots(),
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
            arrivals.take(chosen)
            before = [upload for upload in failed if upload.essay_id == chosen.pk]
            if before:
                flow.take_out(batch, before, by=self.by)
                arrivals.look_again()
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


def _is_kept(upload: Upload) -> bool:
    """Its bytes can be read once more: neither infected nor lost."""
    return upload.raw_id is not None and upload.failure_detail != NOT_KEPT


def _replaceable(batch: Batch) -> tuple[Replaceable, ...]:
    failed = batch.essays.failed().order_by("position")
    return tuple(Replaceable(e.pk, e.reference, e.file_name) for e in failed)
