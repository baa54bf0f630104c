"""States: constraint, enum and transition table of a column agree, and the code obeys them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps as django_apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

import batches.models
import exports.models
import files.models
import lifecycle.models
import pipelines.models
import spellcheck.models
from accounts.models import User
from batches import flow as batch_flow
from batches.errors import IllegalMove
from batches.models import Batch
from content import store
from content.models import StoredContent
from exports import flow as export_flow
from exports.models import Export
from files import flow as file_flow
from files.models import Upload
from jobs.attempts import Done
from lifecycle import flow as essay_flow
from lifecycle.models import Essay, EssayText
from pipelines import flow as run_flow
from pipelines import steps
from pipelines.models import EssayPhase, PhaseRun, PipelineRun
from spellcheck import flow as mark_flow
from spellcheck.models import Misspelling, SpellcheckResult
from tests.essays import hand_in_good, register

Table = Mapping[Any, frozenset[Any]]

MACHINES: list[tuple[type[models.Model], str, Table]] = [
    (Batch, "status", batches.models.NEXT),
    (Essay, "status", lifecycle.models.NEXT),
    (Upload, "status", files.models.NEXT),
    (PhaseRun, "status", pipelines.models.NEXT_OF_PHASE_RUN),
    (EssayPhase, "status", pipelines.models.NEXT_OF_ESSAY_PHASE),
    (Misspelling, "decision", spellcheck.models.NEXT),
    (Export, "status", exports.models.NEXT),
]
ids = [model.__name__ for model, _, _ in MACHINES]

pytestmark = pytest.mark.django_db


def states_of(model: type[models.Model], column: str) -> set[str]:
    field = model._meta.get_field(column)
    assert isinstance(field, models.CharField)
    return {str(value) for value, _ in field.flatchoices}


def states_in_constraint(model: type[models.Model], column: str) -> set[str]:
    for constraint in model._meta.constraints:
        is_list = constraint.name.endswith("_is_known")
        if isinstance(constraint, models.CheckConstraint) and is_list:
            condition = constraint.condition
            assert isinstance(condition, models.Q)
            for lookup, values in condition.children:  # type: ignore[misc]  # none nests here
                if lookup == f"{column}__in":
                    return set(values)
    raise AssertionError(f"{model.__name__}.{column} has no constraint that lists its states")


@pytest.mark.parametrize(("model", "column", "table"), MACHINES, ids=ids)
def test_constraint_lists_the_states_of_the_enum(
    model: type[models.Model], column: str, table: Table
) -> None:
    assert states_in_constraint(model, column) == states_of(model, column)


@pytest.mark.parametrize(("model", "column", "table"), MACHINES, ids=ids)
def test_transition_table_names_every_state(
    model: type[models.Model], column: str, table: Table
) -> None:
    assert {str(state) for state in table} == states_of(model, column)


def test_every_text_column_of_states_is_among_the_machines() -> None:
    """A new machine cannot be forgotten here. (Outcomes and kinds never change.)"""
    apps = {"batches", "lifecycle", "files", "pipelines", "spellcheck", "exports"}
    columns = {
        (model, field.name)
        for model in django_apps.get_models()
        for field in model._meta.get_fields()
        if model._meta.app_label in apps and field.name in {"status", "decision", "state"}
    }
    assert columns == {(model, column) for model, column, _ in MACHINES}


def test_database_refuses_a_state_that_nobody_knows(teacher: User) -> None:
    batch = register(teacher, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(status="sort of done")


# --- what the code does, for all pairs of states ------------------------------------------------
def moves_made(
    table: Table, put: Callable[[Any], Any], move: Callable[[Any, Any], object]
) -> set[tuple[Any, Any]]:
    """The pairs of states for which `move(row in source, target)` is not refused."""
    made = set()
    for source, target in product(table, table):
        row = put(source)
        try:
            with transaction.atomic():
                move(row, target)
        except IllegalMove:
            continue
        row.refresh_from_db()
        if row.status == target != source:
            made.add((source, target))
    return made


def allowed(table: Table) -> set[tuple[Any, Any]]:
    return {(source, target) for source, targets in table.items() for target in targets}


def test_batch_makes_the_moves_of_its_table_and_no_other(teacher: User) -> None:
    batch = register(teacher, 1)

    def put(source: Batch.Status) -> Batch:
        Batch.objects.filter(pk=batch.pk).update(status=source)
        return Batch.objects.get(pk=batch.pk)

    table = batches.models.NEXT
    assert moves_made(table, put, batch_flow.move) == allowed(table)


def test_essay_makes_the_moves_of_its_table_and_no_other(teacher: User) -> None:
    essay = register(teacher, 1).essays.get()

    def put(source: Essay.Status) -> Essay:
        Essay.objects.filter(pk=essay.pk).update(status=source, failure_code="corrupt")
        return Essay.objects.get(pk=essay.pk)

    table = lifecycle.models.NEXT
    assert moves_made(table, put, essay_flow._move) == allowed(table)


def test_upload_makes_the_moves_of_its_table_and_no_other(teacher: User) -> None:
    batch = register(teacher, 1)
    hand_in_good(batch, 1)
    upload = batch.uploads.get()

    def put(source: Upload.Status) -> Upload:
        Upload.objects.filter(pk=upload.pk).update(status=source, failure_code="corrupt")
        return Upload.objects.get(pk=upload.pk)

    table = files.models.NEXT
    assert moves_made(table, put, file_flow._move) == allowed(table)


@pytest.fixture
def step(teacher: User) -> EssayPhase:
    """One text in one phase of an active run."""
    batch = register(teacher, 1)
    text = EssayText.objects.create(
        essay=batch.essays.get(), version=1, source="extracted", body="A text.", word_count=2
    )
    Batch.objects.filter(pk=batch.pk).update(status=Batch.Status.PROCESSING_PIPELINES)
    run = PipelineRun.objects.create(
        batch=batch, requested="spellcheck", phases=["spellcheck"], started_at=timezone.now()
    )
    phase_run = PhaseRun.objects.create(run=run, phase="spellcheck")
    return EssayPhase.objects.create(phase_run=phase_run, text=text)


def test_phase_of_a_run_makes_the_moves_of_its_table_and_no_other(step: EssayPhase) -> None:
    def put(source: PhaseRun.Status) -> PhaseRun:
        PhaseRun.objects.filter(pk=step.phase_run_id).update(status=source)
        return PhaseRun.objects.get(pk=step.phase_run_id)

    table = pipelines.models.NEXT_OF_PHASE_RUN
    assert moves_made(table, put, run_flow._move_phase) == allowed(table)


def test_phase_of_an_essay_makes_the_moves_of_its_table_and_no_other(
    step: EssayPhase, teacher: User
) -> None:
    def succeed() -> None:
        steps.succeed([Done(fresh(), None, 1, uuid4())])

    def fresh() -> EssayPhase:
        found = steps.get(step.pk)
        assert found is not None
        return found

    verbs: list[Callable[[], object]] = [
        lambda: steps.begin([step.pk]),
        succeed,
        lambda: steps.fail(fresh(), "gave_up", "It failed."),
        lambda: run_flow.cancel(step.phase_run.run.batch_id, by=teacher),
        lambda: steps.begin_anew(step.phase_run.run.batch, step.phase_run.phase, [step.text_id]),
    ]
    made = set()
    for source, verb in product(EssayPhase.Status, verbs):
        with transaction.atomic():
            EssayPhase.objects.filter(pk=step.pk).update(status=source, failure_code="gave_up")
            PhaseRun.objects.filter(pk=step.phase_run_id).update(status="in_progress")
            verb()
            made.add((source, EssayPhase.Status(EssayPhase.objects.get(pk=step.pk).status)))
            transaction.set_rollback(True)

    assert {(a, b) for a, b in made if a != b} == allowed(pipelines.models.NEXT_OF_ESSAY_PHASE)


def test_mark_makes_the_moves_of_its_table_and_no_other(step: EssayPhase, teacher: User) -> None:
    result = SpellcheckResult.objects.create(
        text=step.text, language="en", word_count=2, flagged_count=1, processing_ms=1
    )
    Essay.objects.filter(pk=step.text.essay_id).update(current_text=step.text)
    mark = Misspelling.objects.create(result=result, start=2, length=4, word="text")
    verbs: dict[Misspelling.Decision, Callable[[], object]] = {
        Misspelling.Decision.OPEN: lambda: mark_flow.undo(mark, by=teacher),
        Misspelling.Decision.ACCEPTED: lambda: mark_flow.accept(mark, "test", by=teacher),
        Misspelling.Decision.IGNORED: lambda: mark_flow.ignore(mark, by=teacher),
    }
    made = set()
    for source, (target, verb) in product(Misspelling.Decision, verbs.items()):
        Misspelling.objects.filter(pk=mark.pk).update(decision=source, replacement="test")
        try:
            verb()
        except IllegalMove:
            continue
        made.add((source, target))

    assert made == allowed(spellcheck.models.NEXT)


def test_export_makes_the_moves_of_its_table_and_no_other(step: EssayPhase, teacher: User) -> None:
    Essay.objects.update(status=Essay.Status.READY_FOR_PROCESSING)
    batch = step.phase_run.run.batch
    export = export_flow.ask(batch.pk, "csv", language="en", by=teacher)

    def stored() -> StoredContent:
        return store.put(BytesIO(), owner_id=teacher.pk, size_bytes=0, sha256="")

    at = timezone.now()
    ended = {"content": stored(), "failure_code": "gave_up", "finished_at": at, "expires_at": at}
    verbs: list[Callable[[], object]] = [
        lambda: export_flow.finish(export, stored(), "", n_total=1),
        lambda: export_flow.give_up(export.pk),
        lambda: export_flow.begin([export.pk]),
    ]
    made = set()
    for source, verb in product(Export.Status, verbs):
        with transaction.atomic():
            Export.objects.filter(pk=export.pk).update(status=source, **ended)
            verb()
            made.add((source, Export.Status(Export.objects.get(pk=export.pk).status)))
            transaction.set_rollback(True)

    assert {(a, b) for a, b in made if a != b} == allowed(exports.models.NEXT)
