"""What long-lived processes no longer use goes back to the system, not when they happen to look."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.real_worker import RealWorker, Work, database_url, eventually

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

# A busy moment, small objects and large ones, then what a task or a request does at its end.
SERVE_A_WHILE = """
import django
django.setup()
import psutil
from jobs import memory

def resident_mb():
    return psutil.Process().memory_info().rss / 1e6

def serve():
    moment = [bytes(100) for _ in range(20_000)] + [bytes(20_000) for _ in range(%d)]
    kept = moment[::500]
    moment.clear()
    memory.give_back()
    return kept

memory.keep_what_is_loaded()
memory.make_room()
before, kept = resident_mb(), serve()
print(resident_mb() - before)
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

# Essays come in one by one, as gunicorn hands them over: Django's test client keeps a little of
# each request. Printed is how many small objects Python holds after each fifty.
HAND_IN = """
import gc, json, sys
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from huleedu.wsgi import application
from accounts.models import ApiToken, User

_, token = ApiToken.objects.create(User.objects.create_user("teacher@example.org"))
teacher = RequestFactory(headers={"Authorization": f"Token {token}"})

def answer(request):
    statuses = []
    response = application(request.environ, lambda status, headers: statuses.append(status))
    body = b"".join(response)
    response.close()
    assert statuses[0].startswith("20"), body
    return json.loads(body or "{}")

def hand_in(turn):
    course = teacher.post("/v1/batches/register", {"course_code": "ENG6"}, "application/json")
    batch_id = answer(course)["batch_id"]
    for number in range(50):
        text = f"My summer was long, and this is part {turn}.{number} of it. " * 40
        file = SimpleUploadedFile(f"{turn}-{number}.txt", text.encode())
        form = {"batch_id": batch_id, "files": file}
        answer(teacher.post("/v1/files/batch", form))
        answer(teacher.get(f"/v1/batches/{batch_id}/status"))
    answer(teacher.delete(f"/v1/batches/{batch_id}"))
    gc.collect()
    return sys.getallocatedblocks()

print(*map(hand_in, range(9)))
"""


def run(code: str, **environment: str) -> str:
    """What a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "huleedu.settings",
            "HTTPS": "false",
            "ALLOWED_HOSTS": "testserver",
            **environment,
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


def test_process_that_has_made_room_does_not_grow_in_busy_moments() -> None:
    assert abs(float(run(SERVE_A_WHILE % 300))) < 0.3


def test_what_a_moment_took_beyond_the_room_goes_back_to_the_system() -> None:
    assert abs(float(run(SERVE_A_WHILE % 3_000))) < 8


def test_web_process_frees_what_an_earlier_request_left() -> None:
    assert run(ANSWER_TWICE).strip() == "None"


@pytest.mark.django_db(transaction=True)
def test_web_process_keeps_nothing_of_the_essays_that_it_took_in(tmp_path: Path) -> None:
    held = [*map(int, run(HAND_IN, DATABASE_URL=database_url(), VAR_DIR=str(tmp_path)).split())]

    early, late = min(held[1:3]), min(held[7:])  # 250 lie between; the first fill the caches
    assert late - early < 250, held


def test_worker_frees_what_a_task_left_as_soon_as_it_ends(worker: RealWorker, work: Work) -> None:
    work.queue("leave_garbage")

    eventually(lambda: work.marks("freed"), within_s=5)
