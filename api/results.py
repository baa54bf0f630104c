"""The results of a batch: the same report that the page shows."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import batch_of
from api.resource import Resource, describe
from api.serializers.results import Results
from spellcheck.report import report

MAX_PAIRS = 100


class BatchResults(Resource):
    @describe(
        "What a class's checks say together: figures, common pairs, what to practise",
        Results,
        refusals=(HTTPStatus.NOT_FOUND,),
    )
    def retrieve(self, request: Request, batch_id: UUID) -> Response:
        batch = batch_of(self.teacher, batch_id)
        found = report(batch, max_pairs=MAX_PAIRS)
        answer = {
            "batch_id": batch.pk,
            "language": batch.language,
            "essay_count": len(found.figures),
            "report": found,
        }
        return Response(Results(answer).data)
