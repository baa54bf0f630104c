"""GET /metrics: off by default, guarded by a token, and true to the database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from accounts.models import User
from batches.models import Batch
from huleedu.house_metrics import _kept
from jobs.models import Worker
from jobs.queue import enqueue
from lifecycle.models import Essay
from pipelines import flow
from pipelines.models import EssayPhase
from tests.essays import broken_file, essay_file, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    """And no counting in this process: it would go on for as long as the process lives."""
    settings.METRICS_DIR = tmp_path / "metrics"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "metrics" not in name]


@pytest.fixture
def enabled(settings: LazySettings) -> None:
    settings.METRICS_ENABLED = True
    settings.METRICS_FRESH_S = 0


def exposed(client: Client) -> str:
    answer = client.get("/metrics")
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    return answer.content.decode()


def parsed(text: str) -> Iterator[Any]:
    """Metric families, by the format's own strict parser."""
    yield from text_string_to_metric_families(text)  # type: ignore[no-untyped-call]


def samples(client: Client, name: str) -> dict[tuple[str, ...], float]:
    """Label values, in the order of their names → value, of the samples of this name."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in parsed(exposed(client))
        for sample in family.samples
        if sample.name == name
    }


def without_zeros(values: Mapping[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    return {labels: value for labels, value in values.items() if value}


# --- who may see them -----------------------------------------------------------------------
def test_metrics_are_off_when_nothing_is_said(client: Client) -> None:
    assert client.get("/metrics").status_code == HTTPStatus.NOT_FOUND


def test_metrics_need_no_login_where_they_are_enabled(client: Client, enabled: None) -> None:
    assert exposed(client).endswith("# EOF\n")


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Token s3cret", "Bearer", "Bearer é"])
def test_metrics_with_a_token_are_for_those_who_show_it(
    client: Client, settings: LazySettings, header: str | None
) -> None:
    settings.METRICS_TOKEN = "s3cret"

    answer = client.get("/metrics", headers={"Authorization": header} if header else {})

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.content == b""
    shown = client.get("/metrics", headers={"Authorization": "Bearer s3cret"})
    assert shown.status_code == HTTPStatus.OK


def test_token_is_asked_for_even_where_metrics_are_enabled(
    client: Client, settings: LazySettings, enabled: None
) -> None:
    settings.METRICS_TOKEN = "s3cret"

    assert client.get("/metrics").status_code == HTTPStatus.UNAUTHORIZED


# --- the house ------------------------------------------------------------------------------
@pytest.fixture
def evening(teacher: User, drain: Drain) -> Batch:
    """A batch of three, two checked and one that could not be read; and one that waits for two."""
    batch = register(teacher, 3)
    hand_in_good(batch, 2)
    hand_in(batch, broken_file("Zebulonia.pdf"))
    drain()
    register(teacher, 2)
    return batch


def test_batches_and_essays_by_state(client: Client, enabled: None, evening: Batch) -> None:
    assert without_zeros(samples(client, "huleedu_batches")) == {
        ("awaiting_content_validation",): 1,
        ("completed_with_failures",): 1,
    }
    assert without_zeros(samples(client, "huleedu_essays")) == {
        ("awaiting_content",): 2,
        ("ready_for_processing",): 2,
        ("content_ingestion_failed",): 1,
    }


def test_every_state_is_shown_even_where_nothing_is(client: Client, enabled: None) -> None:
    assert {(word,) for word in Batch.Status.values} == samples(client, "huleedu_batches").keys()
    assert {(word,) for word in Essay.Status.values} == samples(client, "huleedu_essays").keys()


def test_failures_by_stage_and_code(client: Client, enabled: None, evening: Batch) -> None:
    step = EssayPhase.objects.first()
    assert step is not None
    EssayPhase.objects.filter(pk=step.pk).update(status="failed", failure_code="gave_up")

    code = evening.essays.failed().get().failure_code
    assert samples(client, "huleedu_failures") == {
        (code, "content"): 1,
        ("gave_up", "spellcheck"): 1,
    }


def test_queue_says_its_depth_and_the_age_of_its_oldest_ready_task(
    client: Client, enabled: None
) -> None:
    now = timezone.now()
    for due_s in (-90, -30, 60):
        enqueue("pipelines.tasks.start_if_automatic")
        last = OrmQ.objects.latest("pk")
        OrmQ.objects.filter(pk=last.pk).update(lock=now + timedelta(seconds=due_s))

    depth = samples(client, "huleedu_queue_tasks")
    assert (depth["huleedu", "ready"], depth["huleedu", "later"]) == (2, 1)
    age = samples(client, "huleedu_queue_oldest_ready_seconds")
    assert age["huleedu",] == pytest.approx(90, abs=30)


def test_empty_queues_are_shown_as_empty(client: Client, enabled: None) -> None:
    ages = samples(client, "huleedu_queue_oldest_ready_seconds")
    assert ages == {("huleedu",): 0, ("long",): 0}


def test_each_worker_says_when_it_last_got_on(client: Client, enabled: None) -> None:
    now = timezone.now()
    then = now - timedelta(minutes=1)
    moments = {"started_at": then, "seen_at": now, "progressed_at": then}
    Worker.objects.create(host="here", pid=7, queue="huleedu", processes=3, **moments)

    progress = samples(client, "huleedu_worker_last_progress_timestamp_seconds")
    assert progress == {("here", "7", "huleedu"): pytest.approx(then.timestamp(), abs=0.01)}
    assert samples(client, "huleedu_worker_processes") == {("here", "7", "huleedu"): 3}


def test_phase_seconds_are_a_histogram(client: Client, enabled: None, evening: Batch) -> None:
    for step, ms in zip(EssayPhase.objects.all(), (40, 700), strict=True):
        EssayPhase.objects.filter(pk=step.pk).update(processing_ms=ms)

    buckets = samples(client, "huleedu_phase_seconds_bucket")
    shown = [buckets[le, "spellcheck"] for le in ("0.025", "0.05", "0.5", "1.0", "+Inf")]
    assert shown == [0, 1, 1, 2, 2]
    assert samples(client, "huleedu_phase_seconds_sum") == {("spellcheck",): 0.74}
    assert samples(client, "huleedu_phase_seconds_count") == {("spellcheck",): 2}


def test_batch_operations_are_counted_from_the_log(
    client: Client, enabled: None, evening: Batch, teacher: User
) -> None:
    flow.cancel(register(teacher).pk, by=teacher)

    assert samples(client, "batch_operations_total") == {
        ("register", "success"): 3,
        ("pipeline", "completed_successfully"): 1,
        ("cancel", "success"): 1,
    }


def test_no_name_and_no_text_is_exposed(client: Client, enabled: None, teacher: User) -> None:
    batch = register(teacher, 1, title="Zebulonia")
    hand_in(batch, essay_file("Zebulonia.txt", "Zebulonia"))

    shown = exposed(client)

    assert "Zebulonia" not in shown
    assert teacher.email not in shown
    assert str(batch.pk) not in shown


def test_a_scrape_costs_the_same_for_one_batch_and_for_ten(
    client: Client, enabled: None, teacher: User
) -> None:
    register(teacher)
    with CaptureQueriesContext(connection) as for_one:
        exposed(client)
    for _ in range(9):
        hand_in_good(register(teacher), 3)

    with CaptureQueriesContext(connection) as for_ten:
        exposed(client)

    assert len(for_one) == len(for_ten) <= 8


def test_whole_tables_are_read_once_in_a_while(
    client: Client, enabled: None, settings: LazySettings, tmp_path: Path, teacher: User
) -> None:
    settings.METRICS_DIR, settings.METRICS_FRESH_S = tmp_path, 60
    register(teacher, 2)
    first = exposed(client)
    register(teacher, 3)

    with CaptureQueriesContext(connection) as queries:
        second = exposed(client)

    assert 'huleedu_batches{status="awaiting_content_validation"} 2.0' in second  # live
    kept = 'huleedu_essays{status="awaiting_content"} 2.0'
    assert kept in first and kept in second
    assert not any("lifecycle_essay" in query["sql"] for query in queries)
    settings.METRICS_FRESH_S = 0
    assert 'huleedu_essays{status="awaiting_content"} 5.0' in exposed(client)


def test_numbers_of_the_future_are_counted_anew(
    client: Client, enabled: None, settings: LazySettings, tmp_path: Path, teacher: User
) -> None:
    settings.METRICS_DIR, settings.METRICS_FRESH_S = tmp_path, 60
    client.get("/metrics")
    in_an_hour = time.time() + 3600  # the clock was ahead then
    os.utime(tmp_path / "whole-tables.txt", (in_an_hour, in_an_hour))

    register(teacher, 3)

    assert samples(client, "huleedu_essays")["awaiting_content",] == 3


@pytest.mark.parametrize(
    "kept",
    [b"", b"\0" * 300, b"\xff", b'huleedu_essays{status="aw'],
    ids=["empty", "zeros", "no text", "cut off"],
)
def test_numbers_that_cannot_be_read_are_counted_anew(
    client: Client,
    enabled: None,
    settings: LazySettings,
    tmp_path: Path,
    teacher: User,
    kept: bytes,
) -> None:
    settings.METRICS_DIR, settings.METRICS_FRESH_S = tmp_path, 60
    (tmp_path / "whole-tables.txt").write_bytes(kept)
    register(teacher, 2)

    assert samples(client, "huleedu_essays")["awaiting_content",] == 2
    assert (tmp_path / "whole-tables.txt").read_bytes() != kept


def test_numbers_are_kept_by_many_threads_at_once(settings: LazySettings, tmp_path: Path) -> None:
    settings.METRICS_DIR, settings.METRICS_FRESH_S = tmp_path, -1  # old even in the same instant
    together = Barrier(8)

    def count() -> list[Metric]:
        together.wait(60)
        return [GaugeMetricFamily("things", "Things.", value=7)]

    with ThreadPoolExecutor(together.parties) as threads:
        found = list(threads.map(lambda _: [_kept(count) for _ in range(20)], range(8)))

    assert len(found) == 8
    assert [path.name for path in tmp_path.iterdir()] == ["whole-tables.txt"]
