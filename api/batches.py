"""Batches: registered, watched, steered, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.response import Response

from api import status as progress
from api.access import batch_of
from api.resource import Resource, describe
from api.serializers.batches import (
    Accepted,
    BatchDetail,
    BatchStatus,
    Cancel,
    ChangeBatch,
    RegisterBatch,
    Registered,
    RequestPipeline,
    RetryPhase,
    RunStarted,
)
from batches import courses
from batches import flow as batches
from batches.models import CLIENT_STATUS, Batch
from events import correlation
from files import flow as files
from pipelines import flow as pipelines
from pipelines.models import PipelineRun

ACCEPTED = HTTPStatus.ACCEPTED
NOT_YOURS = (HTTPStatus.NOT_FOUND,)
STEERING = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class BatchFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    status = filters.MultipleChoiceFilter(
        choices=[(word, word) for word in CLIENT_STATUS.values()], method="in_status"
    )
    course = filters.CharFilter(method="of_course")
    q = filters.CharFilter(method="matching", label="part of title, course, class")
    archived = filters.BooleanFilter(method="put_away", label="only those put away")

    class Meta:
        model = Batch
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Batch]) -> QuerySet[Batch]:
        shown: QuerySet[Batch] = super().filter_queryset(queryset)
        if self.form.cleaned_data["archived"] is None:
            return shown.filter(archived_at=None)
        return shown

    def in_status(
        self, queryset: QuerySet[Batch], name: str, words: Sequence[str]
    ) -> QuerySet[Batch]:
        own = [state for state, word in CLIENT_STATUS.items() if word in words]
        return queryset.filter(status__in=own) if words else queryset

    def of_course(self, queryset: QuerySet[Batch], name: str, code: str) -> QuerySet[Batch]:
        return queryset.filter(course_code=courses.clean_code(code))

    def matching(self, queryset: QuerySet[Batch], name: str, words: str) -> QuerySet[Batch]:
        found = Q(title__icontains=words) | Q(course_code__icontains=words)
        return queryset.filter(found | Q(class_designation__icontains=words))

    def put_away(self, queryset: QuerySet[Batch], name: str, archived: bool) -> QuerySet[Batch]:
        return queryset.exclude(archived_at=None) if archived else queryset.filter(archived_at=None)


# `class` is no name in Python; to a client it is the only right one.
BatchFilter.base_filters["class"] = filters.CharFilter(
    field_name="class_designation", lookup_expr="iexact"
)


class Batches(Resource):
    queryset = Batch.objects.none()
    filterset_class = BatchFilter

    def get_queryset(self) -> QuerySet[Batch]:
        return Batch.objects.visible_to(self.teacher).order_by("-registered_at", "pk")

    def _shown(self, shown: Sequence[Batch]) -> list[dict[str, Any]]:
        context = {"counts": progress.counts_of(shown)}
        return [BatchDetail(batch, context=context).data for batch in shown]

    @describe(
        "Register a batch",
        Registered,
        status=ACCEPTED,
        request=RegisterBatch,
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN),
    )
    def register(self, request: Request) -> Response:
        batch = batches.register(owner=self.teacher, **self.parse(RegisterBatch))
        answer = {
            "batch_id": batch.pk,
            "correlation_id": batch.correlation_id,
            "status": "registered",
        }
        return Response(Registered(answer).data, ACCEPTED)

    @describe(
        "List your batches, the newest first",
        BatchDetail(many=True),
        refusals=(HTTPStatus.BAD_REQUEST,),
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._shown(page or []))

    @describe("Show a batch", BatchDetail, refusals=NOT_YOURS)
    def retrieve(self, request: Request, batch_id: UUID) -> Response:
        return Response(self._shown([batch_of(self.teacher, batch_id)])[0])

    @describe(
        "Change what is said about a batch, or how many essays it expects",
        BatchDetail,
        request=ChangeBatch,
        refusals=(HTTPStatus.BAD_REQUEST, *STEERING),
    )
    def partial_update(self, request: Request, batch_id: UUID) -> Response:
        batch_of(self.teacher, batch_id)
        changes = self.parse(ChangeBatch)
        expected = changes.pop("expected_essay_count", None)
        archived = changes.pop("archived", None)
        with batches.held(batch_id):  # all of it or nothing
            if expected is not None:
                files.expect(batch_id, expected, by=self.teacher)
            if changes:
                batches.describe(batch_id, **changes)
            if archived is not None:
                batches.set_archived(batch_id, timezone.now() if archived else None)
        return self.retrieve(request, batch_id)

    @describe(
        "Delete a batch with its essays, results and files",
        status=HTTPStatus.NO_CONTENT,
        refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND),
    )
    def destroy(self, request: Request, batch_id: UUID) -> Response:
        files.erase_batch(batch_of(self.teacher, batch_id).pk, by=self.teacher)
        return Response(status=HTTPStatus.NO_CONTENT)

    @describe("Where a batch stands, and why", BatchStatus, refusals=NOT_YOURS)
    def status(self, request: Request, batch_id: UUID) -> Response:
        return Response(BatchStatus(progress.status_of(batch_of(self.teacher, batch_id))).data)


class Steering(Resource):
    """What a teacher does with a batch as a whole. Each answer shows where it stands now."""

    def _accepted(self, batch_id: UUID, run: PipelineRun | None = None) -> Response:
        answer = {
            "batch_id": batch_id,
            "status": batch_of(self.teacher, batch_id).client_status,
            "correlation_id": correlation.current(),
        }
        if run is None:
            return Response(Accepted(answer).data, ACCEPTED)
        started = {"run_id": run.pk, "requested_pipeline": run.requested, "phases": run.phases}
        return Response(RunStarted({**answer, **started}).data, ACCEPTED)

    @describe(
        "Say that all files of an open batch are in", Accepted, status=ACCEPTED, refusals=STEERING
    )
    def close(self, request: Request, batch_id: UUID) -> Response:
        files.close(batch_of(self.teacher, batch_id).pk, by=self.teacher)
        return self._accepted(batch_id)

    @describe(
        "Cancel the active run, or, without one, the batch",
        Accepted,
        status=ACCEPTED,
        request=Cancel,
        refusals=(HTTPStatus.BAD_REQUEST, *STEERING),
    )
    def cancel(self, request: Request, batch_id: UUID) -> Response:
        batch_of(self.teacher, batch_id)
        only = self.parse(Cancel).get("only", "")
        pipelines.cancel(batch_id, by=self.teacher, only=only)
        return self._accepted(batch_id)

    @describe("Take up a cancelled batch again", Accepted, status=ACCEPTED, refusals=STEERING)
    def reopen(self, request: Request, batch_id: UUID) -> Response:
        files.reopen(batch_of(self.teacher, batch_id).pk, by=self.teacher)
        return self._accepted(batch_id)

    @describe(
        "Start a pipeline on the essays that are ready",
        RunStarted,
        status=ACCEPTED,
        request=RequestPipeline,
        refusals=(HTTPStatus.BAD_REQUEST, *STEERING),
    )
    def start_pipeline(self, request: Request, batch_id: UUID) -> Response:
        batch_of(self.teacher, batch_id)
        requested = self.parse(RequestPipeline)["requested_pipeline"]
        run = pipelines.start(batch_id, requested, by=self.teacher)
        return self._accepted(batch_id, run)

    @describe(
        "Do a phase again where it has not succeeded",
        RunStarted,
        status=ACCEPTED,
        request=RetryPhase,
        refusals=(HTTPStatus.BAD_REQUEST, *STEERING),
    )
    def retry_phase(self, request: Request, batch_id: UUID) -> Response:
        batch_of(self.teacher, batch_id)
        wanted = self.parse(RetryPhase)
        run = pipelines.retry_phase(
            batch_id, wanted["phase_name"], essay_ids=wanted.get("essay_ids"), by=self.teacher
        )
        return self._accepted(batch_id, run)
