"""Hindrances: tried again for as long as an outage may last, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db.models import F

from jobs import hindrances
from jobs.models import Hindrance
from tests.queue import let_hindrances_last

pytestmark = pytest.mark.django_db

ROW = uuid4()
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def note() -> float | None:
    return hindrances.note(ROW, "files.tasks.read_long", "OSError in read:1", again_in_s=15)


def let_pass(time: timedelta) -> None:
    Hindrance.objects.update(last_at=F("last_at") - time)


def days_until_given_up(between: timedelta) -> float:
    """When each try comes so long after the one before."""
    n_tries = 0
    while note() is not None:
        let_pass(between)
        n_tries += 1
    return n_tries * (between / DAY)


def test_first_hindrance_is_tried_again_when_its_fault_says() -> None:
    assert note() == 15


@pytest.mark.parametrize(
    ("lasted", "waits_s"), [(MINUTE, 15), (10 * MINUTE, 60), (2 * HOUR, 600), (20 * HOUR, 600)]
)
def test_row_waits_a_tenth_of_what_it_has_waited_and_at_most_ten_minutes(
    lasted: timedelta, waits_s: float
) -> None:
    note()
    let_hindrances_last(lasted)

    assert note() == pytest.approx(waits_s, abs=0.5)


def test_row_is_given_up_after_a_week_longer_than_any_outage() -> None:
    assert days_until_given_up(12 * MINUTE) == pytest.approx(7, abs=0.1)


def test_how_long_that_is_can_be_said(settings: LazySettings) -> None:
    settings.HINDERED_MOST_DAYS = 1

    assert days_until_given_up(12 * MINUTE) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("off", [12 * HOUR, 3 * DAY], ids=["at night", "at weekends"])
def test_hours_in_which_no_worker_ran_count_as_one(off: timedelta) -> None:
    assert days_until_given_up(off) == pytest.approx(7 * 24 * (off / DAY), rel=0.02)


def test_clock_that_goes_back_takes_nothing_away() -> None:
    note()
    let_hindrances_last(6 * DAY)
    let_pass(-8 * DAY)
    note()
    let_hindrances_last(DAY)

    assert note() is None


def test_row_that_is_tried_for_a_person_begins_anew() -> None:
    note()
    let_hindrances_last(6 * DAY)

    hindrances.forget(ROW)

    assert note() == 15


def test_rows_are_hindered_each_by_itself() -> None:
    note()
    let_hindrances_last(10 * HOUR)

    assert hindrances.note(uuid4(), "files.tasks.read_long", "OSError", again_in_s=15) == 15


def test_place_of_any_length_can_be_noted() -> None:
    hindrances.note(ROW, "files.tasks.read_long", "OSError in " + "deep." * 100, again_in_s=15)

    assert Hindrance.objects.get().fault.startswith("OSError in deep.")


def test_what_has_hindered_nobody_for_a_month_is_forgotten() -> None:
    note()
    let_pass(29 * DAY)
    assert hindrances.sweep_hindrances() == 0

    let_pass(2 * DAY)

    assert hindrances.sweep_hindrances() == 1
    assert not Hindrance.objects.exists()
