"""The envelope in which an event is shown."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers

from events.models import Event


class Envelope(serializers.Serializer[Event]):
    event_id = serializers.UUIDField()
    event_type = serializers.CharField()
    event_timestamp = serializers.DateTimeField(default_timezone=UTC)
    source_service = serializers.CharField()
    schema_version = serializers.IntegerField()
    correlation_id = serializers.UUIDField()
    data = serializers.DictField()  # type: ignore[assignment]  # the envelope's own name for it


class Timeline(serializers.Serializer[Any]):
    essay_id = serializers.UUIDField()
    batch_id = serializers.UUIDField()
    timeline = Envelope(many=True)
