"""The first page: what needs the teacher, what is under way, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from batches.models import Batch
from files.models import Upload
from lifecycle.models import Essay
from pages import needs, samples, timeleft
from pages.access import TeacherRequest, asked
from pages.states import Standing, standings
from pipelines import estimate
from spellcheck.models import Misspelling, SpellcheckResult

N_RECENT = 10
N_PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One batch in a list."""

    batch: Batch
    standing: Standing
    needs: list[str]
    n_words: int
    n_marks: int
    n_open: int
    time_left: str = ""  # a sentence, of what goes on by itself

    @property
    def doing(self) -> str:
        return needs.doing(self.batch, self.standing)

    @property
    def is_ended(self) -> bool:
        return self.batch.status in needs.ENDED

    @property
    def is_failed(self) -> bool:
        return self.batch.status == Batch.Status.FAILED_CRITICALLY

    @property
    def per_100(self) -> float | None:
        return 100 * self.n_marks / self.n_words if self.n_words else None


def lines(batches: Iterable[Batch]) -> list[Line]:
    shown = list(batches)
    found, sums = standings(shown), _sums(shown)
    at = timezone.now()
    return [
        Line(batch, found[batch.pk], needs.needs(batch, found[batch.pk], at=at), *sums[batch.pk])
        for batch in shown
    ]


def _with_time_left(lines: Sequence[Line]) -> list[Line]:
    """Says nothing of batches that read scans or long files, whose pages differ too much."""
    batches = [line.batch for line in lines if line.standing.is_busy]
    long = Upload.objects.long().filter(batch__in=batches)
    of_long = set(long.values_list("batch_id", flat=True))
    left = estimate.seconds_left_of([batch for batch in batches if batch.pk not in of_long])
    said = {pk: timeleft.in_words(seconds) for pk, seconds in left.items() if seconds is not None}
    return [replace(line, time_left=said.get(line.batch.pk, "")) for line in lines]


def _sums(batches: list[Batch]) -> dict[Any, tuple[int, int, int]]:
    """(words, marks, open marks) of the current texts of each batch."""
    current = Essay.objects.filter(batch__in=batches).values("current_text")
    results = SpellcheckResult.objects.filter(text__in=current).order_by()
    words = results.values_list("text__essay__batch").annotate(
        Sum("text__word_count"), Sum("flagged_count")
    )
    is_open = Q(decision=Misspelling.Decision.OPEN, result__text__in=current)
    marks = Misspelling.objects.filter(is_open).order_by()
    n_open = dict(marks.values_list("result__text__essay__batch").annotate(Count("pk")))
    sums = {batch.pk: (0, 0, 0) for batch in batches}
    sums |= {pk: (n_words, n_marks, n_open.get(pk, 0)) for pk, n_words, n_marks in words}
    return sums


def _found(request: TeacherRequest, batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """The batches that the page's search box and class filter leave."""
    if class_designation := asked(request, "class"):
        batches = batches.filter(class_designation=class_designation)
    if words := asked(request, "q"):
        has_file = Essay.objects.filter(file_name__icontains=words).values("batch")
        batches = batches.filter(
            Q(title__icontains=words)
            | Q(course_code__icontains=words)
            | Q(class_designation__icontains=words)
            | Q(pk__in=has_file)
        )
    return batches


@require_GET
def overview(request: TeacherRequest) -> HttpResponse:
    mine = Batch.objects.visible_to(request.user).filter(archived_at=None)
    classes = mine.order_by("class_designation").values_list("class_designation", flat=True)
    found = _found(request, mine)
    active = lines(found.exclude(status__in=needs.ENDED))
    ended_with_care = found.filter(
        status__in=[Batch.Status.COMPLETED_WITH_FAILURES, Batch.Status.FAILED_CRITICALLY]
    ) | found.filter(status=Batch.Status.COMPLETED_SUCCESSFULLY, uploads__status="excess")
    troubled = lines(ended_with_care.distinct())
    needing = [
        line
        for line in [*active, *troubled]
        if line.needs or (line.is_failed and line.standing.n_expected)
    ]
    known = [line.batch.pk for line in needing]
    ended = found.filter(status__in=needs.ENDED).exclude(pk__in=known)
    ended = ended.order_by("-completed_at", "-registered_at")
    context = {
        "needing": needing,
        "in_progress": _with_time_left([line for line in active if not line.needs]),
        "done": lines(ended[:N_RECENT]),
        "n_done": ended.count(),
        "n_recent": N_RECENT,
        "classes": [name for name in dict.fromkeys(classes) if name],
        "n_batches": len(classes),
        "today": timezone.localtime(),
        "has_samples": samples.are_here(),
    }
    template = "pages/overview.html" if context["n_batches"] else "pages/overview_empty.html"
    return render(request, template, context)


@require_GET
def archive(request: TeacherRequest) -> HttpResponse:
    """All batches that are done or put away, the newest first."""
    mine = Batch.objects.visible_to(request.user)
    found = _found(request, mine).filter(Q(archived_at__isnull=False) | Q(status__in=needs.ENDED))
    page = Paginator(found.order_by("-registered_at"), N_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": lines(page.object_list), "section": "archive"}
    return render(request, "pages/archive.html", context)
