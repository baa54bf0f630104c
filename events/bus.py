"""publish and subscribe: nothing is announced that is not recorded, and a rollback takes both back.

Each topic is a Django signal. `send`, not `send_robust`: a subscriber that breaks must fail loudly,
so subscribers only enqueue. What a transaction publishes is recorded in one statement at its end.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from django.dispatch import Signal
from django.utils import timezone

from events import bulk, correlation
from events.models import Event
from events.topics import DomainEvent

E = TypeVar("E", bound=DomainEvent)

# What is known of an event when it is published, as columns of Event.
_RECORDED = (
    "event_type",
    "event_timestamp",
    "source_service",
    "correlation_id",
    "batch_id",
    "essay_id",
    "actor_id",
    "data",
)
_gathered: ContextVar[list[tuple[object, ...]] | None] = ContextVar("gathered", default=None)
_signals: defaultdict[type[DomainEvent], Signal] = defaultdict(Signal)


def subscribe(event_type: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Call the function with each event of this type, inside the publisher's transaction."""

    def connect(handler: Callable[[E], None]) -> Callable[[E], None]:
        def receiver(sender: type[E], event: E, **kwargs: Any) -> None:
            handler(event)

        _signals[event_type].connect(
            receiver, weak=False, dispatch_uid=f"{handler.__module__}.{handler.__qualname__}"
        )
        return handler

    return connect


def publish(
    event: DomainEvent, *, actor_id: int | None = None, correlation_id: UUID | None = None
) -> None:
    """Record the event and hand it to its subscribers. Called inside `recording`.

    actor_id: the user who did it; None for the system.
    correlation_id: used where neither a request nor a task is under way.
    Raises LookupError outside of `recording`.
    """
    gathered = _gathered.get()
    if gathered is None:
        raise LookupError("events are published under the lock of their batch")
    gathered.append(
        (
            event.topic,
            timezone.now(),
            event.source,
            correlation.current() or correlation_id or uuid.uuid4(),
            event.batch_id,
            getattr(event, "essay_id", None),
            actor_id,
            event.data(),
        )
    )
    _signals[type(event)].send(sender=type(event), event=event)


@contextmanager
def recording() -> Iterator[None]:
    """Record what is published inside, in its order, at the end of the open transaction's block.

    Inside another one nothing happens here: the outer one records.
    """
    if _gathered.get() is not None:
        yield
        return
    gathered: list[tuple[object, ...]] = []
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    bulk.insert_values(Event, _RECORDED, gathered)
