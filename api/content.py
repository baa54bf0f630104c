"""The content store: bytes in, an id out, and back again unaltered."""

from __future__ import annotations

import io
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import content_of
from api.errors import Unavailable
from api.parsers import RawBody
from api.resource import Resource, describe
from api.serializers.content import Stored
from content import store
from content.models import StoredContent
from events import correlation
from files import originals

OCTETS = "application/octet-stream"


def bytes_of(content: StoredContent) -> bytes:
    """Raises NotFound when they are missing or altered, Unavailable when nobody can tell, and
    Conflict when a virus scanner does not let them pass."""
    try:
        return originals.read(content)
    except (FileNotFoundError, store.ContentAltered) as error:
        raise NotFound(_("These bytes are not kept any more.")) from error
    except store.StorageUnavailable as error:
        raise Unavailable(_("The storage does not answer. Try again in a moment.")) from error


def download(data: bytes, *, name: str = "") -> HttpResponse:
    """Always to be saved, never to be shown: the bytes are somebody's, and may be anything."""
    disposition = content_disposition_header(True, name) or "attachment"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return HttpResponse(data, content_type=OCTETS, headers=headers)


class Contents(Resource):
    parser_classes = [RawBody]

    @describe(
        "Store the body's bytes",
        Stored,
        status=HTTPStatus.CREATED,
        request={OCTETS: OpenApiTypes.BINARY},
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    )
    def create(self, request: Request) -> Response:
        data = request.data.get("body") if isinstance(request.data, dict) else None
        if not data:
            raise ValidationError(_("The body is empty."))
        stream = io.BytesIO(data)
        size, sha256 = store.digest(stream)
        try:
            content = store.put(
                stream,
                owner_id=self.teacher.pk,
                size_bytes=size,
                sha256=sha256,
                content_type=StoredContent.ContentType.ORIGINAL_ESSAY,
            )
        except store.StorageUnavailable as error:
            raise Unavailable(_("The bytes could not be stored. Try again in a moment.")) from error
        answer = {"storage_id": content.pk, "correlation_id": correlation.current()}
        return Response(Stored(answer).data, HTTPStatus.CREATED)

    @describe(
        "The bytes as they were put in",
        OpenApiTypes.BINARY,
        media=OCTETS,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE),
    )
    def retrieve(self, request: Request, content_id: UUID) -> HttpResponse:
        data = bytes_of(content_of(self.teacher, content_id))
        return download(data)
