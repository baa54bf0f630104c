"""The Django admin is a microscope: everything is seen, and only verbs change anything."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure, Schedule, Success

from accounts import tokens
from accounts.models import ApiToken, User
from batches.models import Batch
from content import store
from content.models import StoredContent
from events.models import Event
from events.topics import BatchErased
from exports import flow as exports
from exports.models import ExportPart
from jobs import hindrances
from jobs.models import Worker
from lifecycle.models import EssayText
from spellcheck import wordlist
from spellcheck.models import KnownWord, Misspelling
from tests.essays import hand_in_good, register

pytestmark = pytest.mark.django_db

Drain = Callable[..., int]

OURS = ["accounts", "batches", "content", "events", "files", "jobs"]
OURS += ["exports", "lifecycle", "pipelines", "spellcheck"]
MODELS = [model for label in OURS for model in apps.get_app_config(label).get_models()]
READ_ONLY = [model for model in MODELS if model not in (User, ApiToken, Batch)]


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("operator@example.org", "correct horse"))
    return client


@pytest.fixture
def checked(teacher: User, drain: Drain) -> Batch:
    """A batch that has rows in every table."""
    batch = register(teacher, 2, title="About my school")
    hand_in_good(batch, 2)
    drain()
    KnownWord.objects.create(batch=batch, language="en", word="skolk")
    wordlist.declare_right(Misspelling.objects.all()[0], always=True, by=teacher)
    export = exports.ask(batch.pk, "csv", language="en", by=teacher)
    drain()
    part = store.put(BytesIO(), owner_id=teacher.pk, size_bytes=0, sha256="")
    ExportPart.objects.create(export=export, content=part)
    tokens.issue(teacher)
    now = timezone.now()
    Worker.objects.create(host="h", pid=1, queue="q", processes=1, started_at=now, seen_at=now)
    hindrances.note(uuid4(), "files.tasks.extract_text", "OSError in read:1", again_in_s=15)
    return batch


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_is_listed_and_searched(
    operator: Client, checked: Batch, model: type[Model]
) -> None:
    for query in ({}, {"q": "teacher@example.org"}):
        answer = operator.get(address(model, "changelist"), query)
        assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_row_is_shown(operator: Client, checked: Batch, model: type[Model]) -> None:
    row = model._default_manager.first()
    assert row is not None

    answer = operator.get(address(model, "change", row.pk))

    assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model._meta.label)
def test_row_is_neither_added_nor_changed_nor_deleted(
    operator: Client, checked: Batch, model: type[Model]
) -> None:
    row = model._default_manager.first()
    assert row is not None

    for page, args in (("add", ()), ("change", (row.pk,)), ("delete", (row.pk,))):
        answer = operator.post(address(model, page, *args), {"post": "yes"})
        assert answer.status_code == HTTPStatus.FORBIDDEN


def test_batch_cannot_be_changed_or_added(operator: Client, checked: Batch) -> None:
    for page, args in (("add", ()), ("change", (checked.pk,))):
        answer = operator.post(address(Batch, page, *args), {"status": "cancelled"})
        assert answer.status_code == HTTPStatus.FORBIDDEN


def test_batch_is_deleted_by_its_verb(operator: Client, checked: Batch) -> None:
    address_of_deletion = address(Batch, "delete", checked.pk)
    question = operator.get(address_of_deletion)

    answer = operator.post(address_of_deletion, {"post": "yes"})

    assert "About my school" in question.content.decode()
    assert answer.status_code == HTTPStatus.FOUND
    assert not Batch.objects.exists()
    assert not StoredContent.objects.exists()
    receipt = Event.objects.get(event_type=BatchErased.topic)
    assert receipt.actor_id == User.objects.get(email="operator@example.org").pk


def test_batches_are_deleted_together_by_the_same_verb(operator: Client, checked: Batch) -> None:
    form = {"action": "delete_selected", "_selected_action": str(checked.pk), "post": "yes"}

    operator.post(address(Batch, "changelist"), form)

    assert not StoredContent.objects.exists()
    assert Event.objects.filter(event_type=BatchErased.topic).count() == 1


def test_pupils_texts_are_not_shown(operator: Client, checked: Batch) -> None:
    text = EssayText.objects.select_related("essay").first()
    assert text is not None

    for row in (text, text.essay):
        page = operator.get(address(type(row), "change", row.pk)).content.decode()
        assert "intresting" not in page


@pytest.mark.parametrize("model", [Schedule, Success, Failure])
def test_nobody_runs_functions_by_typing_them_into_a_form(model: type[Model]) -> None:
    assert not admin.site.is_registered(model)


def test_list_of_essays_grows_without_more_queries(
    operator: Client, teacher: User, drain: Drain
) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            operator.get(reverse("admin:lifecycle_essay_changelist"))
        return len(queries)

    register(teacher, 3)
    n_queries()  # content types are looked up once
    before = n_queries()
    register(teacher, 27)

    assert n_queries() == before


# --- people -----------------------------------------------------------------------------------
def test_operator_signs_in_by_e_mail(client: Client) -> None:
    User.objects.create_superuser("operator@example.org", "correct horse")

    form = {"username": "operator@example.org", "password": "correct horse"}
    answer = client.post(reverse("admin:login") + "?next=/admin/", form)

    assert answer.status_code == HTTPStatus.FOUND
    assert client.get("/admin/").status_code == HTTPStatus.OK


def test_teacher_is_no_operator(client: Client, teacher: User) -> None:
    client.force_login(teacher)

    assert client.get("/admin/").status_code == HTTPStatus.FOUND


def test_operator_adds_a_teacher_by_e_mail(operator: Client) -> None:
    form = {
        "email": "new@example.org",
        "name": "New",
        "usable_password": "true",
        "password1": "a long pass phrase",
        "password2": "a long pass phrase",
    }

    answer = operator.post(address(User, "add"), form)

    assert answer.status_code == HTTPStatus.FOUND, answer.content
    assert User.objects.get(email="new@example.org").check_password("a long pass phrase")


def test_operator_cannot_add_the_same_address_in_other_letters(
    operator: Client, teacher: User
) -> None:
    form = {"email": "TEACHER@example.org", "usable_password": "false"}

    answer = operator.post(address(User, "add"), form)

    assert answer.status_code == HTTPStatus.OK
    assert "already" in answer.content.decode()


def test_operator_takes_a_token_back(operator: Client, teacher: User) -> None:
    token, _secret = tokens.issue(teacher)

    operator.post(address(ApiToken, "delete", token.pk), {"post": "yes"})

    assert not ApiToken.objects.exists()
