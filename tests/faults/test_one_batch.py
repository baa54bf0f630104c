"""One class of sixty, and the worker is killed in the middle of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from django_q.models import OrmQ

from accounts.models import User
from batches.models import Batch
from events.topics import BatchEssaysReady, BatchPipelineCompleted, EssaySpellcheckCompleted
from files.models import Upload
from lifecycle import readiness
from lifecycle.readiness import Counts
from pipelines.models import EssayPhase
from spellcheck.models import SpellcheckResult
from tests.essays import fresh, hand_in_good, register
from tests.faults.conftest import StartWorker
from tests.faults.real_worker import eventually
from tests.faults.test_batches import announced, n_done

N_ESSAYS = 60
FINISH_S = 120.0

pytestmark = pytest.mark.xdist_group("faults")


@pytest.mark.parametrize(
    "share", [0.5, 1.5], ids=["while files are read", "while texts are checked"]
)
def test_sixty_essays_are_checked_once_although_the_worker_is_killed(
    share: float, start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    batch = register(teacher, N_ESSAYS)
    hand_in_good(batch, N_ESSAYS)
    start_real = partial(start, DJANGO_SETTINGS_MODULE="huleedu.settings", VAR_DIR=str(tmp_path))
    worker = start_real().ready()
    eventually(lambda: n_done() >= share * N_ESSAYS, within_s=FINISH_S, what=worker)

    worker.kill("supervisor")
    worker.process.wait()
    n_at_the_kill = n_done()
    worker = start_real()
    done = Batch.Status.COMPLETED_SUCCESSFULLY
    eventually(lambda: fresh(batch).status == done, within_s=FINISH_S, what=worker)
    eventually(lambda: not OrmQ.objects.exists(), within_s=FINISH_S, what=worker)

    assert n_at_the_kill < 2 * N_ESSAYS, "the worker was killed too late"
    assert readiness.count(batch) == Counts(ready=N_ESSAYS)
    assert batch.uploads.filter(status=Upload.Status.EXTRACTED).count() == N_ESSAYS
    assert SpellcheckResult.objects.count() == N_ESSAYS
    assert EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED).count() == N_ESSAYS
    assert batch.runs.count() == 1
    assert announced(BatchEssaysReady) == {str(batch.pk): 1}
    assert announced(BatchPipelineCompleted) == {str(batch.pk): 1}
    assert announced(EssaySpellcheckCompleted) == {str(batch.pk): N_ESSAYS}
