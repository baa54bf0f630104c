"""The batch as a workbook: essays, misspellings, and what was written for what.

Every text is written as a text, whatever it looks like, so no cell is ever calculated; numbers are
numbers and moments are dates, so they sort and sum in any language.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exports.gather import Collection, Mark, Paper
from spellcheck.models import Misspelling
from spellcheck.report import Pair

CONTEXT_CHARS = 40  # on each side of a word
MAX_CELL_CHARS = 32_000  # Excel: 32 767

Cell = str | int | float | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    width: float  # characters
    format: str = ""  # of its numbers, as Excel writes it


def workbook_of(collection: Collection, pairs: Iterable[Pair]) -> bytes:
    """An .xlsx in the language that is active; the same bytes for the same contents."""
    stream = io.BytesIO()
    # Row by row through a file on disk: a year group has tens of thousands of marks.
    with Workbook(stream, {"constant_memory": True}) as book:
        book.set_properties(
            {"title": collection.batch.name, "created": collection.at.replace(tzinfo=None)}
        )
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        _essays(_Sheet(book, _("Essays"), heading), collection)
        _misspellings(_Sheet(book, _("Misspellings"), heading), collection)
        _pairs(_Sheet(book, _("Pairs"), heading), pairs)
    return stream.getvalue()


def _essays(sheet: _Sheet, collection: Collection) -> None:
    columns = [
        Column(_("Essay"), 34),
        Column(_("State"), 14),
        Column(_("Words"), 9),
        Column(_("Marks"), 9),
        Column(_("Left to decide"), 11),
        Column(_("Accepted"), 11),
        Column(_("Ignored"), 11),
        Column(_("Per 100 words"), 12, "0.0"),
    ]
    sheet.fill(
        columns,
        (
            (
                paper.name,
                paper.state,
                paper.n_words,
                paper.n_marks,
                paper.n_open,
                paper.count(Misspelling.Decision.ACCEPTED),
                paper.count(Misspelling.Decision.IGNORED),
                paper.per_100,
            )
            for paper in collection.papers
        ),
    )


def _misspellings(sheet: _Sheet, collection: Collection) -> None:
    columns = [
        Column(_("Essay"), 34),
        Column(_("Written"), 20),
        Column(_("Kind"), 16),
        Column(_("Suggestions"), 34),
        Column(_("Decision"), 12),
        Column(_("Correction"), 20),
        Column(_("Decided"), 17, "yyyy-mm-dd hh:mm"),
        Column(_("In the text"), 80),
    ]
    kinds = {kind.value: str(kind.label) for kind in Misspelling.Kind}
    decisions = {decision.value: str(decision.label) for decision in Misspelling.Decision}
    sheet.fill(
        columns,
        (
            (
                paper.name,
                mark.word,
                kinds[mark.kind],
                ", ".join(mark.suggestions),
                decisions[mark.decision],
                mark.replacement,
                timezone.localtime(mark.at).replace(tzinfo=None) if mark.is_decided else None,
                _context(paper, mark),
            )
            for paper in collection.papers
            for mark in paper.marks
        ),
    )


def _context(paper: Paper, mark: Mark) -> str:
    """The word with what stands round it, on one line."""
    body, end = paper.body or "", mark.start + mark.length
    first, last = max(0, mark.start - CONTEXT_CHARS), end + CONTEXT_CHARS
    before, after = "…" if first else "", "…" if last < len(body) else ""
    cut = f"{body[first : mark.start]}[{body[mark.start : end]}]{body[end:last]}"
    return before + " ".join(cut.split()) + after


def _pairs(sheet: _Sheet, pairs: Iterable[Pair]) -> None:
    columns = [
        Column(_("Written"), 24),
        Column(_("Meant"), 24),
        Column(_("Kind"), 16),
        Column(_("Pupils"), 9),
        Column(_("Times"), 9),
    ]
    kinds = {kind.value: str(kind.label) for kind in Misspelling.Kind}
    rows = ((p.written, p.meant, kinds[p.kind], p.n_essays, p.n_times) for p in pairs)
    sheet.fill(columns, rows)


class _Sheet:
    """One sheet: a row of headings that stays in sight and filters, and the rows under it."""

    def __init__(self, book: Workbook, name: str, heading: Format) -> None:
        self._book, self._heading = book, heading
        self._sheet: Worksheet = book.add_worksheet(name)

    def fill(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._sheet
        formats = [
            self._book.add_format({"num_format": column.format} if column.format else {})
            for column in columns
        ]
        for i, column in enumerate(columns):
            sheet.set_column(i, i, column.width)
            sheet.write_string(0, i, column.heading, self._heading)
        sheet.freeze_panes(1, 1)
        n = 0
        for n, row in enumerate(rows, start=1):
            for i, value in enumerate(row):
                self._write(n, i, value, formats[i])
        sheet.autofilter(0, 0, max(n, 1), len(columns) - 1)

    def _write(self, row: int, column: int, value: Cell, form: Format) -> None:
        match value:
            case None | "":
                return
            case str():
                self._sheet.write_string(row, column, value[:MAX_CELL_CHARS], form)
            case datetime():
                self._sheet.write_datetime(row, column, value, form)
            case _:
                self._sheet.write_number(row, column, value, form)
