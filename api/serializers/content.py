"""Raw bytes by id."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Stored(serializers.Serializer[Any]):
    storage_id = serializers.UUIDField()
    correlation_id = serializers.UUIDField()
