"""A batch as a table that opens right in Excel, in Swedish and in English."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from uuid import UUID

from django.http import HttpResponse
from django.utils.formats import get_format, number_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pages.access import TeacherRequest, batch_of
from pages.rows import Row, board

BOM = "\ufeff"  # by it Excel knows UTF-8, and å ä ö stay what they are
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so would be calculated


@require_GET
def batch_table(request: TeacherRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    name = content_disposition_header(True, f"{batch.name}.csv") or "attachment"
    headers = {"Content-Disposition": name}
    response = HttpResponse(BOM, content_type="text/csv; charset=utf-8", headers=headers)
    # Excel parts cells as its own language does: by a semicolon beside a decimal comma.
    delimiter = ";" if get_format("DECIMAL_SEPARATOR") == "," else ","
    table = csv.writer(response, delimiter=delimiter)
    table.writerow(
        [_("Essay"), _("State"), _("Words"), _("Marks"), _("Left to decide"), _("Per 100 words")]
    )
    table.writerows(list(_cells(row)) for row in board(batch).rows)
    return response


def _cells(row: Row) -> Iterator[str]:
    yield safe(row.label)
    yield str(row.state.label)
    for number in (row.n_words, row.n_marks, row.n_open):
        yield "" if number is None else str(number)
    has_rate = row.n_words and row.n_marks is not None
    yield (
        number_format(100 * (row.n_marks or 0) / row.n_words, 1) if has_rate and row.n_words else ""
    )


def safe(text: str) -> str:
    """A file name that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
