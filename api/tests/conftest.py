"""Clients of the API: the cast of the root conftest, each with a token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import User
from lifecycle.models import Essay
from tests.essays import hand_in_good, register

Client = Callable[[User], APIClient]


@pytest.fixture
def as_client() -> Client:
    """`as_client(user)` speaks with a token of the user's."""

    def client(user: User) -> APIClient:
        _token, secret = tokens.issue(user)
        speaker = APIClient(raise_request_exception=False)
        speaker.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
        return speaker

    return client


@pytest.fixture
def api(teacher: User, as_client: Client) -> APIClient:
    """The teacher's client."""
    return as_client(teacher)


@pytest.fixture
def reader(teacher: User) -> APIClient:
    """The teacher's client with a token that may only read."""
    _token, secret = tokens.issue(teacher, read_only=True)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


@pytest.fixture
def checked(teacher: User, drain: Callable[..., int]) -> Essay:
    """An essay with two misspellings, becouse and intresting."""
    batch = register(teacher, 1)
    hand_in_good(batch, 1)
    drain()
    return batch.essays.get()
