"""“About 40 seconds left”: as a person says it, and steady."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from jobs.models import Worker
from lifecycle.models import EssayText
from pages import timeleft
from pages.live import Live
from pages.tests.conftest import CountQueries
from tests.essays import hand_in_good, register


@pytest.mark.parametrize(
    ("seconds", "en", "sv"),
    [
        (3, "A few seconds left.", "Några sekunder kvar."),
        (34, "About 40 seconds left.", "Ungefär 40 sekunder kvar."),
        (56, "About a minute left.", "Ungefär en minut kvar."),
        (61, "About 2 minutes left.", "Ungefär 2 minuter kvar."),
        (11 * 60, "About 15 minutes left.", "Ungefär 15 minuter kvar."),
        (58 * 60, "About an hour left.", "Ungefär en timme kvar."),
        (61 * 60, "About 2 hours left.", "Ungefär 2 timmar kvar."),
    ],
)
def test_time_is_rounded_up_to_what_one_would_say(seconds: int, en: str, sv: str) -> None:
    for language, said in (("en", en), ("sv", sv)):
        with translation.override(language):
            assert timeleft.in_words(seconds) == said


@pytest.mark.parametrize(
    ("newest", "promised", "kept"),
    [(45, None, 45), (45, 38, 38), (45, 52, 52), (200, 150, 150), (90, 30, 90), (3, -4, 1)],
    ids=["first", "a bit less", "a bit more", "within a third", "far off", "over by a little"],
)
def test_small_changes_of_the_estimate_are_not_shown(
    newest: float, promised: float | None, kept: float
) -> None:
    assert timeleft.steadied(newest, promised) == kept


@pytest.fixture
def half_read(teacher: User, drain: Callable[..., int]) -> Batch:
    """Twelve essays, six of them read; reading and checking have a pace, and a worker lives."""
    hand_in_good(register(teacher, 4), 4, prefix="before")
    drain()
    batch = register(teacher, 12)
    hand_in_good(batch, 12)
    drain(limit=6)
    now = timezone.now()
    for i, text in enumerate(EssayText.objects.order_by("pk")):  # a second for each
        EssayText.objects.filter(pk=text.pk).update(created_at=now - timedelta(seconds=60 - i))
    Worker.objects.create(
        host="here", pid=1, queue="huleedu", processes=2, started_at=now, seen_at=now
    )
    return batch


def live(browser: Client, batch: Batch) -> Live:
    found: Live = browser.get(batch.get_absolute_url()).context["live"]
    return found


def test_page_says_how_long_it_will_take(browser: Client, half_read: Batch) -> None:
    page = browser.get(half_read.get_absolute_url())

    assert "left.</b>" in page.text
    assert "until=" in page.context["live"].poll_query


def test_nothing_is_said_while_a_scan_is_read(browser: Client, half_read: Batch) -> None:
    scan = half_read.uploads.filter(status="received")[0]
    Upload.objects.filter(pk=scan.pk).update(is_long=True, pages_done=1, page_count=9)

    assert live(browser, half_read).seconds_left is None


def test_nothing_is_said_of_a_batch_that_waits_for_people(
    browser: Client, half_read: Batch, drain: Callable[[], int]
) -> None:
    drain()

    assert live(browser, half_read).time_left == ""


def test_overview_says_it_of_every_batch_in_progress_in_as_many_queries(
    browser: Client, teacher: User, half_read: Batch, n_queries: CountQueries
) -> None:
    page = browser.get(reverse("pages:overview")).text
    cache.clear()
    few = n_queries(lambda: browser.get(reverse("pages:overview")))

    for i in range(5):
        hand_in_good(register(teacher, 9), 2, prefix=f"more {i}")
    cache.clear()

    assert "left.</span>" in page
    assert n_queries(lambda: browser.get(reverse("pages:overview"))) == few


def test_overview_says_nothing_of_a_batch_that_reads_scans(
    browser: Client, half_read: Batch
) -> None:
    half_read.uploads.filter(status="received").update(is_long=True, pages_done=1, page_count=9)

    (line,) = browser.get(reverse("pages:overview")).context["in_progress"]

    assert line.time_left == ""
