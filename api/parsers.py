"""A request body that is no form and no JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request, is_form_media_type

from api.errors import TooLarge


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
        request: Request = (parser_context or {})["request"]
        # The announced length binds: the server hands over no byte beyond it.
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_UPLOAD_BYTES:
            raise TooLarge(_("The request is larger than allowed."))
        return {"body": stream.read()}


class Json(JSONParser):
    """JSON that an answer can quote: nested only so deeply, and without halves of characters."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError) as error:
            raise ParseError from error
        return data
