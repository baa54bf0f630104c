"""Files made of a batch: asked for, made by the worker, fetched when they are ready."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import batch_of, essay_of, export_of
from api.content import OCTETS, download
from api.resource import Resource, describe
from api.serializers.exports import AskForExport, ExportShown
from exports import flow, names, word
from exports.gather import gather
from exports.models import Export
from lifecycle.models import Essay

FETCHING = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)


class Exports(Resource):
    queryset = Export.objects.none()

    def get_queryset(self) -> QuerySet[Export]:
        return Export.objects.visible_to(self.teacher).select_related("content")

    @describe(
        "Ask for a file of the batch as it is now",
        ExportShown,
        status=HTTPStatus.ACCEPTED,
        request=AskForExport,
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
        ),
        description="The one that is being made, or is still true, serves again.",
    )
    def ask(self, request: Request, batch_id: UUID) -> Response:
        batch_of(self.teacher, batch_id)
        export = flow.ask(batch_id, **self.parse(AskForExport), by=self.teacher)
        return Response(ExportShown(export).data, HTTPStatus.ACCEPTED)

    @describe(
        "List the files of a batch, the newest first",
        ExportShown(many=True),
        refusals=(HTTPStatus.NOT_FOUND,),
    )
    def list(self, request: Request, batch_id: UUID) -> Response:
        of_batch = self.get_queryset().filter(batch=batch_of(self.teacher, batch_id))
        page = self.paginate_queryset(of_batch)
        return self.get_paginated_response([ExportShown(export).data for export in page or []])

    @describe("How far a file is", ExportShown, refusals=(HTTPStatus.NOT_FOUND,))
    def retrieve(self, request: Request, export_id: UUID) -> Response:
        return Response(ExportShown(export_of(self.teacher, export_id)).data)

    @describe("Fetch a file that is ready", OpenApiTypes.BINARY, media=OCTETS, refusals=FETCHING)
    def fetch(self, request: Request, export_id: UUID) -> HttpResponse:
        export = export_of(self.teacher, export_id)
        return download(flow.read(export), name=export.file_name)


class WordFiles(Resource):
    @describe(
        "An essay as a Word file with a comment on each misspelling",
        OpenApiTypes.BINARY,
        media=OCTETS,
        refusals=(HTTPStatus.NOT_FOUND,),
        parameters=[
            OpenApiParameter(
                "corrected", bool, description="With the accepted corrections, without comments."
            )
        ],
    )
    def retrieve(self, request: Request, essay_id: UUID) -> HttpResponse:
        essay = essay_of(self.teacher, essay_id)
        [paper] = gather(essay.batch, Essay.objects.filter(pk=essay.pk)).papers
        if paper.body is None:
            raise Http404
        is_corrected = request.query_params.get("corrected", "").lower() in ("1", "true")
        write = word.corrected if is_corrected else word.with_comments
        data = write(paper, essay.batch, language=get_language() or "")
        return download(data, name=f"{names.stem(paper.name)}.docx")
