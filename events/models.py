"""The event log: what happened to a batch, in order, for its history, the API and a relay."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One recorded fact. Ids of other apps are plain columns: the ground imports nobody."""

    seq = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event_type = models.CharField(max_length=100)
    event_timestamp = models.DateTimeField(default=timezone.now)
    source_service = models.CharField(max_length=30)
    schema_version = models.PositiveSmallIntegerField(default=1)
    correlation_id = models.UUIDField()
    batch_id = models.UUIDField()
    essay_id = models.UUIDField(null=True)
    actor_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["batch_id", "seq"], name="event_history_of_a_batch"),
            models.Index(
                fields=["seq"], condition=models.Q(relayed_at=None), name="event_not_relayed_yet"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.event_type}"
