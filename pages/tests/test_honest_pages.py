"""Whatever a teacher clicks, in whatever order: the page's numbers are the database's."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from lifecycle import readiness
from pages.live import Live
from pages.states import HAS_TEXT
from spellcheck.models import Misspelling
from tests.essays import GOOD, broken_file, essay_file, fresh, register

BATCH_ACTIONS = (
    "start",
    "cancel",
    "reopen",
    "close",
    "retry",
    "expect",
    "check",
    "files",
    "archive",
)
FILE_ACTIONS = ("retry", "remove", "extra")
ESSAY_ACTIONS = ("absent", "file", "paste", "text", "check")
MARK_ACTIONS = ("accept", "ignore", "undo", "right")
CLICKS = st.one_of(
    st.tuples(st.just("batch"), st.sampled_from(BATCH_ACTIONS), st.integers(0, 9)),
    st.tuples(st.just("file"), st.sampled_from(FILE_ACTIONS), st.integers(0, 9)),
    st.tuples(st.just("essay"), st.sampled_from(ESSAY_ACTIONS), st.integers(0, 9)),
    st.tuples(st.just("mark"), st.sampled_from(MARK_ACTIONS), st.integers(0, 9)),
    st.tuples(st.just("work"), st.just(""), st.just(0)),
)


def click(browser: Client, batch: Batch, kind: str, action: str, n: int) -> None:
    """One click of a teacher; clicks on what is not there are left out."""
    rows: dict[str, QuerySet[Any]] = {
        "file": batch.uploads.order_by("pk"),
        "essay": batch.essays.order_by("pk"),
        "mark": Misspelling.objects.filter(result__text__essay__batch=batch).order_by("pk"),
    }
    subject = batch.pk
    if kind != "batch":
        found = list(rows[kind].values_list("pk", flat=True))
        if not found:
            return
        subject = found[n % len(found)]
    name = "file" if action == "paste" else action
    browser.post(reverse(f"pages:{kind}-{name}", args=[subject]), sent_with(action, n))


def sent_with(action: str, n: int) -> dict[str, object]:
    """What the forms of the action send: files good and bad, alone and in an archive, or text."""
    if action in ("files", "file"):
        kinds = [broken_file(f"{n}.pdf"), essay_file(f"{n}.txt"), class_archive(n)]
        return {"files": kinds[n % len(kinds)]}
    text = f"{GOOD} Written anew, number {n}."
    said = {"absent": n % 2, "away": n % 2, "only": ["run", "batch"][n % 2]}
    return {"expected": n, "body": text, "replacement": "because", **said}


def class_archive(n: int) -> SimpleUploadedFile:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("a/one.txt", f"{GOOD} One of {n}.")
        archive.writestr("a/again.txt", essay_file(f"{n + 1}.txt").read())
        archive.writestr("__MACOSX/._one.txt", "junk")
    return SimpleUploadedFile(f"{n}.zip", packed.getvalue())


def pages_tell_the_truth(browser: Client, batch: Batch) -> None:
    live = browser.get(batch.get_absolute_url()).context["live"]
    counts, standing = readiness.count(fresh(batch)), live.board.standing
    assert (standing.n_slots, standing.n_expected) == (counts.slots, counts.expected)
    assert standing.count(*HAS_TEXT) == counts.ready
    assert standing.n_reading == counts.ingesting
    assert (standing.n_unreadable, standing.n_missing) == (counts.failed, counts.awaiting)
    n_excess = batch.uploads.filter(status=Upload.Status.EXCESS).count()
    assert live.board.n_needs == len(live.board.needing) + n_excess
    open_marks = Misspelling.objects.filter(
        result__text__in=batch.essays.values("current_text"), decision="open"
    )
    assert live.board.n_open == open_marks.count()
    for tab in live.tabs:
        shown = browser.get(batch.get_absolute_url() + tab.query).context["live"]
        assert (len(shown.shown), shown.board.standing.n) == (tab.n, standing.n)
    lists_tell_the_truth(browser, batch, live)


def lists_tell_the_truth(browser: Client, batch: Batch, live: Live) -> None:
    """Wherever the overview or the archive has the batch, they say what its own page says."""
    overview = browser.get(reverse("pages:overview")).context
    archive = browser.get(reverse("pages:archive")).context
    lines = [
        *overview.get("needing", []),
        *overview.get("in_progress", []),
        *overview.get("done", []),
        *archive["lines"],
    ]
    assert any(line.batch.pk == batch.pk for line in lines)
    for line in lines:
        if line.batch.pk == batch.pk:
            assert line.standing.n == live.board.standing.n
            assert (line.n_open, line.n_marks) == (live.board.n_open, live.board.n_marks)


@settings(max_examples=12)
@given(n=st.sampled_from([None, 2, 4]), clicks=st.lists(CLICKS, min_size=4, max_size=14))
def test_numbers_of_the_pages_are_those_of_the_database(
    browser: Client,
    teacher: User,
    drain: Callable[[], int],
    n: int | None,
    clicks: list[tuple[str, str, int]],
) -> None:
    batch = register(teacher, n)
    for kind, action, number in clicks:
        if kind == "work":
            drain()
        else:
            click(browser, batch, kind, action, number)

        pages_tell_the_truth(browser, batch)
