"""Files: handed in many at a time, watched, tried again, replaced, removed."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request, is_form_media_type
from rest_framework.response import Response

from api.access import batch_of, upload_of
from api.parsers import Json
from api.resource import Resource, describe
from api.serializers.files import (
    FileReceipt,
    FilesState,
    HandedIn,
    HandIn,
    HandInToBatch,
    Pasted,
    PastedIn,
    Replacement,
    UploadShown,
    handed_in,
)
from batches.errors import Conflict
from batches.models import Batch
from events import correlation
from files import flow as files
from files import intake, pasted
from files.receipts import Handed, Outcome

ACCEPTED = HTTPStatus.ACCEPTED
MULTIPART, JSON = "multipart/form-data", "application/json"
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

    def _receive(self, batch: Batch, handed: list[Handed], *, allow_duplicate: bool) -> Response:
        receipts = intake.receive_all(
            batch.pk, handed, by=self.teacher, allow_duplicate=allow_duplicate
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
        batch = batch_of(self.teacher, given["batch_id"])
        allow = given["allow_duplicate"]
        return self._receive(batch, handed_in(given), allow_duplicate=allow)


class HandingInOrPasting(HandingIn):
    parser_classes = [MultiPartParser, Json]

    @property
    def _is_pasted(self) -> bool:
        return not is_form_media_type(self.request.content_type)

    @describe(
        "Hand in more files, or a text instead of one",
        HandedIn,
        status=ACCEPTED,
        request={MULTIPART: HandIn, JSON: PastedIn},
        refusals=HANDING_IN,
    )
    def add(self, request: Request, batch_id: UUID) -> Response:
        batch = batch_of(self.teacher, batch_id)
        given = self.parse(PastedIn if self._is_pasted else HandIn)
        if self._is_pasted:
            file = pasted.as_file(given["text"], name=given["name"])
            handed = [Handed(file, essay_id=given["essay_id"], reference=given["reference"])]
        else:
            handed = handed_in(given)
        return self._receive(batch, handed, allow_duplicate=given["allow_duplicate"])

    @describe(
        "Put another file, or a text, in a file's place",
        FileReceipt,
        status=ACCEPTED,
        request={MULTIPART: Replacement, JSON: Pasted},
        refusals=(*HANDING_IN, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE),
    )
    def replace(self, request: Request, batch_id: UUID, upload_id: UUID) -> Response:
        old = upload_of(self.teacher, batch_id, upload_id)
        given = self.parse(Pasted if self._is_pasted else Replacement)
        file = given.get("file") or pasted.as_file(given["text"], name=given["name"])
        receipt = intake.receive(
            batch_id,
            Handed(file),
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

    @describe(
        "Give a file that was one too many an essay of its own",
        UploadShown,
        status=ACCEPTED,
        refusals=CHANGING,
    )
    def add_as_extra(self, request: Request, batch_id: UUID, upload_id: UUID) -> Response:
        files.add_as_extra(upload_of(self.teacher, batch_id, upload_id).pk, by=self.teacher)
        return Response(UploadShown(upload_of(self.teacher, batch_id, upload_id)).data, ACCEPTED)

    @describe("Take a file out", status=HTTPStatus.NO_CONTENT, refusals=CHANGING)
    def destroy(self, request: Request, batch_id: UUID, upload_id: UUID) -> Response:
        files.remove(upload_of(self.teacher, batch_id, upload_id).pk, by=self.teacher)
        return Response(status=HTTPStatus.NO_CONTENT)
