"""The part of a batch's page that keeps itself current."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from batches.models import Batch
from events.models import Event
from files.models import Upload
from pages import needs, timeleft
from pages.rows import Board, Row, board
from pages.selection import Selection, Tab
from pages.states import State
from pipelines import estimate, outcomes

BUSY_POLL_S = 2
LARGE_POLL_S = 5
MAX_FAST_POLL_ESSAYS = 60
IDLE_POLL_S = 15  # nothing runs, but files may come from elsewhere


def with_token(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """Adds `seq` and `n_told`: while both stay the same, nothing has happened in a batch.

    n_told: of files whose reading takes a while or waits for something, as far as they are.
    """
    events = Event.objects.filter(batch_id=OuterRef("pk")).order_by("-seq").values("seq")
    received = Upload.objects.filter(batch=OuterRef("pk"), status=Upload.Status.RECEIVED)
    told = received.exclude(is_long=False, failure_code="").order_by().values("batch")
    pages = Sum(Coalesce("pages_done", 0) + Coalesce("page_count", 0) + 1)
    return batches.annotate(
        seq=Subquery(events[:1]), n_told=Subquery(told.annotate(n=pages).values("n"))
    )


def token(seq: int | None, n_told: int | None) -> str:
    return f"{seq or 0}.{n_told or 0}"


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
    token: str
    at: datetime
    seconds_left: float | None
    selection: Selection

    @property
    def shown(self) -> list[Row]:
        """The lines of the table that the teacher wants to see."""
        return [row for row in self.board.rows if self.selection.takes(row)]

    @property
    def tabs(self) -> list[Tab]:
        return self.selection.tabs(self.board.rows)

    @property
    def poll_query(self) -> str:
        """What the page knows, as parameters of its next question."""
        known: dict[str, str | int] = {**self.selection.given, "seen": self.token}
        if self.seconds_left is not None:
            until = math.ceil(self.at.timestamp() + self.seconds_left)
            known |= {"until": until, "left": timeleft.rounded(self.seconds_left)}
        return f"?{urlencode(known)}"

    @property
    def poll_s(self) -> int | None:
        """Seconds until the page asks again; None when nothing more happens by itself."""
        is_moving = self.is_running or self.is_in_haste or self.is_late or self.is_unsettled
        if is_moving or self.board.standing.is_busy:
            is_large = self.board.standing.n_slots > MAX_FAST_POLL_ESSAYS
            return LARGE_POLL_S if is_large else BUSY_POLL_S
        waits = self.batch.status in (
            Batch.Status.AWAITING_CONTENT_VALIDATION,
            Batch.Status.READY_FOR_PIPELINE_EXECUTION,
        )
        rests = self.is_ended and not self.is_cancelled and self.board.standing.count(State.READ)
        return IDLE_POLL_S if waits or rests else None

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
        goes_on = self.is_ended and not self.is_cancelled and self.batch.auto_start
        return goes_on and self.board.standing.count(State.READ) > 0

    @property
    def is_unsettled(self) -> bool:
        """Its essays are others by now, and the status follows in a moment."""
        standing = self.board.standing
        true = outcomes.status_of(standing.n_checked, standing.n_expected)
        return self.is_ended and not self.is_cancelled and self.batch.status != true

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
                _failed(s.n_unchecked),
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
        return "" if self.seconds_left is None else timeleft.in_words(self.seconds_left)


def _failed(n: int) -> str:
    return ngettext("%(n)d failed", "%(n)d failed", n) % {"n": n} if n else ""


def look(batch: Batch, selection: Selection, *, promised: int | None = None) -> Live:
    """Read where a batch stands now, which has been read `with_token` before.

    promised: the moment, in Unix seconds, at which everything was said to be done.
    """
    found, now = board(batch), timezone.now()
    promised_s = None if promised is None else promised - now.timestamp()
    left = _seconds_left(batch, found, promised_s)
    shown = token(batch.seq, batch.n_told)  # type: ignore[attr-defined]  # annotated above
    return Live(batch, found, shown, now, left, selection)


def _seconds_left(batch: Batch, found: Board, promised_s: float | None) -> float | None:
    """None where nothing goes on or can be said, or what takes long is read, whose pages differ."""
    goes_on = batch.status == Batch.Status.PROCESSING_PIPELINES or found.standing.n_reading
    if not goes_on or found.reads_long:
        return None
    seconds = estimate.seconds_left(batch)
    return None if seconds is None else timeleft.steadied(seconds, promised_s)
