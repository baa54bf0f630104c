"""Taking files in: what became of each, and that one bad file never fails the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage

from accounts.models import User
from batches.models import MAX_ESSAYS, Batch
from content import store
from content.models import StoredContent
from events.models import Event
from events.topics import BatchFileAdded
from files import flow, intake
from files.models import Upload
from files.receipts import Handed, Outcome
from lifecycle import flow as lifecycle
from lifecycle import readiness
from lifecycle.models import Essay
from lifecycle.readiness import Counts
from pipelines import flow as pipelines
from tests.essays import broken_file, essay_file, fresh, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]


def test_same_bytes_again_are_a_duplicate_of_the_first(teacher: User) -> None:
    batch = register(teacher, 2)
    first = hand_in(batch, essay_file("alva.txt", "The same text."))

    second = hand_in(batch, essay_file("copy of alva.txt", "The same text."))

    assert second.outcome == Outcome.DUPLICATE
    assert second.upload_id == first.upload_id
    assert StoredContent.objects.count() == 1


def test_two_pupils_can_hand_in_the_same(teacher: User) -> None:
    batch = register(teacher, 2)
    hand_in(batch, essay_file("alva.txt", "The same text."))

    second = hand_in(batch, essay_file("bo.txt", "The same text."), allow_duplicate=True)

    assert second.outcome == Outcome.ACCEPTED
    assert list(batch.uploads.values_list("copy", flat=True)) == [0, 1]


def test_same_bytes_that_failed_for_two_pupils_can_both_be_read_again(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 2)
    first, second = batch.essays.order_by("position")
    hand_in(batch, broken_file("same.pdf"), essay_id=first.pk)
    drain()
    hand_in(batch, broken_file("same.pdf"), essay_id=second.pk)
    drain()

    assert flow.retry_failed(batch.pk, by=teacher) == 2

    drain()
    assert sorted(batch.uploads.values_list("copy", "status")) == [(0, "failed"), (1, "failed")]


def test_same_bytes_that_failed_are_read_once_more(teacher: User, drain: Drain) -> None:
    batch = register(teacher, 2)
    hand_in(batch, broken_file("bo.pdf"))
    drain()

    receipt = hand_in(batch, broken_file("bo.pdf"))

    assert receipt.outcome == Outcome.RETRIED
    assert batch.uploads.get().status == Upload.Status.RECEIVED


@pytest.mark.parametrize("in_its_place", [True, False])
def test_file_whose_stored_bytes_are_lost_is_read_from_those_that_are_handed_in_again(
    teacher: User, drain: Drain, in_its_place: bool
) -> None:
    batch = register(teacher, 2)
    hand_in_good(batch, 1)
    hand_in(batch, essay_file("alva.txt"))
    upload = batch.uploads.get(original_name="alva.txt")
    assert upload.raw is not None
    default_storage.delete(upload.raw.storage_name)
    drain()
    assert batch.uploads.get(pk=upload.pk).status == Upload.Status.FAILED

    replaces = upload.pk if in_its_place else None
    hand_in(batch, essay_file("alva.txt"), replaces=replaces, allow_duplicate=in_its_place)
    drain()

    assert readiness.count(batch) == Counts(ready=2)


def test_open_batch_takes_no_more_than_the_most_essays(teacher: User) -> None:
    batch = register(teacher, None)
    lifecycle.make_slots(batch.pk, [f"essay-{n:02d}" for n in range(1, MAX_ESSAYS + 1)])
    batch.essays.update(status=Essay.Status.ABSENT)

    receipt = hand_in(batch, essay_file("one more.txt"))

    assert (receipt.outcome, receipt.code) == (Outcome.REFUSED, "too_many")
    assert batch.essays.count() == MAX_ESSAYS


def test_file_over_the_limit_is_refused_and_the_others_are_taken(
    teacher: User, settings: LazySettings
) -> None:
    batch = register(teacher, 2)
    too_large = essay_file("film.txt")
    too_large.too_large = True  # type: ignore[attr-defined]  # as the upload handler marks it

    receipts = intake.receive_all(
        batch.pk, [Handed(too_large), Handed(essay_file("alva.txt"))], by=teacher
    )

    assert [receipt.outcome for receipt in receipts] == [Outcome.REFUSED, Outcome.ACCEPTED]
    assert receipts[0].code == "too_large"


@pytest.mark.django_db(transaction=True)
def test_file_without_a_place_is_refused_and_those_that_came_with_it_are_taken(
    teacher: User,
) -> None:
    batch = register(teacher, 12)
    hand_in(batch, essay_file("first.txt"), reference="essay-01")
    handed = [Handed(essay_file(f"{n}.txt")) for n in range(10)]
    handed[4] = Handed(essay_file("second.txt"), reference="essay-01")

    receipts = intake.receive_all(batch.pk, handed, by=teacher)

    assert [receipt.file_name for receipt in receipts] == [each.file.name for each in handed]
    assert [n for n, each in enumerate(receipts) if each.outcome != Outcome.ACCEPTED] == [4]
    assert receipts[4].code == "slot_taken"
    assert readiness.count(batch) == Counts(ingesting=10, awaiting=2)
    kept = set(StoredContent.objects.values_list("storage_name", flat=True))
    assert kept == {name for names in store._stored_names() for name in names}
    events = Event.objects.filter(batch_id=batch.pk, event_type=BatchFileAdded.topic)
    assert events.count() == batch.uploads.count() == len(kept) == 10


def test_storage_that_fails_refuses_the_file_and_says_so(
    teacher: User, settings: LazySettings, tmp_path: Path
) -> None:
    batch = register(teacher, 1)
    blocked = tmp_path / "content"
    blocked.write_text("a file where the folder should be")

    receipt = hand_in(batch, essay_file("alva.txt"))

    assert (receipt.outcome, receipt.code) == (Outcome.REFUSED, "storage_unavailable")
    assert readiness.count(batch) == Counts(awaiting=1)


def test_cancelled_batch_takes_no_files_and_keeps_no_bytes(
    teacher: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    batch = register(teacher, 1)
    pipelines.cancel(batch.pk, by=teacher)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        receipt = hand_in(batch, essay_file("alva.txt"))

    assert (receipt.outcome, receipt.code) == (Outcome.REFUSED, "batch_cancelled")
    assert not StoredContent.objects.exists()


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\alva\\essay.docx", "essay.docx"),
        ("A\u030asa.txt", "Åsa.txt"),
        ("line\nbreak\x00.txt", "linebreak.txt"),
        ("", "unnamed file"),
    ],
)
def test_file_name_is_a_label_and_never_a_path(given: str, label: str) -> None:
    assert intake.clean_name(given) == label


def test_removed_file_frees_its_slot_and_its_bytes_go(
    teacher: User, drain: Drain, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    batch = register(teacher, 1, auto_start=False)
    receipt = hand_in(batch, essay_file("alva.txt"))
    drain()
    name = StoredContent.objects.get().storage_name
    assert receipt.upload_id is not None

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        flow.remove(receipt.upload_id, by=teacher)

    assert readiness.count(batch) == Counts(awaiting=1)
    assert fresh(batch).status == Batch.Status.AWAITING_CONTENT_VALIDATION
    assert not default_storage.exists(name)


def test_raised_expectation_adopts_the_files_that_were_too_many_by_age(
    teacher: User, drain: Drain
) -> None:
    batch = register(teacher, 1, auto_start=False)
    hand_in_good(batch, 4)

    flow.expect(batch.pk, 3, by=teacher)
    drain()

    assert readiness.count(batch) == Counts(ready=3)
    excess = batch.uploads.get(status=Upload.Status.EXCESS)
    assert excess.original_name == "essay 4.txt"


def test_only_a_few_files_of_a_batch_are_queued_at_a_time(
    teacher: User, settings: LazySettings, drain: Drain
) -> None:
    batch = register(teacher, 20, auto_start=False)

    hand_in_good(batch, 20)

    assert 0 < batch.uploads.exclude(queued_at=None).count() <= settings.QUEUE_WINDOW
    drain()
    assert readiness.count(batch) == Counts(ready=20)
