"""Tokens: given for a password, limited, taken back."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiToken, User
from tests.essays import register

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"


def log_in(email: str, password: str = PASSWORD, **more: Any) -> Any:
    return APIClient().post("/v1/auth/token", {"email": email, "password": password, **more})


def with_token(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


def test_password_gives_a_token_that_opens_the_api(teacher: User) -> None:
    answer = log_in("Teacher@Example.org", name="my laptop")

    assert answer.status_code == HTTPStatus.CREATED
    assert set(answer.json()) == {"token", "expiry"}
    assert answer.headers["Cache-Control"] == "no-store"
    client = with_token(answer.json()["token"])
    assert client.get("/v1/batches").status_code == HTTPStatus.OK
    assert ApiToken.objects.get().name == "my laptop"


def test_token_is_stored_only_as_a_digest(teacher: User) -> None:
    secret = log_in(teacher.email).json()["token"]

    assert secret not in str(ApiToken.objects.values().get())


def test_token_expires_after_the_days_that_were_asked_for(teacher: User) -> None:
    secret = log_in(teacher.email, days=2).json()["token"]
    token = ApiToken.objects.get()
    assert token.expiry is not None
    assert token.expiry - timezone.now() < timedelta(days=2)

    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    assert with_token(secret).get("/v1/batches").status_code == HTTPStatus.UNAUTHORIZED


def test_read_only_token_reads_and_does_not_write(teacher: User) -> None:
    batch = register(teacher)
    client = with_token(log_in(teacher.email, read_only=True).json()["token"])

    assert client.get(f"/v1/batches/{batch.pk}").status_code == HTTPStatus.OK
    answer = client.post(f"/v1/batches/{batch.pk}/cancel")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert answer.json()["code"] == "read_only_token"


@pytest.mark.parametrize("email", ["teacher@example.org", "nobody@example.org"])
def test_wrong_password_and_unknown_address_look_the_same(teacher: User, email: str) -> None:
    answer = log_in(email, "wrong")

    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.json()["code"] == "authentication_failed"
    assert answer.json()["detail"] == "The e-mail address or the password is wrong."


def test_user_who_left_gets_no_token(teacher: User) -> None:
    User.objects.update(is_active=False)

    assert log_in(teacher.email).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("days", [0, 367])
def test_days_of_a_token_are_bounded(teacher: User, days: int) -> None:
    assert log_in(teacher.email, days=days).status_code == HTTPStatus.BAD_REQUEST


def test_guessing_passwords_is_slowed_down(teacher: User) -> None:
    answers = [log_in(teacher.email, str(n)).status_code for n in range(11)]

    assert answers[:10] == [HTTPStatus.UNAUTHORIZED] * 10
    assert answers[10] == HTTPStatus.TOO_MANY_REQUESTS


def test_guessing_at_one_account_is_slowed_down_from_any_address(teacher: User) -> None:
    body = {"email": teacher.email, "password": "wrong"}

    answers = [
        APIClient(REMOTE_ADDR=f"192.0.2.{n}").post("/v1/auth/token", body) for n in range(11)
    ]

    assert answers[-1].status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answers[-1].json()["code"] == "throttled"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_old_token_beside_the_password_is_no_obstacle(teacher: User) -> None:
    body = {"email": teacher.email, "password": PASSWORD}

    answer = with_token("expired").post("/v1/auth/token", body)

    assert answer.status_code == HTTPStatus.CREATED


@pytest.mark.parametrize("read_only", [False, True])
def test_logging_out_ends_the_token(teacher: User, read_only: bool) -> None:
    client = with_token(log_in(teacher.email, read_only=read_only).json()["token"])

    assert client.delete("/v1/auth/token").status_code == HTTPStatus.NO_CONTENT
    assert client.get("/v1/batches").status_code == HTTPStatus.UNAUTHORIZED


# --- manage.py create_token -------------------------------------------------------------------
def test_command_prints_a_token_that_opens_the_api(teacher: User) -> None:
    out = StringIO()

    call_command("create_token", "TEACHER@example.org", name="demo", days=1, stdout=out)

    client = with_token(out.getvalue().strip())
    assert client.get("/v1/batches").status_code == HTTPStatus.OK
    assert ApiToken.objects.get().name == "demo"


def test_command_makes_a_token_that_only_reads(teacher: User) -> None:
    out = StringIO()

    call_command("create_token", teacher.email, read_only=True, stdout=out)

    answer = with_token(out.getvalue().strip()).post("/v1/batches/register", {})
    assert answer.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "options",
    [("nobody@example.org",), ("teacher@example.org", "--days", "0")],
    ids=["unknown user", "no days"],
)
def test_command_refuses_what_makes_no_sense(teacher: User, options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("create_token", *options)

    assert not ApiToken.objects.exists()
