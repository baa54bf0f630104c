"""The clock of the worker's host is put forward, and back again, while batches are checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.models import User
from batches.models import Batch
from events.topics import BatchEssaysReady, BatchPipelineCompleted
from spellcheck.models import SpellcheckResult
from tests.essays import hand_in_good, register
from tests.faults.conftest import StartWorker
from tests.faults.real_worker import eventually
from tests.faults.test_batches import announced, n_done

pytestmark = pytest.mark.xdist_group("faults")

HOUR_S = 3600
N_BATCHES, N_ESSAYS = 2, 10


def set_clock(folder: Path, ahead_s: int) -> None:
    fresh = folder / "clock.new"
    fresh.write_text(str(ahead_s))
    fresh.rename(folder / "clock")


@pytest.mark.parametrize(
    "jumps_s",
    [(3 * HOUR_S,), (3 * HOUR_S, 0), (-3 * HOUR_S,)],
    ids=["forward", "forward and back", "back"],
)
def test_every_essay_is_checked_once_whatever_the_clock_says(
    jumps_s: tuple[int, ...], start: StartWorker, teacher: User, folder: Path, tmp_path: Path
) -> None:
    set_clock(folder, 0)
    batches = [register(teacher, N_ESSAYS) for _ in range(N_BATCHES)]
    for batch in batches:
        hand_in_good(batch, N_ESSAYS)
    n_steps = 2 * N_BATCHES * N_ESSAYS
    worker = start(DJANGO_SETTINGS_MODULE="tests.faults.skewed", VAR_DIR=str(tmp_path))

    for number, ahead_s in enumerate(jumps_s, start=1):
        eventually(lambda n=number: n_done() >= 6 * n, within_s=60, what=worker)  # type: ignore[misc]
        set_clock(folder, ahead_s)

    eventually(lambda: n_done() == n_steps, within_s=20, what=worker)
    checked = Batch.objects.filter(status=Batch.Status.COMPLETED_SUCCESSFULLY)
    eventually(lambda: checked.count() == N_BATCHES, what=worker)
    once = {str(batch.pk): 1 for batch in batches}
    assert announced(BatchEssaysReady) == announced(BatchPipelineCompleted) == once
    assert SpellcheckResult.objects.count() == N_BATCHES * N_ESSAYS
    assert worker.n_starts == 1
