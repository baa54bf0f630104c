"""What long-lived processes no longer use goes back to the system, not when they happen to look."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.faults.real_worker import RealWorker, Work, eventually

pytestmark = pytest.mark.xdist_group("faults")

# A large answer made of small pieces, of which one, the last, is needed for longer.
LEAVE_GAPS = """
import sys, django
django.setup()
import psutil
from jobs import memory

def own_mb():
    return psutil.Process().memory_full_info().uss / 1e6

memory.keep_what_is_loaded()
before = own_mb()
pieces = [bytes(20_000) for _ in range(3_000)]
kept = pieces.pop()
full = own_mb()
pieces.clear()
memory.give_back()
print(full - before, own_mb() - before)
"""

# A ring of objects that nobody holds, left behind by one request; another follows.
ANSWER_TWICE = """
import sys, weakref
from django.test import Client
from huleedu.wsgi import application
from jobs import memory

class Ring:
    def __init__(self):
        self.next = self

def serve():
    return Client().get("/healthz").status_code

assert serve() == 200
left = weakref.ref(Ring())
assert left() is not None
memory.GIVE_BACK_AFTER_S = 0.0
assert serve() == 200
print(left())
"""


def run(code: str) -> str:
    """What a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "huleedu.settings",
            "HTTPS": "false",
            "ALLOWED_HOSTS": "testserver",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return done.stdout


def test_free_memory_beside_what_is_kept_goes_back_to_the_system() -> None:
    full_mb, given_back_mb = map(float, run(LEAVE_GAPS).split())

    assert full_mb > 50
    assert given_back_mb < 10


def test_web_process_frees_what_an_earlier_request_left() -> None:
    assert run(ANSWER_TWICE).strip() == "None"


def test_worker_frees_what_a_task_left_as_soon_as_it_ends(worker: RealWorker, work: Work) -> None:
    work.queue("leave_garbage")

    eventually(lambda: work.marks("freed"), within_s=5)
