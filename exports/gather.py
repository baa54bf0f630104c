"""A batch as it is exported: read once, so that what makes the files asks no database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from batches.models import Batch
from lifecycle.models import Essay, EssayText
from lifecycle.names import in_order, name_of
from pipelines.models import EssayPhase
from spellcheck import flow as spellcheck
from spellcheck.models import Misspelling, SpellcheckResult
from spellcheck.report import Report, report_of

FORMAT = "1"  # of the exported files; another one makes what was exported before it stale
Decision = Misspelling.Decision
READY = Essay.Status.READY_FOR_PROCESSING


@dataclass(frozen=True, slots=True)
class Mark:
    """A misspelling on an offset (code points) of a text, and what was decided about it."""

    start: int
    length: int
    word: str
    kind: str
    suggestions: tuple[str, ...]
    decision: str
    replacement: str
    decided_by: str
    at: datetime  # of the decision, else of the check

    @property
    def is_ignored(self) -> bool:
        return self.decision == Decision.IGNORED

    @property
    def is_decided(self) -> bool:
        return self.decision != Decision.OPEN

    @property
    def meant(self) -> str:
        """The accepted correction, else the first suggestion, else nothing."""
        return self.replacement or next(iter(self.suggestions), "")


@dataclass(frozen=True, slots=True)
class Paper:
    """One essay. body and n_words are None without a text, n_marks before it was checked, and
    corrected when no correction was accepted."""

    essay_id: UUID
    name: str
    reference: str
    state: str
    n_words: int | None
    n_marks: int | None
    body: str | None
    corrected: str | None
    marks: tuple[Mark, ...]
    at: datetime | None

    @property
    def is_checked(self) -> bool:
        return self.n_marks is not None

    def count(self, decision: str) -> int | None:
        return sum(mark.decision == decision for mark in self.marks) if self.is_checked else None

    @property
    def n_open(self) -> int | None:
        return self.count(Decision.OPEN)

    @property
    def n_counted(self) -> int | None:
        """The marks that count in the report: those that were not ignored."""
        ignored = self.count(Decision.IGNORED)
        return None if self.n_marks is None or ignored is None else self.n_marks - ignored

    @property
    def per_100(self) -> float | None:
        """Marks per 100 words, ignored or not."""
        return (
            100 * self.n_marks / self.n_words if self.n_marks is not None and self.n_words else None
        )


@dataclass(frozen=True, slots=True)
class Collection:
    """A batch's essays in the order of a class list."""

    batch: Batch
    papers: Sequence[Paper]
    essays: Sequence[Essay]  # that the papers were made from, with their marks

    @property
    def report(self) -> Report:
        """The class report of just these texts and marks, with all pairs."""
        ready = [essay for essay in self.essays if essay.status == READY and _result(essay)]
        items = [item for essay in ready for item in _marks_of(essay)]
        return report_of(ready, items, max_pairs=None)

    @property
    def with_text(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.body is not None]

    @property
    def at(self) -> datetime:
        """When something of the contents last changed; the moment that the files carry."""
        return max(
            [paper.at for paper in self.papers if paper.at], default=self.batch.registered_at
        )


def gather(batch: Batch, essays: QuerySet[Essay] | None = None) -> Collection:
    """Read the essays with their texts and marks, in as many queries for three as for thirty.

    essays: of the batch; without it all of them.
    """
    marks = Misspelling.objects.select_related("decided_by").order_by("start")
    wanted = (
        (batch.essays.all() if essays is None else essays)
        .select_related("current_text__spellcheck")
        .prefetch_related(Prefetch("current_text__spellcheck__misspellings", marks))
        .order_by("position")
    )
    under_way = _under_way(batch)
    in_turn = sorted(wanted, key=in_order)
    return Collection(batch, [_paper(essay, under_way) for essay in in_turn], in_turn)


def _result(essay: Essay) -> SpellcheckResult | None:
    return getattr(essay.current_text, "spellcheck", None)


def _marks_of(essay: Essay) -> list[Misspelling]:
    result = _result(essay)
    return list(result.misspellings.all()) if result else []


def _paper(essay: Essay, under_way: dict[int, str]) -> Paper:
    text = essay.current_text
    result, found = _result(essay), _marks_of(essay)
    at = result.created_at if result else text.created_at if text else None
    marks = tuple(_mark(item, at) for item in found) if at else ()
    if text is None:
        state = _OF_CONTENT.get(essay.status, "")
    else:
        state = (
            _("Checked") if result else _OF_CHECK.get(under_way.get(text.pk, ""), _("Text read"))
        )
    return Paper(
        essay_id=essay.pk,
        name=name_of(essay),
        reference=essay.reference,
        state=str(state),
        n_words=text.word_count if text else None,
        n_marks=len(found) if result else None,
        body=text.body if text else None,
        corrected=_corrected(text, found),
        marks=marks,
        at=max([mark.at for mark in marks], default=at),
    )


def _corrected(text: EssayText | None, found: list[Misspelling]) -> str | None:
    has_corrections = any(item.decision == Decision.ACCEPTED for item in found)
    return spellcheck.corrected(text.body, found) if text and has_corrections else None


def _mark(item: Misspelling, checked_at: datetime) -> Mark:
    return Mark(
        start=item.start,
        length=item.length,
        word=item.word,
        kind=item.kind,
        suggestions=tuple(item.suggestions),
        decision=item.decision,
        replacement=item.replacement,
        decided_by=item.decided_by.name if item.decided_by else "",
        at=item.decided_at or checked_at,
    )


_OF_CONTENT: dict[str, str | Promise] = {
    Essay.Status.AWAITING_CONTENT: _("No file"),
    Essay.Status.CONTENT_INGESTING: _("Reading"),
    Essay.Status.CONTENT_INGESTION_FAILED: _("Needs you"),
    Essay.Status.ABSENT: _("Absent"),
}
_OF_CHECK: dict[str, str | Promise] = {
    EssayPhase.Status.PENDING: _("Waiting"),
    EssayPhase.Status.IN_PROGRESS: _("Checking"),
    EssayPhase.Status.FAILED: _("Needs you"),
}


def _under_way(batch: Batch) -> dict[int, str]:
    """Text → what became of its latest step, of the texts that have no result yet."""
    steps = EssayPhase.objects.filter(
        text__in=batch.essays.values("current_text"), text__spellcheck=None
    )
    return dict(steps.order_by("phase_run_id").values_list("text_id", "status"))


def fingerprint(batch: Batch) -> str:
    """The same as long as an export would hold the same; much less work than making one."""
    sha256 = hashlib.sha256()
    for row in _rows(batch):
        sha256.update(repr(row).encode())
    return sha256.hexdigest()


def _rows(batch: Batch) -> Iterator[object]:
    yield FORMAT, batch.title, batch.course_code, batch.class_designation, batch.language
    columns = ("pk", "file_name", "reference", "status", "current_text_id")
    yield list(batch.essays.order_by("position").values_list(*columns))
    of_batch = Misspelling.objects.filter(result__text__in=batch.essays.values("current_text"))
    yield list(of_batch.order_by("pk").values_list("pk", "decision", "replacement"))
    yield sorted(_under_way(batch).items())
