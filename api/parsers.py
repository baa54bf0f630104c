"""Request bodies, bounded before they are read into memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request, is_form_media_type

from api.errors import TooLarge


def refuse_larger_than(limit_bytes: int, parser_context: Mapping[str, Any] | None) -> None:
    """Raises TooLarge. The announced length binds: the server hands over no byte beyond it."""
    request: Request = (parser_context or {})["request"]
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit_bytes:
        raise TooLarge(_("The request is larger than allowed."))


class Json(JSONParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        refuse_larger_than(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0, parser_context)
        return super().parse(stream, media_type, parser_context)


class RawBody(BaseParser):
    """The body as it is, under the key "body", whatever type it claims; forms are refused."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, bytes]:
        if is_form_media_type(media_type or ""):
            raise UnsupportedMediaType(media_type or "")
        refuse_larger_than(settings.MAX_UPLOAD_BYTES, parser_context)
        return {"body": stream.read()}
