"""Fields that several resources share."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from pipelines import registry


def known_pipeline(name: str) -> None:
    """Raises a ValidationError that lists the pipelines there are."""
    try:
        registry.get(name)
    except registry.UnknownPipeline as error:
        raise serializers.ValidationError(str(error), "unknown_pipeline") from error


class PipelineName(serializers.CharField):
    """A pipeline has the name of the phase that it ends with."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[known_pipeline], **options)


class Failure(serializers.Serializer[Any]):
    """Why something failed: a stable code, and what a teacher can do about it."""

    code = serializers.CharField()
    detail = serializers.CharField()
