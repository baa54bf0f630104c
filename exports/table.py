"""The class list as a table that opens right in Excel, in Swedish and in English."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

from exports.gather import Collection, Paper

BOM = "\ufeff"  # by it Excel knows UTF-8, and å ä ö stay what they are
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so would be calculated


def csv_of(collection: Collection) -> bytes:
    """The class list in the language that is active."""
    table = io.StringIO(BOM, newline="")
    table.seek(0, io.SEEK_END)
    # Excel parts cells as its own language does: by a semicolon beside a decimal comma.
    writer = csv.writer(table, delimiter=";" if get_format("DECIMAL_SEPARATOR") == "," else ",")
    writer.writerow(
        [_("Essay"), _("State"), _("Words"), _("Marks"), _("Left to decide"), _("Per 100 words")]
    )
    writer.writerows(list(_cells(paper)) for paper in collection.papers)
    return table.getvalue().encode()


def _cells(paper: Paper) -> Iterator[str]:
    yield safe(paper.name)
    yield paper.state
    for number in (paper.n_words, paper.n_marks, paper.n_open):
        yield "" if number is None else str(number)
    yield "" if paper.per_100 is None else number_format(paper.per_100, 1)


def safe(text: str) -> str:
    """A file name that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
