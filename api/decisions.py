"""What the teacher decides about misspellings, takes back, and has checked once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import batch_of, essay_of
from api.resource import Resource, describe
from api.serializers.decisions import (
    CheckAgain,
    CheckingAgain,
    Decided,
    Decisions,
    Step,
    WordDecision,
)
from batches import flow as batches
from lifecycle.models import Essay
from spellcheck import again, flow, verdicts, wordlist
from spellcheck.models import Misspelling, Verdict

NOT_YOURS = (HTTPStatus.NOT_FOUND,)
CHANGING = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
)


class DecisionsOfAnEssay(Resource):
    queryset = Verdict.objects.none()

    @describe(
        "Accept, ignore or reopen proposals; all of them or none",
        Decided,
        request=Decisions,
        refusals=CHANGING,
    )
    def decide(self, request: Request, essay_id: UUID) -> Response:
        essay = essay_of(self.teacher, essay_id)
        wanted = self.parse(Decisions)["decisions"]
        marks = Misspelling.objects.filter(result__text__essay=essay)
        by_id = marks.in_bulk([decision["misspelling_id"] for decision in wanted])
        with batches.held(essay.batch_id):
            decided = [self._decided(by_id.get(item["misspelling_id"]), item) for item in wanted]
        return Response(Decided({"essay_id": essay.pk, "misspellings": decided}).data)

    def _decided(self, mark: Misspelling | None, item: Mapping[str, Any]) -> Misspelling:
        if mark is None:
            raise Http404
        by, given = self.teacher, item.get("seen")
        seen = (given["decision"], given["replacement"]) if given else None
        verbs: Mapping[str, Callable[[], Misspelling]] = {
            "accepted": lambda: flow.accept(mark, item["replacement"], by=by, seen=seen),
            "ignored": lambda: flow.ignore(mark, by=by, seen=seen),
            "open": lambda: flow.undo(mark, by=by, seen=seen),
        }
        return verbs[item["decision"]]()

    @describe("What was decided about an essay, latest first", Step(many=True), refusals=NOT_YOURS)
    def list(self, request: Request, essay_id: UUID) -> Response:
        essay: Essay = essay_of(self.teacher, essay_id)
        return _history(self, verdicts.history(essay.batch_id, essay_id=essay.pk))


class DecisionsOfABatch(Resource):
    queryset = Verdict.objects.none()

    @describe("What was decided in a batch, latest first", Step(many=True), refusals=NOT_YOURS)
    def list(self, request: Request, batch_id: UUID) -> Response:
        return _history(self, verdicts.history(batch_of(self.teacher, batch_id).pk))

    @describe(
        "Decide about a word wherever it stands in the batch: one correction, or right as it is",
        Step,
        request=WordDecision,
        refusals=CHANGING,
    )
    def decide(self, request: Request, batch_id: UUID) -> Response:
        batch, by = batch_of(self.teacher, batch_id), self.teacher
        wanted = self.parse(WordDecision)
        if wanted["decision"] == "accepted":
            done = wordlist.accept_word(batch.pk, wanted["word"], wanted["replacement"], by=by)
        else:
            done = wordlist.word_is_right(batch.pk, wanted["word"], always=wanted["always"], by=by)
        return self._shown(done)

    @describe(
        "Take a decision back, as the one step that it was",
        Step,
        refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    )
    def undo(self, request: Request, batch_id: UUID, decision_id: int) -> Response:
        step = get_object_or_404(batch_of(self.teacher, batch_id).verdicts, pk=decision_id)
        return self._shown(verdicts.take_back(step.pk, by=self.teacher))

    def _shown(self, step: Verdict) -> Response:
        return Response(Step(verdicts.history(step.batch_id).get(pk=step.pk)).data)

    @describe(
        "Check texts once more, after a word list or the dictionaries changed; decisions stay",
        CheckingAgain,
        status=HTTPStatus.ACCEPTED,
        request=CheckAgain,
        refusals=CHANGING,
    )
    def check_again(self, request: Request, batch_id: UUID) -> Response:
        batch = batch_of(self.teacher, batch_id)
        essay_ids = self.parse(CheckAgain).get("essay_ids")
        n_texts = again.check_again(batch.pk, by=self.teacher, essay_ids=essay_ids)
        answer = {"batch_id": batch.pk, "text_count": n_texts}
        return Response(CheckingAgain(answer).data, HTTPStatus.ACCEPTED)


def _history(resource: Resource, steps: QuerySet[Verdict]) -> Response:
    page = resource.paginate_queryset(steps) or []
    return resource.get_paginated_response([Step(step).data for step in page])
