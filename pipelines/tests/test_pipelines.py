"""Pipelines: phases in order and side by side, retries of exactly what failed, true endings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts.models import User
from batches import flow as batches
from batches.errors import Conflict
from batches.models import Batch
from events.models import Event
from events.topics import BatchPipelineCompleted, ELSBatchPhaseOutcome, PhaseSkipped
from lifecycle import texts
from pipelines import flow, progress, registry
from pipelines.models import EssayPhase, PhaseRun, PipelineRun
from pipelines.registry import Phase, UnknownPipeline
from pipelines.sweeps import sweep_lost_steps
from pipelines.tests.phases import FEEDBACK, READABILITY, STYLE, registered
from tests.essays import GOOD, essay_file, fresh, hand_in, hand_in_good, register
from tests.queue import let_hindrances_last

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


@pytest.fixture(autouse=True)
def phases() -> Iterator[None]:
    with registered(READABILITY, STYLE, FEEDBACK):
        yield


def batch_of(teacher: User, *texts: str, pipeline: str = "feedback") -> Batch:
    batch = register(teacher, len(texts), requested_pipeline=pipeline)
    for n, text in enumerate(texts):
        hand_in(batch, essay_file(f"{n}.txt", f"{GOOD} {text} {n}"))
    return batch


def phase_runs(run: PipelineRun) -> dict[str, str]:
    return dict(run.phase_runs.values_list("phase", "status"))


def test_pipeline_resolves_to_its_phase_and_all_that_it_requires() -> None:
    names = [phase.name for phase in registry.resolve("feedback")]

    assert names == ["spellcheck", "readability", "style", "feedback"]


def test_phase_that_requires_an_unknown_one_stops_the_process() -> None:
    with pytest.raises(ImproperlyConfigured, match="earlier in INSTALLED_APPS"):
        registry.register(
            Phase("late", "Late", "pipelines.tests.phases.measure", requires=("not_yet",))
        )


def test_phase_that_requires_itself_stops_the_process() -> None:
    with pytest.raises(ImproperlyConfigured):
        registry.register(
            Phase("ring", "Ring", "pipelines.tests.phases.measure", requires=("ring",))
        )


def test_two_phases_of_one_name_stop_the_process() -> None:
    with pytest.raises(ImproperlyConfigured):
        registry.register(Phase("style", "Another", "pipelines.tests.phases.measure"))


def test_unknown_pipeline_is_refused_with_the_known_ones(teacher: User) -> None:
    batch = register(teacher, 1)

    with pytest.raises(UnknownPipeline, match="feedback"):
        flow.start(batch.pk, "poetry", by=teacher)


def test_independent_phases_run_side_by_side_after_what_they_require(
    teacher: User, drain: Drain, settings: LazySettings
) -> None:
    settings.ESSAYS_PER_TASK = 1
    batch = batch_of(teacher, "one", "two")
    drain(limit=2)  # both files are read
    drain(limit=1)  # the pipeline starts
    run = batch.runs.get()
    assert phase_runs(run)["readability"] == PhaseRun.Status.PENDING

    drain(limit=2)  # both texts are spellchecked

    assert phase_runs(run) == {
        "spellcheck": PhaseRun.Status.COMPLETED_SUCCESSFULLY,
        "readability": PhaseRun.Status.IN_PROGRESS,
        "style": PhaseRun.Status.IN_PROGRESS,
        "feedback": PhaseRun.Status.PENDING,
    }
    drain()
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_essay_that_fails_leaves_only_its_own_chain(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "fails in style", "is fine", "is fine too")
    drain()

    succeeded = EssayPhase.objects.filter(status=EssayPhase.Status.SUCCEEDED)
    n_of = {name: succeeded.filter(phase_run__phase=name).count() for name in registry.names()}
    assert n_of == {"spellcheck": 3, "readability": 3, "style": 2, "feedback": 2}
    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES
    outcomes = Event.objects.filter(batch_id=batch.pk, event_type=ELSBatchPhaseOutcome.topic)
    assert {e.data["phase"]: e.data["phase_status"] for e in outcomes} == {
        "spellcheck": "completed_successfully",
        "readability": "completed_successfully",
        "style": "completed_with_partial_success",
        "feedback": "completed_successfully",
    }


def test_success_beside_a_failure_does_not_hide_it(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "fails in readability", "is fine")
    drain()

    essay = batch.essays.order_by("position")[0]
    [steps] = progress.steps_of([essay.current_text_id or 0]).values()

    assert [step.status for step in steps] == ["succeeded", "failed", "succeeded"]
    assert progress.essay_word(essay, steps) == "readability_failed"


def test_batch_whose_every_essay_fails_a_phase_fails(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "fails in style", "fails in style as well")
    drain()

    assert fresh(batch).status == Batch.Status.FAILED_CRITICALLY
    assert phase_runs(batch.runs.get())["feedback"] == PhaseRun.Status.SKIPPED
    done = Event.objects.get(batch_id=batch.pk, event_type=BatchPipelineCompleted.topic)
    assert done.data["successful_essay_count"] == 0
    assert done.data["failed_essay_count"] == 2


def test_phase_that_breaks_is_tried_again_and_given_up(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "breaks style", "is fine", pipeline="style")
    drain(skip_delays=True)

    broken = EssayPhase.objects.get(status=EssayPhase.Status.FAILED)
    assert broken.failure_code == "gave_up"
    assert broken.attempts == 1 + batch.max_retries
    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES


@pytest.mark.django_db(transaction=True)  # the task gives its connection back
def test_text_that_always_loses_the_database_ends_alone_after_a_week(
    teacher: User, drain: Drain
) -> None:
    batch = batch_of(teacher, "is fine", "loses style", "is fine too", pipeline="style")

    drain(skip_delays=True, limit=40)
    [step] = EssayPhase.objects.exclude(status=EssayPhase.Status.SUCCEEDED)
    assert (step.status, step.attempts) == (EssayPhase.Status.IN_PROGRESS, 0)

    let_hindrances_last(timedelta(days=8))
    drain(skip_delays=True)

    step.refresh_from_db()
    assert (step.status, step.failure_code) == (EssayPhase.Status.FAILED, "gave_up")
    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES


def test_texts_behind_those_that_have_long_been_hindered_are_checked(
    teacher: User, drain: Drain, settings: LazySettings
) -> None:
    settings.QUEUE_WINDOW = 2
    batch_of(teacher, "waits style", "waits style", "is fine", pipeline="style")
    drain()
    at_style = EssayPhase.objects.filter(phase_run__phase="style")
    assert not at_style.filter(status=EssayPhase.Status.SUCCEEDED).exists()

    let_hindrances_last(timedelta(hours=1))
    sweep_lost_steps(at=timezone.now() + timedelta(minutes=2))
    drain()

    assert at_style.filter(status=EssayPhase.Status.SUCCEEDED).count() == 1


def test_second_pipeline_leaves_out_what_is_done(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "one", "two", pipeline="spellcheck")
    drain()

    run = flow.start(batch.pk, "readability", by=teacher)
    drain()

    assert run.phases == ["readability"]
    skipped = Event.objects.filter(batch_id=batch.pk, event_type=PhaseSkipped.topic)
    assert [event.data["phase"] for event in skipped] == ["spellcheck"]
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_retry_does_the_phase_again_for_the_chosen_essays_only(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "fails in style", "fails in style too", "fine", pipeline="style")
    drain()
    first = batch.essays.order_by("position")[0]

    run = flow.retry_phase(batch.pk, "style", essay_ids=[first.pk], by=teacher)

    assert run.text_ids == [first.current_text_id]
    drain()
    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES


def test_corrected_text_is_checked_in_a_run_of_its_own(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "one", "fails in style", pipeline="style")
    drain()
    essay = batch.essays.order_by("position")[1]
    with batches.held(batch.pk) as held:
        text = texts.correct(held, essay, "A text that is fine.", by=teacher)

    run = flow.start(batch.pk, "style", by=teacher)
    drain()

    assert run.text_ids == [text.pk]
    assert fresh(batch).status == Batch.Status.COMPLETED_SUCCESSFULLY


def test_start_is_refused_when_nothing_is_left_to_do(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "one", pipeline="spellcheck")
    drain()

    with pytest.raises(Conflict, match="has been checked already"):
        flow.start(batch.pk, "spellcheck", by=teacher)


def test_start_is_refused_while_a_run_is_active(teacher: User, drain: Drain) -> None:
    batch = batch_of(teacher, "one", "two", pipeline="spellcheck")
    drain(limit=3)

    with pytest.raises(Conflict, match="being checked already"):
        flow.start(batch.pk, "spellcheck", by=teacher)


def test_start_goes_on_with_what_is_here(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 4)
    hand_in_good(batch, 3)
    drain()

    flow.start(batch.pk, "spellcheck", by=teacher)
    drain()

    assert fresh(batch).status == Batch.Status.COMPLETED_WITH_FAILURES
    done = Event.objects.get(batch_id=batch.pk, event_type=BatchPipelineCompleted.topic)
    counted = ("successful_essay_count", "failed_essay_count", "unfinished_essay_count")
    assert [done.data[name] for name in counted] == [3, 0, 1]


def test_work_that_is_under_way_when_the_run_is_cancelled_ends_harmlessly(
    teacher: User, drain: Drain, settings: LazySettings
) -> None:
    settings.ESSAYS_PER_TASK = 1
    batch = batch_of(teacher, "one", "two", pipeline="spellcheck")
    drain(limit=4)
    flow.cancel(batch.pk, by=teacher)
    drain()

    statuses = EssayPhase.objects.values_list("status", flat=True)
    assert sorted(statuses) == ["cancelled", "succeeded"]
    assert fresh(batch).status == Batch.Status.READY_FOR_PIPELINE_EXECUTION
    assert not fresh(batch).auto_start
