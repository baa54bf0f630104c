"""The class report: pictures first, each also as a table, and a page that prints."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lifecycle.models import Essay
from pages import words
from pages.access import TeacherRequest, batch_of
from pages.plot import plot
from spellcheck.report import Pattern, report

HIGH_FACTOR = 2  # an essay stands out with twice the median of marks

ADVICE: Mapping[Pattern, tuple[str | Promise, str | Promise]] = {
    Pattern.TOGETHER: (
        _("Words that belong together"),
        _("Say them aloud: one stress, one word."),
    ),
    Pattern.APART: (
        _("Words that are written apart"),
        _("Say them one by one: each is a word of its own."),
    ),
    Pattern.CONFUSED: (
        _("Words that are easily confused"),
        _("Both are real words. Ask what each one means in the sentence."),
    ),
    Pattern.APOSTROPHE: (
        _("The apostrophe"),
        _("It stands where letters have been left out."),
    ),
    Pattern.CAPITAL: (
        _("Capital letters"),
        _("Which words have one, and which only at the start of a sentence?"),
    ),
    Pattern.DOUBLE: (
        _("One letter or two"),
        _("Listen to the vowel before it: is it long or short?"),
    ),
    Pattern.SWAPPED: (
        _("The right letters in the wrong order"),
        _("Cover the word, write it, compare."),
    ),
    Pattern.VOWEL: (
        _("Vowels that sound alike"),
        _("The ear does not tell. Find a related word where the vowel is heard."),
    ),
    Pattern.BY_HEART: (
        _("Words to learn by heart"),
        _("A short list for a word quiz."),
    ),
}


@require_GET
def batch_report(request: TeacherRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    found = report(batch)
    high = HIGH_FACTOR * found.median_per_100
    rates = [row.per_100 for row in found.figures]
    context = {
        "batch": batch,
        "report": found,
        "figures": sorted(found.figures, key=lambda row: words.in_order(row.essay)),
        "points": [(point, *ADVICE[point.pattern]) for point in found.points],
        "plot": plot(rates, median=found.median_per_100, high=high or float("inf")),
        "high": high,
        "lowest": min(rates, default=0),
        "highest": max(rates, default=0),
        "n_expected": batch.essays.exclude(status=Essay.Status.ABSENT).count(),
        "today": timezone.localtime(),
    }
    return render(request, "pages/report.html", context)
