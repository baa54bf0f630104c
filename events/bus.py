"""publish and subscribe: nothing is announced that is not recorded, and a rollback takes both back.

The bus is a database signal: the row's `post_save` sends that topic's Django signal. `send`, not
`send_robust`: a subscriber that breaks must fail loudly, so subscribers only enqueue.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models.signals import post_save
from django.dispatch import Signal

from events import correlation
from events.models import Event
from events.topics import DomainEvent

E = TypeVar("E", bound=DomainEvent)

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
    """Record the event and hand it to its subscribers. Called under the batch's lock.

    actor_id: the user who did it; None for the system.
    correlation_id: used where neither a request nor a task is under way.
    """
    row = Event(
        event_type=event.topic,
        source_service=event.source,
        correlation_id=correlation.current() or correlation_id or uuid.uuid4(),
        batch_id=event.batch_id,
        essay_id=getattr(event, "essay_id", None),
        actor_id=actor_id,
        data=event.data(),
    )
    row._fact = event  # type: ignore[attr-defined]  # carried to the signal below, not a column
    row.save(force_insert=True)


def announce(sender: type[Event], instance: Event, created: bool, **kwargs: Any) -> None:
    """The only `post_save` receiver of the house."""
    event = getattr(instance, "_fact", None)
    if created and event is not None:
        _signals[type(event)].send(sender=type(event), event=event)


def connect() -> None:
    post_save.connect(announce, sender=Event, dispatch_uid="events.bus.announce")
