"""A class's results: the page's report, for programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from batches.models import Batch
from spellcheck.models import Misspelling, SpellcheckResult
from spellcheck.report import report
from tests.essays import essay_file, hand_in, register

pytestmark = pytest.mark.django_db

TEXTS = (
    "we went home becouse it rained all day. then we ate and went to bed.",
    "they stayed becouse it was cold. it was definately the best day of all.",
    "nothing is wrong with this text and it has no marks at all.",
)


@pytest.fixture
def batch(teacher: User, drain: Callable[[], int]) -> Batch:
    batch = register(teacher, 3)
    for n, text in enumerate(TEXTS):
        hand_in(batch, essay_file(f"{n}.txt", text))
    drain()
    return batch


def test_results_say_what_the_report_says(api: APIClient, batch: Batch) -> None:
    answer = api.get(f"/v1/batches/{batch.pk}/results").json()

    found = report(batch)
    assert (answer["essay_count"], answer["misspelling_count"]) == (3, found.n_marks)
    assert answer["word_count"] == found.n_words
    assert answer["median_per_100_words"] == found.median_per_100
    assert [row["per_100_words"] for row in answer["essays"]] == [
        row.per_100 for row in found.figures
    ]


def test_pairs_are_counted_by_pupils(api: APIClient, batch: Batch) -> None:
    first = api.get(f"/v1/batches/{batch.pk}/results").json()["pairs"][0]

    assert (first["written"], first["meant"]) == ("becouse", "because")
    assert (first["essay_count"], first["times"], first["kind"]) == (2, 2, "spelling")


def test_kinds_add_up_to_the_whole(api: APIClient, batch: Batch) -> None:
    Misspelling.objects.filter(word="definately").update(kind="confusion")

    answer = api.get(f"/v1/batches/{batch.pk}/results").json()

    assert answer["by_kind"] == [
        {"kind": "spelling", "misspelling_count": 2, "essay_count": 2},
        {"kind": "confusion", "misspelling_count": 1, "essay_count": 1},
    ]
    assert [row["by_kind"] for row in answer["essays"]] == [
        {"spelling": 1},
        {"spelling": 1, "confusion": 1},
        {},
    ]


def test_every_result_names_its_engine_and_dictionaries(api: APIClient, batch: Batch) -> None:
    old = SpellcheckResult.objects.order_by("pk")[0]
    SpellcheckResult.objects.filter(pk=old.pk).update(engine="huleedu-spelling 1")

    answer = api.get(f"/v1/batches/{batch.pk}/results").json()

    assert len(answer["engines"]) == 2
    assert {row["engine"] for row in answer["essays"]} == set(answer["engines"])


def test_what_to_practise_has_sentences_with_their_corrections(
    api: APIClient, batch: Batch
) -> None:
    points = api.get(f"/v1/batches/{batch.pk}/results").json()["practise"]

    point = next(point for point in points if "because" in point["words"])
    assert point["heading"]
    sentence = point["examples"][0]
    assert f"{sentence['before']}{sentence['written']}{sentence['after']}" in " ".join(TEXTS)


def test_batch_that_is_not_checked_has_empty_results(api: APIClient, teacher: User) -> None:
    answer = api.get(f"/v1/batches/{register(teacher, 1).pk}/results").json()

    assert (answer["essay_count"], answer["median_per_100_words"], answer["pairs"]) == (0, 0.0, [])
