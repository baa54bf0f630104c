"""Essays: where each stands, its text, what was found in it, and what the teacher decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import batch_of, essay_of
from api.content import OCTETS, bytes_of, download
from api.resource import Resource, describe
from api.serializers.essays import (
    Absence,
    Correction,
    EssayDetail,
    EssayStatus,
    EssayTextShown,
    SpellcheckShown,
    SpellcheckTriggered,
    TriggerSpellcheck,
)
from events import correlation
from files import advice, pasted
from files import flow as files
from files.models import Upload
from lifecycle.models import Essay, EssayText
from pipelines import progress, texts
from pipelines.models import EssayPhase
from spellcheck.models import SpellcheckResult

NOT_YOURS = (HTTPStatus.NOT_FOUND,)
CHANGING = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An essay with what other rooms know about it."""

    essay: Essay
    steps: Sequence[EssayPhase]
    failure: Mapping[str, str] | None
    flagged_count: int | None

    @property
    def status(self) -> str:
        return progress.essay_word(self.essay, self.steps)


def standings(essays: Sequence[Essay]) -> list[Standing]:
    """Many essays of one batch or of several, in three queries."""
    text_ids = [essay.current_text_id for essay in essays if essay.current_text_id]
    steps = progress.steps_of(text_ids)
    results = SpellcheckResult.objects.filter(text__in=text_ids)
    flagged = dict(results.values_list("text", "flagged_count"))
    failed = Upload.objects.filter(essay__in=essays, status=Upload.Status.FAILED)
    reasons = {
        essay_id: {"code": code, "detail": advice.of_failure(code, detail)}
        for essay_id, code, detail in failed.values_list(
            "essay_id", "failure_code", "failure_detail"
        )
    }
    return [
        Standing(
            essay,
            of_text := steps.get(essay.current_text_id or 0, []),
            reasons.get(essay.pk) or _failed_step(of_text),
            flagged.get(essay.current_text_id or 0),
        )
        for essay in essays
    ]


def _failed_step(steps: Sequence[EssayPhase]) -> dict[str, str] | None:
    for step in steps:
        if step.status == EssayPhase.Status.FAILED:
            return {"code": step.failure_code, "detail": _(step.failure_detail)}
    return None


class EssayFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    content_status = filters.MultipleChoiceFilter(field_name="status", choices=Essay.Status.choices)
    reference = filters.CharFilter(field_name="reference")

    class Meta:
        model = Essay
        fields: tuple[str, ...] = ()


class EssaysOfABatch(Resource):
    queryset = Essay.objects.none()
    filterset_class = EssayFilter

    @describe(
        "List the essays of a batch, by position",
        EssayDetail(many=True),
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
    )
    def list(self, request: Request, batch_id: UUID) -> Response:
        essays: QuerySet[Essay] = batch_of(self.teacher, batch_id).essays.order_by("position")
        essays = essays.select_related("current_text").defer("current_text__body")
        page = self.paginate_queryset(self.filter_queryset(essays))
        shown = [EssayDetail(standing).data for standing in standings(page or [])]
        return self.get_paginated_response(shown)


class Essays(Resource):
    def _standing(self, essay_id: UUID) -> Standing:
        return standings([essay_of(self.teacher, essay_id)])[0]

    def _text(self, essay_id: UUID) -> EssayText:
        text = essay_of(self.teacher, essay_id).current_text
        if text is None:
            raise NotFound(_("This essay has no text yet."), "no_text")
        return text

    @describe("Show an essay", EssayDetail, refusals=NOT_YOURS)
    def retrieve(self, request: Request, essay_id: UUID) -> Response:
        return Response(EssayDetail(self._standing(essay_id)).data)

    @describe("Where an essay stands, in one word", EssayStatus, refusals=NOT_YOURS)
    def status(self, request: Request, essay_id: UUID) -> Response:
        return Response(EssayStatus(self._standing(essay_id)).data)

    @describe("The essay's current text", EssayTextShown, refusals=NOT_YOURS)
    def text(self, request: Request, essay_id: UUID) -> Response:
        return Response(EssayTextShown(self._text(essay_id)).data)

    @describe(
        "Correct the text: a new version, which is checked like the one before",
        EssayTextShown,
        request=Correction,
        refusals=CHANGING,
    )
    def correct_text(self, request: Request, essay_id: UUID) -> Response:
        essay = essay_of(self.teacher, essay_id)
        texts.correct(essay.pk, self.parse(Correction)["text"], by=self.teacher)
        return self.text(request, essay_id)

    @describe(
        "The file as it was handed in",
        OpenApiTypes.BINARY,
        media=OCTETS,
        refusals=(*NOT_YOURS, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE),
    )
    def original(self, request: Request, essay_id: UUID) -> HttpResponse:
        held = Upload.objects.held_by(essay_of(self.teacher, essay_id)).select_related("raw")
        upload = held.first()
        if upload is None or upload.raw is None:
            raise NotFound(_("No file of this essay is kept."), "no_file")
        return download(bytes_of(upload.raw), name=upload.original_name)

    @describe("What was found in the current text", SpellcheckShown, refusals=NOT_YOURS)
    def spellcheck(self, request: Request, essay_id: UUID) -> Response:
        text = self._text(essay_id)
        results = SpellcheckResult.objects.select_related("text").prefetch_related(
            "misspellings__decided_by"
        )
        result = results.filter(text=text).first()
        if result is None:
            raise NotFound(_("This text has not been checked yet."), "no_result")
        return Response(SpellcheckShown(result).data)

    @describe("The pupil hands nothing in", EssayDetail, request=Absence, refusals=CHANGING)
    def absent(self, request: Request, essay_id: UUID) -> Response:
        essay = essay_of(self.teacher, essay_id)
        files.mark_absent(essay.pk, absent=self.parse(Absence)["absent"], by=self.teacher)
        return self.retrieve(request, essay_id)


class PastedTexts(Resource):
    @describe(
        "Check one text, as a batch of one essay",
        SpellcheckTriggered,
        status=HTTPStatus.ACCEPTED,
        request=TriggerSpellcheck,
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    )
    def trigger_spellcheck(self, request: Request) -> Response:
        given = self.parse(TriggerSpellcheck)
        batch, receipt = pasted.take_in(**given, by=self.teacher)
        answer = {
            "essay_id": receipt.essay_id,
            "batch_id": batch.pk,
            "correlation_id": correlation.current(),
        }
        return Response(SpellcheckTriggered(answer).data, HTTPStatus.ACCEPTED)
