"""The part of a batch's page that keeps itself current."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from batches.models import Batch
from events.models import Event
from pages import needs
from pages.rows import Board, board
from pages.states import State
from pipelines import estimate

BUSY_POLL_S = 2
LARGE_POLL_S = 5
MAX_FAST_POLL_ESSAYS = 60
IDLE_POLL_S = 15  # nothing runs, but files may come from elsewhere


def with_last_event(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Adds `seq`, the batch's last event: while it stays the same, nothing has happened."""
    events = Event.objects.filter(batch_id=OuterRef("pk")).order_by("-seq").values("seq")
    return batches.annotate(seq=Subquery(events[:1]))


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    count: str
    note: str
    is_done: bool = False
    is_current: bool = False
    is_running: bool = False  # by itself, that is: not waiting for anybody

    @property
    def icon(self) -> str:
        if self.is_done:
            return "check"
        return "work" if self.is_running else ""


@dataclass(frozen=True, slots=True)
class Live:
    """A batch as it stands at one moment."""

    batch: Batch
    board: Board
    seq: int
    at: datetime
    minutes_left: int | None

    @property
    def poll_s(self) -> int | None:
        """Seconds until the page asks again; None when nothing more happens by itself."""
        if self.is_running or self.is_in_haste or self.is_late or self.board.standing.is_busy:
            is_large = self.board.standing.n_slots > MAX_FAST_POLL_ESSAYS
            return LARGE_POLL_S if is_large else BUSY_POLL_S
        waits = self.batch.status in (
            Batch.Status.AWAITING_CONTENT_VALIDATION,
            Batch.Status.READY_FOR_PIPELINE_EXECUTION,
        )
        return IDLE_POLL_S if waits else None

    @property
    def is_running(self) -> bool:
        return self.batch.status == Batch.Status.PROCESSING_PIPELINES

    @property
    def is_cancelled(self) -> bool:
        return self.batch.status == Batch.Status.CANCELLED

    @property
    def is_ended(self) -> bool:
        return self.batch.status in needs.ENDED

    @property
    def doing(self) -> str:
        return needs.doing(self.batch, self.board.standing)

    @property
    def is_in_haste(self) -> bool:
        """Everything is in and starts by itself in a moment."""
        status = Batch.Status.READY_FOR_PIPELINE_EXECUTION
        return self.batch.auto_start and self.batch.status == status

    @property
    def is_late(self) -> bool:
        """An essay was read after the batch had ended: it is checked in a moment."""
        return self.is_ended and self.board.standing.count(State.READ) > 0

    @property
    def may_start(self) -> bool:
        """There is something to check that does not begin by itself."""
        standing = self.board.standing
        unchecked = standing.n_ready - standing.n_checked
        return bool(unchecked) and not (self.is_running or self.is_cancelled or self.is_in_haste)

    @property
    def steps(self) -> list[Step]:
        s = self.board.standing
        missing = _("%(n)d missing") % {"n": s.n_missing} if s.n_missing else ""
        unreadable = _("%(n)d need you") % {"n": s.n_unreadable} if s.n_unreadable else ""
        of = _("%(n)d of %(all)d")
        is_in = s.n_expected > 0 and not s.n_missing and not self.batch.is_open
        is_read = is_in and not s.n_reading
        is_checked = bool(s.n_checked) and s.n_checked == s.n_ready and not s.n_reading
        return [
            Step(
                _("Upload"),
                str(s.n_handed_in)
                if self.batch.is_open
                else of % {"n": s.n_handed_in, "all": s.n_expected},
                _("more may come") if self.batch.is_open else missing,
                is_done=is_in or self.is_ended,
                is_current=not is_in and not s.n_reading and not self.is_ended,
            ),
            Step(
                _("Read text"),
                of % {"n": s.n_ready, "all": s.n_handed_in} if s.n_handed_in else "–",
                unreadable,
                is_done=is_read and s.n_ready > 0,
                is_current=s.n_reading > 0,
                is_running=s.n_reading > 0,
            ),
            Step(
                _("Check language"),
                of % {"n": s.n_checked, "all": s.n_ready} if s.n_ready else "–",
                self.time_left or _failed(s.n_unchecked),
                is_done=is_checked,
                is_current=self.is_running or (self.may_start and is_read),
                is_running=self.is_running,
            ),
            Step(
                _("Results"),
                *self._results(),
                is_done=is_checked and not self.board.n_open,
                is_current=is_checked and self.is_ended and self.board.n_open > 0,
            ),
        ]

    def _results(self) -> tuple[str, str]:
        n = self.board.standing.n_checked
        if not n:
            return "–", _("after the check")
        if n_open := self.board.n_open:
            return ngettext("%(n)d mark", "%(n)d marks", n_open) % {"n": n_open}, _("to decide")
        return _("Done"), _("nothing left to decide")

    @property
    def time_left(self) -> str:
        if not self.minutes_left:
            return ""
        return ngettext(
            "about %(n)d minute left", "about %(n)d minutes left", self.minutes_left
        ) % {"n": self.minutes_left}


def _failed(n: int) -> str:
    return ngettext("%(n)d failed", "%(n)d failed", n) % {"n": n} if n else ""


def look(batch: Batch, *, seq: int | None = None) -> Live:
    """Read where the batch stands now. seq: its last event, read before the rest."""
    if seq is None:
        events = Event.objects.filter(batch_id=batch.pk).order_by("-seq")
        seq = events.values_list("seq", flat=True).first()
    now = timezone.now()
    return Live(batch, board(batch), seq or 0, now, _minutes_left(batch))


def _minutes_left(batch: Batch) -> int | None:
    """Of a run that is active; None without one, or while nothing can be said."""
    if batch.status != Batch.Status.PROCESSING_PIPELINES:
        return None
    seconds = estimate.seconds_left(batch)
    return None if seconds is None else max(1, math.ceil(seconds / 60))
