"""What the steward tells its supervisor, and shows to everybody, at a beat."""

from __future__ import annotations

import multiprocessing
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from jobs.leases import FilePresence, sweep_vanished_workers
from jobs.models import Worker
from jobs.pulse import Pulse
from jobs.steward import Word, _Service

pytestmark = pytest.mark.django_db

HOUR_S = 3600.0


class Scene:
    """A steward whose cluster looks for work, has some, and has not ended any for an hour."""

    def __init__(self, folder: Path) -> None:
        OrmQ.objects.create(key="huleedu", payload="", lock=timezone.now() - timedelta(seconds=9))
        self.pulse = Pulse()
        self.pulse._moments[1] = self.pulse._moments[2] = time.monotonic() - HOUR_S
        self._hears, word = multiprocessing.Pipe()
        self.service = _Service(word, "huleedu", 111, self.pulse, first=False)
        self.service.presence = FilePresence(folder / "lock")
        self.service.sweeper = threading.current_thread()  # alive, so that none is started
        self.service.idle_at = self.service.settled_at = time.monotonic() - HOUR_S

    def said(self) -> list[Word]:
        words = []
        while self._hears.poll():
            words.append(self._hears.recv())
        return words


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def age_of_progress() -> timedelta:
    return timezone.now() - Worker.objects.get().progressed_at


def test_work_that_does_not_end_is_a_standstill(scene: Scene) -> None:
    scene.service._beat()

    assert Word.STANDSTILL in scene.said()


def test_time_without_a_database_is_no_standstill(scene: Scene) -> None:
    scene.service._settle()  # as after each fault of the database
    scene.service._beat()

    assert Word.STANDSTILL not in scene.said()


def test_task_that_was_given_back_a_moment_ago_is_work(scene: Scene) -> None:
    OrmQ.objects.update(lock=timezone.now())  # its cluster has just died, once more

    scene.service._beat()

    assert age_of_progress() > timedelta(minutes=59)


def test_worker_that_vanished_is_forgotten_after_a_day(scene: Scene) -> None:
    scene.service._beat()
    assert sweep_vanished_workers() == 0
    Worker.objects.update(seen_at=timezone.now() - timedelta(hours=25))

    assert sweep_vanished_workers() == 1


def test_looking_for_work_is_no_progress(scene: Scene) -> None:
    scene.pulse.looked()
    scene.pulse.progressed()  # for a good reason none has ended

    scene.service._beat()

    assert age_of_progress() > timedelta(minutes=59)


def test_task_that_ends_is_progress(scene: Scene) -> None:
    scene.pulse.ended()

    scene.service._beat()

    assert age_of_progress() < timedelta(minutes=1)


def test_empty_queue_is_as_good_as_progress(scene: Scene) -> None:
    OrmQ.objects.all().delete()

    scene.service._beat()

    assert age_of_progress() < timedelta(minutes=1)
