"""The first page of a bundle: it opens from a disk, without a network and without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.translation import get_language

from exports.gather import Collection, Paper
from spellcheck.advice import ADVICE
from spellcheck.report import Report

BAR_WIDTH = 120.0  # of the highest rate, in the drawing's own units


@dataclass(frozen=True, slots=True)
class Line:
    """One essay: its numbers, and the addresses of its files within the bundle."""

    paper: Paper
    essay: str
    corrected: str
    n_marks: int | None  # as the report counts: without those that were ignored
    per_100: float | None


def index_of(collection: Collection, report: Report, paths: Mapping[UUID, Sequence[str]]) -> bytes:
    """index.html in the language that is active. paths: essay → the members made of it."""
    lines = [_line(paper, paths.get(paper.essay_id, ())) for paper in collection.papers]
    highest = max((line.per_100 or 0 for line in lines), default=0) or 1
    context = {
        "batch": collection.batch,
        "at": collection.at,
        "language": get_language(),
        "lines": [(line, BAR_WIDTH * (line.per_100 or 0) / highest) for line in lines],
        "report": report,
        "points": [(point, *ADVICE[point.pattern]) for point in report.points],
        "n_essays": len(collection.with_text),
        "has_corrected": any(line.corrected for line in lines),
        "bar_width": BAR_WIDTH,
    }
    return render_to_string("exports/index.html", context).encode()


def _line(paper: Paper, paths: Sequence[str]) -> Line:
    essay, corrected = [*map(quote, paths), "", ""][:2]
    n_marks = paper.n_counted
    has_rate = n_marks is not None and paper.n_words
    per_100 = 100 * (n_marks or 0) / (paper.n_words or 1) if has_rate else None
    return Line(paper, essay, corrected, n_marks, per_100)
