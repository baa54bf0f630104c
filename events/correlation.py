"""Which request or run a change belongs to: one id through HTTP, event, task and log line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django_guid.context import guid


def current() -> UUID | None:
    """The id of the request or task that runs now; None outside of both."""
    value = guid.get()
    return UUID(value) if value else None


@contextmanager
def carrying(correlation_id: UUID) -> Iterator[None]:
    """Everything inside is recorded and logged under this id."""
    token = guid.set(str(correlation_id))
    try:
        yield
    finally:
        guid.reset(token)
