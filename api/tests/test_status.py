"""Where a batch stands and why, and how it is steered."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from lifecycle.models import Essay
from pipelines import steps
from pipelines.models import EssayPhase
from tests.essays import broken_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def status_of(client: APIClient, batch: Batch) -> Any:
    answer = client.get(f"/v1/batches/{batch.pk}/status")
    assert answer.status_code == HTTPStatus.OK
    return answer.json()


def post(client: APIClient, batch: Batch, verb: str, body: Any = None) -> Any:
    return client.post(f"/v1/batches/{batch.pk}/{verb}", body)


def being_checked(client: APIClient, owner: User, n: int, drain: Drain) -> Batch:
    """n essays, whose check has been asked for and not begun."""
    batch = register(owner, n)
    hand_in_good(batch, n)
    run_nothing_yet(batch, drain)
    post(client, batch, "pipelines", {"requested_pipeline": "spellcheck"})
    return batch


def run_nothing_yet(batch: Batch, drain: Drain) -> None:
    """All files are read, and no pipeline has been started."""
    Batch.objects.filter(pk=batch.pk).update(auto_start=False)
    drain()


# --- status -----------------------------------------------------------------------------------
def test_status_of_a_new_batch_waits_and_has_no_run(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 2, class_designation="SA23B")

    shown = status_of(api, batch)

    assert shown["batch_id"] == str(batch.pk)
    assert shown["status"] == "pending_content"
    assert shown["batch_context"]["class_designation"] == "SA23B"
    assert shown["batch_context"]["user_id"] == teacher.pk
    assert shown["pipeline_state"] == {
        "requested_pipeline": "spellcheck",
        "run": None,
        "phases": [],
        "estimated_seconds_left": None,
    }
    assert shown["failures"] == []


def test_status_of_an_open_batch_expects_no_number(api: APIClient, teacher: User) -> None:
    batch = register(teacher, None)
    hand_in_good(batch, 2)

    counts = status_of(api, batch)["counts"]

    assert (counts["expected"], counts["slots"], counts["ingesting"]) == (None, 2, 2)


def test_status_counts_the_essays_of_each_phase_while_it_runs(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = being_checked(api, teacher, 3, drain)
    first = EssayPhase.objects.order_by("text").first()
    assert first is not None
    steps.begin([first.pk])

    state = status_of(api, batch)

    assert state["status"] == "processing"
    assert state["pipeline_state"]["run"]["is_active"]
    (phase,) = state["pipeline_state"]["phases"]
    assert (phase["phase"], phase["status"]) == ("spellcheck", "in_progress")
    assert phase["counts"] == {
        "pending": 2,
        "in_progress": 1,
        "succeeded": 0,
        "failed": 0,
        "cancelled": 0,
    }


def test_status_of_a_checked_batch_shows_how_its_run_ended(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 2)
    drain()

    state = status_of(api, batch)

    assert state["status"] == "completed_successfully"
    assert state["pipeline_state"]["run"]["outcome"] == "completed_successfully"
    assert state["pipeline_state"]["phases"][0]["counts"]["succeeded"] == 2


def test_status_says_why_files_could_not_be_read(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    hand_in(batch, broken_file("one.pdf"))
    hand_in(batch, broken_file("two.pdf"))
    drain()

    state = status_of(api, batch)

    assert state["status"] == "failed"
    (failure,) = state["failures"]
    assert (failure["stage"], failure["code"], failure["count"]) == ("content", "corrupt", 2)
    assert "damaged" in failure["detail"]
    assert len(failure["essay_ids"]) == 2


def test_status_says_why_a_check_failed(api: APIClient, teacher: User, drain: Drain) -> None:
    batch = being_checked(api, teacher, 1, drain)
    steps.begin([EssayPhase.objects.get().pk])
    steps.give_up(EssayPhase.objects.get().pk)

    (failure,) = status_of(api, batch)["failures"]

    assert (failure["stage"], failure["code"], failure["count"]) == ("spellcheck", "gave_up", 1)


# --- steering ---------------------------------------------------------------------------------
def test_close_ends_the_waiting_of_an_open_batch(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, None)
    hand_in_good(batch, 2)
    drain()

    answer = post(api, batch, "close")

    assert answer.status_code == HTTPStatus.ACCEPTED
    assert answer.json()["status"] == "ready"
    assert answer.json()["correlation_id"] == answer.headers["X-Correlation-ID"]
    assert fresh(batch).expected_essay_count == 2


def test_close_of_a_batch_with_a_number_is_a_conflict(api: APIClient, teacher: User) -> None:
    answer = post(api, register(teacher, 2), "close")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "not_open"


def test_cancel_ends_the_active_run(api: APIClient, teacher: User, drain: Drain) -> None:
    batch = being_checked(api, teacher, 1, drain)

    answer = post(api, batch, "cancel")

    assert answer.status_code == HTTPStatus.ACCEPTED
    assert answer.json()["status"] == "ready"
    assert status_of(api, batch)["pipeline_state"]["run"]["outcome"] == "cancelled"


def test_cancelling_the_run_once_more_leaves_the_batch(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = being_checked(api, teacher, 1, drain)

    for _ in ("sent", "sent again, for its answer got lost"):
        answer = post(api, batch, "cancel", {"only": "run"})
        assert (answer.status_code, answer.json()["status"]) == (HTTPStatus.ACCEPTED, "ready")


def test_cancelling_the_batch_waits_for_the_end_of_its_run_and_is_done_once(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = being_checked(api, teacher, 1, drain)

    assert post(api, batch, "cancel", {"only": "batch"}).json()["status"] == "processing"
    post(api, batch, "cancel", {"only": "run"})
    for _ in ("sent", "sent again, for its answer got lost"):
        answer = post(api, batch, "cancel", {"only": "batch"})
        assert (answer.status_code, answer.json()["status"]) == (HTTPStatus.ACCEPTED, "cancelled")
    refused = post(api, batch, "cancel", {"only": "everything"})
    assert refused.json()["errors"] == {"only": ['"everything" is not a valid choice.']}


def test_cancelled_batch_can_be_reopened(api: APIClient, teacher: User) -> None:
    batch = register(teacher, 1)

    assert post(api, batch, "cancel").json()["status"] == "cancelled"
    assert post(api, batch, "reopen").json()["status"] == "pending_content"


def test_reopened_batch_goes_on_with_what_was_read_meanwhile(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1)
    hand_in_good(batch, 1)
    post(api, batch, "cancel")
    drain()

    post(api, batch, "reopen")
    drain()

    assert status_of(api, batch)["status"] == "completed_successfully"


def test_reopening_what_is_not_cancelled_is_a_conflict(api: APIClient, teacher: User) -> None:
    answer = post(api, register(teacher), "reopen")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "illegal_move"


# --- pipelines --------------------------------------------------------------------------------
def test_pipeline_starts_on_what_is_here_when_asked(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 3)
    hand_in_good(batch, 2)
    drain()

    answer = post(api, batch, "pipelines", {"requested_pipeline": "spellcheck"})

    assert answer.status_code == HTTPStatus.ACCEPTED
    run = batch.runs.get()
    assert answer.json() == {
        "batch_id": str(batch.pk),
        "status": "processing",
        "correlation_id": str(run.correlation_id),
        "run_id": str(run.pk),
        "requested_pipeline": "spellcheck",
        "phases": ["spellcheck"],
    }


def test_unknown_pipeline_is_refused_with_a_list_of_the_known(
    api: APIClient, teacher: User
) -> None:
    answer = post(api, register(teacher), "pipelines", {"requested_pipeline": "magic"})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "Known: spellcheck" in answer.json()["errors"]["requested_pipeline"][0]


def test_pipeline_on_nothing_is_a_conflict(api: APIClient, teacher: User) -> None:
    answer = post(api, register(teacher), "pipelines", {"requested_pipeline": "spellcheck"})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "no_essays_ready"


def test_failed_phase_is_done_again_on_the_essays_that_are_named(
    api: APIClient, teacher: User, drain: Drain
) -> None:
    batch = being_checked(api, teacher, 2, drain)
    for step in EssayPhase.objects.all():
        steps.begin([step.pk])
        steps.give_up(step.pk)
    essay = Essay.objects.first()
    assert essay is not None

    body = {"phase_name": "spellcheck", "essay_ids": [str(essay.pk)]}
    answer = post(api, batch, "retry-phase", body)
    drain()

    assert answer.status_code == HTTPStatus.ACCEPTED
    words = EssayPhase.objects.order_by("phase_run_id", "text_id").values_list("status", flat=True)
    assert list(words) == ["failed", "failed", "succeeded"]


def test_retry_of_nothing_is_a_conflict(api: APIClient, teacher: User, drain: Drain) -> None:
    batch = register(teacher, 1)
    hand_in_good(batch, 1)
    drain()

    answer = post(api, batch, "retry-phase", {"phase_name": "spellcheck"})

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json()["code"] == "nothing_to_do"
