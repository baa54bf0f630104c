"""The event log of a batch, in the envelope that consumers know."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import batch_of, essay_of
from api.resource import Resource, describe
from api.serializers.events import Envelope, Timeline
from events.models import Event


class EventFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    batch_id = filters.UUIDFilter(required=True)
    essay_id = filters.UUIDFilter()
    event_type = filters.CharFilter()

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()


class Events(Resource):
    queryset = Event.objects.none()
    filterset_class = EventFilter

    @describe(
        "What happened to a batch, in order",
        Envelope(many=True),
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
    )
    def list(self, request: Request) -> Response:
        events: QuerySet[Event] = self.filter_queryset(Event.objects.order_by("seq"))
        batch_of(self.teacher, UUID(request.query_params["batch_id"].strip()))
        page = self.paginate_queryset(events) or []
        return self.get_paginated_response([Envelope(event).data for event in page])

    @describe("What happened to an essay, in order", Timeline, refusals=(HTTPStatus.NOT_FOUND,))
    def of_essay(self, request: Request, essay_id: UUID) -> Response:
        essay = essay_of(self.teacher, essay_id)
        history = Event.objects.filter(batch_id=essay.batch_id).order_by("seq")
        answer = {
            "essay_id": essay.pk,
            "batch_id": essay.batch_id,
            "timeline": [event for event in history if _is_about(event, essay.pk)],
        }
        return Response(Timeline(answer).data)


def _is_about(event: Event, essay_id: UUID) -> bool:
    """Its own events, and those of the batch that name it: started, ready, a phase's outcome."""
    if event.essay_id is not None:
        return event.essay_id == essay_id
    return _names(event.data, str(essay_id))


def _names(value: object, essay_id: str) -> bool:
    if isinstance(value, dict):
        return any(_names(item, essay_id) for item in value.values())
    if isinstance(value, list):
        return any(_names(item, essay_id) for item in value)
    return value == essay_id
