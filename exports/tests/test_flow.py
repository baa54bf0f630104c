"""An export's life: asked for once, made whatever happens, kept for a while, and gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from batches.errors import Conflict
from batches.models import Batch
from content.models import StoredContent
from exports import bundle, flow, making, sweeps
from exports.gather import fingerprint
from exports.models import Export, ExportPart
from exports.tests.conftest import Drain, ask, bytes_of, mark, now
from files import flow as files
from jobs import window
from spellcheck import flow as spellcheck
from tests.essays import essay_file, hand_in, register
from tests.queue import let_hindrances_last

Status = Export.Status


@pytest.fixture
def one_essay_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "PART_ESSAYS", 1)


@pytest.fixture
def one_part_a_turn(monkeypatch: pytest.MonkeyPatch, one_essay_a_part: None) -> None:
    monkeypatch.setattr(making, "TURN_S", -1)


def n_stored() -> int:
    """Files in the storage: what was uploaded, and what was made."""
    folders, _files = default_storage.listdir("")
    return sum(len(default_storage.listdir(folder)[1]) for folder in folders)


# --- asking -----------------------------------------------------------------------------------
def test_export_that_is_being_made_is_asked_for_once(class_of_three: Batch) -> None:
    assert ask(class_of_three) == ask(class_of_three)

    assert OrmQ.objects.count() == 1


def test_export_serves_again_until_something_changes(class_of_three: Batch, drain: Drain) -> None:
    first = ask(class_of_three)
    drain()
    assert ask(class_of_three) == first

    spellcheck.accept(mark(class_of_three, "recieve"), "receive", by=class_of_three.owner)

    assert ask(class_of_three) != first


def test_another_kind_or_language_is_another_export(class_of_three: Batch) -> None:
    kinds = [ask(class_of_three), ask(class_of_three, "csv"), ask(class_of_three, language="sv")]

    assert len(set(kinds)) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda batch: spellcheck.ignore(mark(batch, "recieve"), by=batch.owner),
        lambda batch: spellcheck.undo(mark(batch, "becouse"), by=batch.owner),
        lambda batch: files.mark_absent(batch.essays.free()[0].pk, absent=True, by=batch.owner),
        lambda batch: hand_in(batch, essay_file("late.txt")),
        lambda batch: Batch.objects.filter(pk=batch.pk).update(title="Another"),
    ],
    ids=["decision", "decision taken back", "absent pupil", "late essay", "title"],
)
def test_fingerprint_tells_what_an_export_would_show(
    class_of_three: Batch, change: Callable[[Batch], Any]
) -> None:
    before = fingerprint(class_of_three)
    assert fingerprint(class_of_three) == before

    change(class_of_three)

    assert fingerprint(Batch.objects.get(pk=class_of_three.pk)) != before


def test_batch_without_a_text_has_nothing_to_export(teacher: User) -> None:
    with pytest.raises(Conflict, match="No essay of this batch has been read"):
        ask(register(teacher, 2))


# --- making -----------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", Export.Kind.values)
def test_export_of_each_kind_is_made(class_of_three: Batch, drain: Drain, kind: str) -> None:
    export = ask(class_of_three, kind)
    assert (export.n_done, export.n_total) == (0, 2)

    drain()

    made = now(export)
    assert (made.status, made.n_done, made.n_total) == (Status.READY, 2, 2)
    assert bytes_of(made)


def test_export_is_made_in_turns_and_says_how_far_it_is(
    class_of_three: Batch, drain: Drain, one_part_a_turn: None
) -> None:
    export = ask(class_of_three)

    progress = []
    while drain(limit=1):
        progress.append((now(export).n_done, now(export).status))

    assert progress == [(1, Status.PENDING), (2, Status.PENDING), (2, Status.READY)]
    assert not ExportPart.objects.exists()
    assert StoredContent.objects.count() == 3  # two uploads and the bundle


def test_what_is_decided_while_the_export_is_made_is_in_it(
    class_of_three: Batch, drain: Drain, one_part_a_turn: None
) -> None:
    export = ask(class_of_three)
    drain(limit=1)

    spellcheck.accept(mark(class_of_three, "becouse", "Bo.txt"), "because", by=class_of_three.owner)
    drain()

    assert b"corrected/Bo.docx" in bytes_of(export)
    assert ask(class_of_three) == export


def test_killed_attempt_begins_where_it_was(
    class_of_three: Batch, drain: Drain, one_part_a_turn: None
) -> None:
    export = ask(class_of_three, "docx")
    drain(limit=1)
    kept = ExportPart.objects.get()
    assert flow.begin([export.pk])  # and its worker dies

    drain(limit=1)

    assert now(export).status == Status.READY
    assert not StoredContent.objects.filter(pk=kept.content_id).exists()


def test_task_that_runs_twice_makes_one_file(class_of_three: Batch, drain: Drain) -> None:
    export = ask(class_of_three)
    [late] = flow.begin([export.pk])
    drain()
    first = now(export).content

    making.make(late.row)  # another attempt, which did not know

    assert now(export).content == first
    assert StoredContent.objects.count() == 3


def test_newer_export_takes_the_place_of_the_older(class_of_three: Batch, drain: Drain) -> None:
    first = ask(class_of_three)
    drain()
    spellcheck.ignore(mark(class_of_three, "recieve"), by=class_of_three.owner)
    ask(class_of_three)
    assert Export.objects.filter(pk=first.pk).exists()  # until the newer one is there

    drain()

    assert not Export.objects.filter(pk=first.pk).exists()
    assert StoredContent.objects.count() == 3


# --- what goes wrong --------------------------------------------------------------------------
def break_storage(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(type(default_storage._wrapped), "save", refuse)  # type: ignore[attr-defined]


def test_storage_that_does_not_answer_is_waited_for(
    class_of_three: Batch, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(class_of_three)
    with monkeypatch.context() as patch:
        break_storage(patch, OSError("no route"))
        for _ in range(9):
            drain(skip_delays=True, limit=1)
    assert (now(export).status, now(export).attempts) == (Status.PENDING, 0)

    drain(skip_delays=True)

    assert now(export).status == Status.READY


def test_storage_that_takes_no_export_for_a_week_is_not_waited_for_any_more(
    class_of_three: Batch, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(class_of_three)
    break_storage(monkeypatch, OSError("no route"))
    drain(skip_delays=True, limit=1)
    let_hindrances_last(timedelta(days=8))

    drain(skip_delays=True)

    assert (now(export).status, now(export).failure_code) == (Status.FAILED, "gave_up")


def test_export_that_always_fails_says_so_and_can_be_asked_for_again(
    class_of_three: Batch, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(class_of_three)
    with monkeypatch.context() as patch:
        patch.setattr("exports.word._paragraphs", lambda *_: 1 / 0)
        drain(skip_delays=True)
    assert (now(export).status, now(export).failure_code) == (Status.FAILED, "gave_up")

    again = ask(class_of_three)
    drain()

    assert again != export
    assert now(again).status == Status.READY
    assert not Export.objects.failed().exists()


def test_lost_database_is_no_attempt(class_of_three: Batch) -> None:
    export = ask(class_of_three)
    flow.begin([export.pk])

    flow.take_back(export.pk)

    assert now(export).attempts == 0


# --- going ------------------------------------------------------------------------------------
def test_export_goes_with_its_batch_at_once(
    class_of_three: Batch,
    drain: Drain,
    one_part_a_turn: None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    ask(class_of_three, "csv")
    drain()
    ask(class_of_three)
    drain(limit=1)  # and is half made
    assert n_stored() == 4

    with django_capture_on_commit_callbacks(execute=True):
        files.erase_batch(class_of_three.pk, by=class_of_three.owner)

    assert not Export.objects.exists()
    assert not StoredContent.objects.exists()
    assert n_stored() == 0


def test_export_whose_batch_is_deleted_while_it_is_made_leaves_nothing(
    class_of_three: Batch, drain: Drain
) -> None:
    export = ask(class_of_three)
    [attempt] = flow.begin([export.pk])
    files.erase_batch(class_of_three.pk, by=class_of_three.owner)

    content = StoredContent.objects.create(
        owner=class_of_three.owner, storage_name="aa/x", size_bytes=0, sha256=""
    )
    flow.finish(attempt.row, content, "", n_total=2)

    assert not StoredContent.objects.exists()


def test_export_is_deleted_when_its_time_is_over(
    class_of_three: Batch,
    drain: Drain,
    settings: LazySettings,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.EXPORT_KEEP_DAYS = 3
    ask(class_of_three, "csv")
    drain()
    assert n_stored() == 3
    assert sweeps.sweep_expired_exports(timezone.now() + timedelta(days=2)) == 0

    with django_capture_on_commit_callbacks(execute=True):
        assert sweeps.sweep_expired_exports(timezone.now() + timedelta(days=3)) == 1

    assert not Export.objects.exists()
    assert n_stored() == 2  # the uploads


def test_expired_export_is_not_found_before_it_is_swept(
    class_of_three: Batch, drain: Drain
) -> None:
    ask(class_of_three)
    drain()

    later = timezone.now() + timedelta(days=8)
    assert Export.objects.kept().count() == 1
    assert not Export.objects.kept(later).exists()


def test_export_that_stands_in_no_queue_is_queued_again(class_of_three: Batch) -> None:
    export = ask(class_of_three)
    OrmQ.objects.all().delete()
    later = timezone.now() + timedelta(hours=1)
    assert window.lost(Export.objects.pending(), flow.MAKE_TASK, at=later) == [export.pk]

    assert sweeps.sweep_lost_exports(later) == 1

    assert OrmQ.objects.count() == 1
