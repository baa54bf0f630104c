"""Files: handed in many at a time, watched, tried again, replaced, removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import batch_of, upload_of
from api.resource import Resource, describe
from api.serializers.files import (
    FileReceipt,
    FilesState,
    HandedIn,
    HandIn,
    HandInToBatch,
    Replacement,
    UploadShown,
    handed_in,
)
from batches.errors import Conflict
from batches.models import Batch
from events import correlation
from files import flow as files
from files import intake
from files.intake import Handed, Outcome

ACCEPTED = HTTPStatus.ACCEPTED
MULTIPART = "multipart/form-data"
HANDING_IN = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
CHANGING = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class HandingIn(Resource):
    """One bad file never fails the request: each has its own entry in the answer."""

    parser_classes = [MultiPartParser]

    def _receive(self, batch: Batch, given: dict[str, Any]) -> Response:
        receipts = intake.receive_all(
            batch.pk,
            handed_in(given),
            by=self.teacher,
            allow_duplicate=given["allow_duplicate"],
        )
        taken = (Outcome.ACCEPTED, Outcome.RETRIED)
        answer = {
            "batch_id": batch.pk,
            "correlation_id": correlation.current(),
            "added_files": sum(receipt.outcome in taken for receipt in receipts),
            "files": receipts,
        }
        return Response(HandedIn(answer).data, ACCEPTED)

    @describe(
        "Hand in the files of a batch",
        HandedIn,
        status=ACCEPTED,
        request={MULTIPART: HandInToBatch},
        refusals=HANDING_IN,
    )
    def to_batch(self, request: Request) -> Response:
        given = self.parse(HandInToBatch)
        return self._receive(batch_of(self.teacher, given["batch_id"]), given)

    @describe(
        "Hand in more files",
        HandedIn,
        status=ACCEPTED,
        request={MULTIPART: HandIn},
        refusals=HANDING_IN,
    )
    def add(self, request: Request, batch_id: UUID) -> Response:
        batch = batch_of(self.teacher, batch_id)
        return self._receive(batch, self.parse(HandIn))

    @describe(
        "Put another file in a file's place",
        FileReceipt,
        status=ACCEPTED,
        request={MULTIPART: Replacement},
        refusals=(*HANDING_IN, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE),
    )
    def replace(self, request: Request, batch_id: UUID, upload_id: UUID) -> Response:
        old = upload_of(self.teacher, batch_id, upload_id)
        given = self.parse(Replacement)
        receipt = intake.receive(
            batch_id,
            Handed(given["file"]),
            by=self.teacher,
            allow_duplicate=given["allow_duplicate"],
            replaces=old.pk,
        )
        if receipt.outcome == Outcome.REFUSED:  # one file alone: its refusal is the request's
            raise Conflict(receipt.code, receipt.detail)
        return Response(FileReceipt(receipt).data, ACCEPTED)


class Files(Resource):
    @describe(
        "Every file of a batch and what became of it", FilesState, refusals=(HTTPStatus.NOT_FOUND,)
    )
    def state(self, request: Request, batch_id: UUID) -> Response:
        batch = batch_of(self.teacher, batch_id)
        locked = batch.status == Batch.Status.PROCESSING_PIPELINES
        answer = {
            "batch_id": batch.pk,
            "lock_status": {
                "locked": locked,
                "reason": _("The batch is being checked.") if locked else "",
            },
            "files": batch.uploads.select_related("essay").order_by("received_at", "pk"),
        }
        return Response(FilesState(answer).data)

    @describe("Read a failed file once more", UploadShown, status=ACCEPTED, refusals=CHANGING)
    def retry(self, request: Request, batch_id: UUID, upload_id: UUID) -> Response:
        files.retry(upload_of(self.teacher, batch_id, upload_id).pk, by=self.teacher)
        return Response(UploadShown(upload_of(self.teacher, batch_id, upload_id)).data, ACCEPTED)

    @describe("Take a file out", status=HTTPStatus.NO_CONTENT, refusals=CHANGING)
    def destroy(self, request: Request, batch_id: UUID, upload_id: UUID) -> Response:
        files.remove(upload_of(self.teacher, batch_id, upload_id).pk, by=self.teacher)
        return Response(status=HTTPStatus.NO_CONTENT)
