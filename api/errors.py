"""Errors have one shape: {"code", "detail", "errors"?, "correlation_id"}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from batches.errors import Conflict
from events import correlation
from pipelines.registry import UnknownPipeline
from spellcheck.models import Misspelling
from spellcheck.verdicts import DecidedMeanwhile


class Conflicting(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class DecidedByAnother(Conflicting):
    """409 with the mark as it stands now, so that a client can show whose decision it is."""

    def __init__(self, exc: DecidedMeanwhile) -> None:
        super().__init__(exc.detail, exc.code)
        self.mark = exc.mark


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class Unavailable(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "storage_unavailable"


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer for an exception of a view; None for what nobody foresaw (a 500)."""
    error = _as_api_exception(exc)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        response.data = body(error)
    return response


def _as_api_exception(exc: Exception) -> Exception:
    match exc:
        case Conflict(code="too_large"):
            return TooLarge(exc.detail)
        case Conflict(code="storage_unavailable"):
            return Unavailable(exc.detail)
        case Conflict(code="scanner_unavailable"):
            return Unavailable(exc.detail, exc.code)
        case DecidedMeanwhile():
            return DecidedByAnother(exc)
        case Conflict():
            return Conflicting(exc.detail, exc.code)
        case ValidationError():
            return exceptions.ValidationError(_by_field(exc))
        case UnknownPipeline():
            return exceptions.ValidationError(str(exc), "unknown_pipeline")
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case exceptions.Throttled():  # its own sentence is half in English
            wait = getattr(exc, "wait", None) or 1  # seconds
            said = ngettext(
                "Too many tries. Try again in %d second.",
                "Too many tries. Try again in %d seconds.",
                wait,
            )
            exc.detail = exceptions.ErrorDetail(said % wait, exc.default_code)
        case RequestDataTooBig() | TooManyFilesSent() | TooManyFieldsSent():
            return TooLarge(_("The request is larger than allowed. Send it in smaller parts."))
        case SuspiciousOperation() | MultiPartParserError() | BadRequest():
            return exceptions.ParseError()
    return exc


def _by_field(exc: ValidationError) -> dict[str, list[str]]:
    """Django's messages by field, those of no field under DRF's name for it."""
    if not hasattr(exc, "error_dict"):
        return {api_settings.NON_FIELD_ERRORS_KEY: list(exc.messages)}
    return {
        api_settings.NON_FIELD_ERRORS_KEY if field == "__all__" else field: messages
        for field, messages in exc.message_dict.items()
    }


def body(error: exceptions.APIException) -> dict[str, Any]:
    """The one shape. `detail` is a sentence for a person, `errors` says it field by field."""
    detail: Any = error.detail
    code = error.get_codes()
    if isinstance(error, DecidedByAnother):
        return _shape(str(code), str(detail), errors={"misspelling": _as_it_stands(error.mark)})
    if not isinstance(error, exceptions.ValidationError):
        return _shape(str(code), str(detail))
    if isinstance(detail, list):
        detail = {api_settings.NON_FIELD_ERRORS_KEY: detail}
    return _shape("invalid", _first(detail), errors=detail)


def _as_it_stands(mark: Misspelling) -> dict[str, Any]:
    return {
        "misspelling_id": mark.pk,
        "decision": mark.decision,
        "replacement": mark.replacement,
        "decided_by": mark.decided_by.get_short_name() if mark.decided_by else None,
        "decided_at": mark.decided_at.isoformat() if mark.decided_at else None,
    }


def _shape(code: str, detail: str, **more: Any) -> dict[str, Any]:
    current = correlation.current()
    return {
        "code": code,
        "detail": detail,
        **more,
        "correlation_id": str(current) if current else None,
    }


def _first(messages: Any) -> str:
    """The first sentence in a tree of messages."""
    while isinstance(messages, dict | list):
        values = messages.values() if isinstance(messages, dict) else messages
        messages = next((value for value in values if value), "")
    return str(messages)


# --- outside of the API's own views: unknown addresses and faults ------------------------------
def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/v1/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return JsonResponse(_shape("parse_error", _("The request cannot be read.")), status=400)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return JsonResponse(_shape("not_found", _("There is nothing at this address.")), status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if not _is_api(request):
        return defaults.server_error(request)
    detail = _("Something went wrong here. It has been written down; try again in a while.")
    return JsonResponse(_shape("server_error", detail), status=500)
