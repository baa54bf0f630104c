"""The class report: pictures first, each also as a table, and a page that prints."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from lifecycle.models import Essay
from pages import words
from pages.access import TeacherRequest, batch_of
from pages.plot import bars, plot
from spellcheck.advice import ADVICE
from spellcheck.report import report

HIGH_FACTOR = 2  # an essay stands out with twice the median of marks


@require_GET
def batch_report(request: TeacherRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    found = report(batch)
    high = HIGH_FACTOR * found.median_per_100
    figures = sorted(found.figures, key=lambda row: words.in_order(row.essay))
    kinds = found.kinds
    rates = [row.per_100 for row in found.figures]
    context = {
        "batch": batch,
        "report": found,
        "figures": list(zip(figures, bars([row.per_100 for row in figures]), strict=True)),
        "foreign": [row for row in figures if row.probable_language],
        "kinds": list(zip(kinds, bars([row.n_marks for row in kinds]), strict=True)),
        "points": [(point, *ADVICE[point.pattern]) for point in found.points],
        "plot": plot(rates, median=found.median_per_100, high=high or float("inf")),
        "high": high,
        "lowest": min(rates, default=0),
        "highest": max(rates, default=0),
        "n_expected": batch.essays.exclude(status=Essay.Status.ABSENT).count(),
        "today": timezone.localtime(),
    }
    return render(request, "pages/report.html", context)
