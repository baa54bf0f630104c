"""The history of decisions: written with each, read by a person, and taken back step by step.

The decision of a mark is that of the last verdict about it that was not taken back there; without
one it is open. Everything here is called under the batch's lock, but for reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from spellcheck.models import KnownWord, Misspelling, Verdict, VerdictMark

Decision, Scope = Misspelling.Decision, Verdict.Scope

Seen = tuple[str, str]  # the decision and the replacement that somebody saw before deciding


class DecidedMeanwhile(Conflict):
    """Somebody else has decided about the mark since it was looked at; theirs stands."""

    def __init__(self, mark: Misspelling, *, by: User) -> None:
        self.mark = mark
        super().__init__("decided_meanwhile", _said(mark, by))


def _said(mark: Misspelling, by: User) -> str:
    decided = mark.decided_at
    facts = {
        "word": mark.replacement,
        "at": date_format(timezone.localtime(decided), "H:i") if decided else "",
        "name": mark.decided_by.get_short_name() if mark.decided_by else "",
    }
    is_own = mark.decided_by_id in (None, by.pk)
    match Decision(mark.decision):
        case Decision.ACCEPTED if is_own:
            said = _("In another window “%(word)s” was accepted at %(at)s.")
        case Decision.ACCEPTED:
            said = _("%(name)s accepted “%(word)s” at %(at)s.")
        case Decision.IGNORED if is_own:
            said = _("In another window this mark was ignored at %(at)s.")
        case Decision.IGNORED:
            said = _("%(name)s ignored this mark at %(at)s.")
        case _other:
            return _("The decision was taken back meanwhile. This mark is open again.")
    return " ".join([said % facts, _("Nothing was changed.")])


def refuse_unseen(mark: Misspelling, seen: Seen | None, *, by: User) -> None:
    """Raises DecidedMeanwhile when the mark is not as it was seen. None: it was not looked at."""
    if seen is not None and seen != (mark.decision, mark.replacement):
        raise DecidedMeanwhile(mark, by=by)


# --- written --------------------------------------------------------------------------------
def record(
    batch: Batch,
    marks: Collection[int],
    *,
    decision: Misspelling.Decision,
    word: str,
    by: User,
    replacement: str = "",
    scope: Verdict.Scope = Scope.HERE,
    known_word: KnownWord | None = None,
) -> Verdict:
    """Decide about these marks of a batch, in one step. marks: their ids."""
    at = timezone.now()
    verdict = Verdict.objects.create(
        batch=batch,
        outcome=decision,
        scope=scope,
        word=word,
        replacement=replacement,
        known_word=known_word,
        by=by,
        at=at,
    )
    rows = Misspelling.objects.filter(pk__in=marks).values_list("pk", "result__text__essay_id")
    VerdictMark.objects.bulk_create(
        VerdictMark(verdict=verdict, misspelling_id=pk, essay_id=essay) for pk, essay in rows
    )
    _write(marks, verdict)
    return verdict


def _write(marks: Iterable[int], verdict: Verdict | None) -> None:
    """Give marks the decision of a verdict; None opens them."""
    Misspelling.objects.filter(pk__in=marks).update(
        decision=verdict.outcome if verdict else Decision.OPEN,
        replacement=verdict.replacement if verdict else "",
        decided_by=verdict.by if verdict else None,
        decided_at=verdict.at if verdict else None,
    )


# --- taken back -----------------------------------------------------------------------------
def open_again(mark: Misspelling, *, by: User) -> None:
    """Take back everything that was decided about one mark."""
    _standing([mark.pk]).update(undone_by=by, undone_at=timezone.now())
    _write([mark.pk], None)


def take_back(verdict_id: int, *, by: User) -> Verdict:
    """Undo a verdict wherever it still stands, with the word that it put on a list.

    Its marks return to what was decided before it, and later decisions on them stay. Raises
    Conflict when all of it was taken back already.
    """
    batch_id = Verdict.objects.filter(pk=verdict_id).values_list("batch_id", flat=True).first()
    if batch_id is None:
        raise Conflict("batch_gone", _("This batch has been deleted."))
    with batches.held(batch_id):
        verdict = Verdict.objects.select_related("known_word").get(pk=verdict_id)
        mine = VerdictMark.objects.filter(verdict=verdict, undone_at=None)
        marks = [pk for pk in mine.values_list("misspelling", flat=True) if pk is not None]
        n_undone = mine.update(undone_by=by, undone_at=timezone.now())
        if not n_undone and verdict.known_word is None:
            raise Conflict("undone_already", _("This has been taken back already."))
        _restore(marks)
        _forget(verdict)
    return verdict


def _restore(marks: Collection[int]) -> None:
    """Give each mark the decision of the last verdict that stands about it."""
    last: dict[int, Verdict] = {}
    standing = _standing(marks).select_related("verdict__by").order_by("verdict_id")
    for row in standing:
        last[row.misspelling_id or 0] = row.verdict
    by_verdict: defaultdict[Verdict | None, list[int]] = defaultdict(list)
    for pk in marks:
        by_verdict[last.get(pk)].append(pk)
    for verdict, some in by_verdict.items():
        _write(some, verdict)


def _standing(marks: Collection[int]) -> QuerySet[VerdictMark]:
    return VerdictMark.objects.filter(misspelling__in=marks, undone_at=None)


def _forget(verdict: Verdict) -> None:
    """Take the verdict's word off its list, unless it is there for another reason too."""
    if verdict.known_word is None:
        return
    # Locked: of two batches that let go of a word at once, the second must see that it is the last.
    word = KnownWord.objects.select_for_update().filter(pk=verdict.known_word.pk).first()
    Verdict.objects.filter(pk=verdict.pk).update(known_word=None)
    if word is None:
        return
    if word.source == KnownWord.Source.DECISION and not word.verdicts.exists():
        word.delete()


# --- read -----------------------------------------------------------------------------------
def history(batch_id: UUID, *, essay_id: UUID | None = None) -> QuerySet[Verdict]:
    """What was decided in a batch, or about marks of one essay among others; latest first.

    Each with `n_marks`, of which `n_undone` were taken back and `n_current` stand in a text that is
    current; and when (`undone_at`) and by whom (`undone_by_name`) it was last taken back.
    """
    verdicts = Verdict.objects.filter(batch=batch_id)
    if essay_id is not None:
        verdicts = verdicts.filter(
            pk__in=VerdictMark.objects.filter(essay=essay_id).values("verdict")
        )
    undone = VerdictMark.objects.filter(verdict=OuterRef("pk")).exclude(undone_at=None)
    is_current = Q(marks__misspelling__result__text=F("marks__essay__current_text"))
    return (
        verdicts.select_related("by")
        .annotate(
            n_marks=Count("marks"),
            n_undone=Count("marks", filter=Q(marks__undone_at__isnull=False)),
            n_current=Count("marks", filter=is_current),
            undone_at=Max("marks__undone_at"),
            undone_by_name=Subquery(undone.order_by("-undone_at").values("undone_by__name")[:1]),
        )
        .order_by("-pk")
    )
