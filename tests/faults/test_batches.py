"""Whole batches while processes die: each essay ends in a true state, once, and soon.

Short form: few batches, a fault of each sort, at the same moments each time. FAULTS=long: 100
batches, each fault three times, at any moment of the run; FAULT_SEED makes it the moments of a run
that failed. Both leave a JSON line of figures for each in VAR_DIR/faults.jsonl. FAULT_BATCHES and
FAULT_ROUNDS set other numbers.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil  # type: ignore[import-untyped,unused-ignore]  # stubs are not among the requirements
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Count
from django_q.models import OrmQ

from accounts.models import User
from batches.models import Batch
from events.models import Event
from events.topics import BatchEssaysReady, BatchPipelineCompleted, DomainEvent
from files.models import Upload
from lifecycle.models import Essay
from pipelines.models import PipelineRun
from spellcheck.models import SpellcheckResult
from tests.essays import hand_in_good, register
from tests.faults.conftest import StartWorker
from tests.faults.own_server import OwnServer, own_server
from tests.faults.real_worker import RealWorker, end_all, eventually
from tests.faults.test_database import end_all_sessions, server

pytestmark = pytest.mark.xdist_group("faults")

LONG = os.environ.get("FAULTS") == "long"
N_BATCHES = int(os.environ.get("FAULT_BATCHES", "100" if LONG else "3"))
N_ESSAYS = 6
ROUNDS = range(int(os.environ.get("FAULT_ROUNDS", "3" if LONG else "1")))
FINISH_S = 600.0 if LONG else 60.0
SEED = os.environ.get("FAULT_SEED", str(random.randrange(10**6)) if LONG else "")
STEPS = (0.0, 1.0) if LONG else (0.05, 0.75)  # of them have ended when the fault happens

PROCESS_DEATH_STALL_S = 10.0
LOST_HOST_STALL_S = 15.0
LOST_CONNECTION_STALL_S = 28.0
REAL = {"DJANGO_SETTINGS_MODULE": "huleedu.settings"}
RESTART_STALL_S = 30.0  # a new interpreter on a busy machine, and dictionaries to load

Start = Callable[[], RealWorker]


@dataclass
class Stage:
    """What a fault may hurt. server: only where the fault asks for one of its own."""

    worker: RealWorker
    start: Callable[[], RealWorker]
    server: OwnServer | None


def kill(role: str, stage: Stage) -> None:
    stage.worker.kill(role)


def start_again(stage: Stage) -> None:
    stage.worker.process.wait()
    stage.worker = stage.start()


def kill_the_supervisor(stage: Stage) -> None:
    """With it ends everything; nobody but a new worker goes on."""
    stage.worker.kill("supervisor")
    start_again(stage)


def kill_the_readers(stage: Stage) -> None:
    """Whatever the workers have started to read files in."""
    for worker in stage.worker.pids("workers"):
        for reader in psutil.Process(worker).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                reader.kill()


def kill_everything(stage: Stage) -> None:
    end_all(stage.worker.family())
    start_again(stage)


def stop_and_start_again(stage: Stage) -> None:
    assert stage.worker.terminate(within_s=30) == 0
    stage.worker = stage.start()


def cut_all_connections(stage: Stage) -> None:
    with server() as session:
        end_all_sessions(session)


def crash_the_database(stage: Stage) -> None:
    assert stage.server is not None
    stage.server.crash()
    time.sleep(1)
    stage.server.start()


def start_a_second(stage: Stage) -> None:
    stage.start()


def lose_a_second(stage: Stage) -> None:
    """Of its leases the first one knows nothing but that their owner is silent."""
    second = stage.start().ready()
    end_all(second.family())


def be_silent_beside_a_second(stage: Stage) -> None:
    """The work goes on, and is handed out a second time, as if its worker were dead."""
    stage.start().ready()
    for steward in stage.worker.pids("steward"):
        os.kill(steward, signal.SIGSTOP)


@dataclass(frozen=True)
class Fault:
    name: str
    happen: Callable[[Stage], None]
    stall_s: float = PROCESS_DEATH_STALL_S
    needs_server: bool = False
    needs_own_server: bool = False


SHORT_FORM = [
    Fault("kill worker", partial(kill, "worker")),
    Fault("kill readers", kill_the_readers),
    Fault("kill everything", kill_everything, RESTART_STALL_S),
    Fault("cut connections", cut_all_connections, LOST_CONNECTION_STALL_S, needs_server=True),
    Fault(
        "crash the database",
        crash_the_database,
        LOST_CONNECTION_STALL_S,
        needs_server=True,
        needs_own_server=True,
    ),
]
FAULTS = SHORT_FORM
if LONG:
    FAULTS += [
        *(
            Fault(f"kill {role}", partial(kill, role))
            for role in ("workers", "monitor", "pusher", "sentinel", "steward")
        ),
        Fault("kill supervisor", kill_the_supervisor, RESTART_STALL_S),
        Fault("stop and start", stop_and_start_again, RESTART_STALL_S),
        Fault("second worker", start_a_second),
        Fault("lose a second worker", lose_a_second, LOST_HOST_STALL_S),
        Fault("be silent beside a second", be_silent_beside_a_second),
    ]
if connection.vendor == "sqlite":  # a file has no server to lose and no connections to cut
    FAULTS = [fault for fault in FAULTS if not fault.needs_server]


def n_done() -> int:
    """Steps that have ended: files read and texts checked."""
    n_read = Upload.objects.exclude(status=Upload.Status.RECEIVED).count()
    return n_read + SpellcheckResult.objects.count()


def n_done_or_none() -> int | None:
    """`n_done`; None while the database does not answer."""
    try:
        return n_done()
    except OperationalError:
        connection.close()
        return None


def longest_stall_s(n_steps: int) -> tuple[float, float]:
    """The longest time without a step that ended, until all have; and when it began, from now."""
    began = last = time.monotonic()
    longest, longest_from, seen = 0.0, began, 0
    deadline = last + FINISH_S
    while seen < n_steps:
        time.sleep(0.05)
        now, done = time.monotonic(), n_done_or_none() or seen
        assert now < deadline, f"{done} of {n_steps} steps, {OrmQ.objects.count()} rows queued"
        if now - last > longest:
            longest, longest_from = now - last, last
        if done > seen:
            last, seen = now, done
    return longest, longest_from - began


def announced(event_type: type[DomainEvent]) -> dict[str, int]:
    """How often an event was published for each batch."""
    events = Event.objects.filter(event_type=event_type.topic).values_list("batch_id")
    return {str(pk): n for pk, n in events.annotate(n=Count("pk"))}


@pytest.mark.parametrize("round_", ROUNDS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_batch_is_checked_once_in_spite_of(
    fault: Fault, round_: int, start: StartWorker, tmp_path: Path
) -> None:
    share = random.Random(f"{SEED}{fault.name} {round_}").uniform(*STEPS)
    with own_server() if fault.needs_own_server else nullcontext() as database:
        try:
            _check(fault, share, partial(start, **REAL, VAR_DIR=str(tmp_path)), database)
        except BaseException as failure:
            failure.add_note(f"FAULT_SEED={SEED!r}, after {share:.0%} of the steps")
            raise


def _check(fault: Fault, share: float, start: Start, database: OwnServer | None) -> None:
    teacher = User.objects.create_user("teacher@example.org")
    batches = [register(teacher, N_ESSAYS) for _ in range(N_BATCHES)]
    for batch in batches:
        hand_in_good(batch, N_ESSAYS)
    n_essays = N_BATCHES * N_ESSAYS
    stage = Stage(start().ready(), start, database)
    eventually(lambda: n_done() >= share * 2 * n_essays, within_s=FINISH_S, what=stage.worker)

    fault.happen(stage)
    stall_s, stall_from_s = longest_stall_s(2 * n_essays)
    eventually(lambda: not OrmQ.objects.exists(), within_s=30)

    report = {
        "fault": fault.name,
        "database": connection.vendor,
        "essays": n_essays,
        "seed": SEED,
        "at": round(share, 2),
        "stall_s": round(stall_s, 2),
        "stall_from_s": round(stall_from_s, 2),
        "attempts": sum(Upload.objects.values_list("attempts", flat=True)),
    }
    with (settings.VAR_DIR / "faults.jsonl").open("a") as file:
        file.write(f"{json.dumps(report)}\n")
    once = {str(batch.pk): 1 for batch in batches}
    assert {str(b.pk): b.status for b in Batch.objects.all()} == dict.fromkeys(
        once, Batch.Status.COMPLETED_SUCCESSFULLY
    )
    assert set(Essay.objects.values_list("status", flat=True)) == {
        Essay.Status.READY_FOR_PROCESSING
    }
    assert SpellcheckResult.objects.count() == n_essays
    assert PipelineRun.objects.filter(outcome="completed_successfully").count() == N_BATCHES
    assert PipelineRun.objects.count() == N_BATCHES
    assert announced(BatchEssaysReady) == announced(BatchPipelineCompleted) == once
    assert stall_s < fault.stall_s
    assert stage.worker.ready().terminate(within_s=30) == 0
