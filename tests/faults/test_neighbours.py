"""Who stands beside a fault does not answer for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.models import User
from batches.models import Batch
from pipelines.models import EssayPhase
from pipelines.tests.phases import registered
from tests.essays import essay_file, fresh, hand_in, hand_in_good, register
from tests.faults.conftest import StartWorker
from tests.faults.deadly import DEADLY, HANGS, KILLS
from tests.faults.real_worker import eventually

pytestmark = pytest.mark.xdist_group("faults")

FINISH_S = 60.0


@pytest.mark.parametrize("does", [KILLS, HANGS])
def test_essay_whose_check_cannot_end_is_given_up_and_its_neighbours_are_not_charged(
    start: StartWorker, teacher: User, tmp_path: Path, does: str
) -> None:
    with registered(DEADLY):
        batch = register(teacher, 6, requested_pipeline="deadly", max_retries=0)
        hand_in(batch, essay_file("poison.txt", f"This is the text that {does}, every time."))
        hand_in_good(batch, 5)

        worker = start(VAR_DIR=str(tmp_path))
        eventually(lambda: fresh(batch).completed_at, within_s=FINISH_S, what=worker)

    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES
    steps = EssayPhase.objects.filter(phase_run__phase="deadly")
    assert (
        list(steps.exclude(text__body__contains=does).values_list("status", "attempts"))
        == [(EssayPhase.Status.SUCCEEDED, 1)] * 5
    )
    assert steps.get(text__body__contains=does).failure_code == "gave_up"


def test_kill_of_the_worker_costs_no_essay_that_has_no_try_left(
    start: StartWorker, teacher: User, tmp_path: Path
) -> None:
    with registered(DEADLY):
        batch = register(teacher, 4, requested_pipeline="deadly", max_retries=0)
        hand_in_good(batch, 4)
        steps = EssayPhase.objects.filter(phase_run__phase="deadly")
        under_way = steps.filter(status=EssayPhase.Status.IN_PROGRESS, attempts=1)

        worker = start(VAR_DIR=str(tmp_path))
        eventually(lambda: under_way.count() >= 2, within_s=FINISH_S, what=worker)
        worker.kill("supervisor")
        worker.process.wait()
        worker = start(VAR_DIR=str(tmp_path))
        eventually(lambda: fresh(batch).completed_at, within_s=FINISH_S, what=worker)

    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY
