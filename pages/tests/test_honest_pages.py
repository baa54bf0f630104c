"""Whatever a teacher clicks, in whatever order: the page's numbers are the database's."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from batches.models import Batch
from lifecycle import readiness
from pages.states import HAS_TEXT
from spellcheck.models import Misspelling
from tests.essays import broken_file, essay_file, fresh, register

BATCH_ACTIONS = ("start", "cancel", "reopen", "close", "retry", "expect", "files")
FILE_ACTIONS = ("retry", "remove", "extra")
CLICKS = st.one_of(
    st.tuples(st.just("batch"), st.sampled_from(BATCH_ACTIONS), st.integers(0, 9)),
    st.tuples(st.just("file"), st.sampled_from(FILE_ACTIONS), st.integers(0, 9)),
    st.tuples(st.just("essay"), st.sampled_from(["absent", "file"]), st.integers(0, 9)),
    st.tuples(st.just("work"), st.just(""), st.just(0)),
)


def click(browser: Client, batch: Batch, kind: str, action: str, n: int) -> None:
    """One click of a teacher; clicks on what is not there are left out."""
    rows = {"file": batch.uploads, "essay": batch.essays}
    subject = batch.pk
    if kind != "batch":
        found = list(rows[kind].order_by("pk").values_list("pk", flat=True))
        if not found:
            return
        subject = found[n % len(found)]
    file = broken_file(f"{n}.pdf") if n % 3 == 0 else essay_file(f"{n}.txt")
    data = {"files": file} if action in ("files", "file") else {"expected": n}
    browser.post(reverse(f"pages:{kind}-{action}", args=[subject]), data)


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

        shown = browser.get(batch.get_absolute_url()).context["live"].board
        counts = readiness.count(fresh(batch))
        standing = shown.standing
        assert (standing.n_slots, standing.n_expected) == (counts.slots, counts.expected)
        assert standing.count(*HAS_TEXT) == counts.ready
        assert standing.n_reading == counts.ingesting
        assert (standing.n_unreadable, standing.n_missing) == (counts.failed, counts.awaiting)
        open_marks = Misspelling.objects.filter(
            result__text__in=batch.essays.values("current_text"), decision="open"
        )
        assert shown.n_open == open_marks.count()
