"""What the resources have in common: who asks, how bodies are read, how answers are described."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.utils import translation
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.models import User
from api.parsers import Json

F = TypeVar("F", bound=Callable[..., Any])


class Resource(GenericViewSet[Any]):
    """One noun. Its methods parse, call one function of the core, and show the result."""

    parser_classes: Sequence[type[BaseParser]] = [Json]
    filterset_class: Any = None
    request: Request

    def perform_authentication(self, request: Request) -> None:
        try:
            super().perform_authentication(request)
        except UnicodeDecodeError as error:  # knox takes every header for text
            raise AuthenticationFailed from error
        locale = getattr(request.user, "locale", "")
        if locale and "Accept-Language" not in request.headers:
            translation.activate(locale)  # until the next request, which begins with its own

    @property
    def teacher(self) -> User:
        """Whoever asks: IsAuthenticated lets nobody else in."""
        return cast("User", self.request.user)

    def parse(self, serializer: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
        """The request's body as the serializer reads it. Raises a ValidationError by field."""
        given = serializer(data=self.request.data, **options)
        given.is_valid(raise_exception=True)
        return cast("dict[str, Any]", given.validated_data)


class Error(serializers.Serializer[Any]):
    """Every error looks like this."""

    code = serializers.CharField(help_text="For programs; stable.")
    detail = serializers.CharField(help_text="One sentence for a person.")
    errors = serializers.DictField(  # type: ignore[assignment]  # the answer's, not the form's
        required=False, help_text="Field by field, where the request was not valid."
    )
    correlation_id = serializers.UUIDField(help_text="The X-Correlation-ID of the answer.")


def describe(
    summary: str,
    answer: Any = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    media: str = "application/json",
    request: Any = None,
    refusals: tuple[HTTPStatus, ...] = (),
    parameters: list[OpenApiParameter] | None = None,
    **options: Any,
) -> Callable[[F], F]:
    """A view in the OpenAPI schema. answer: a serializer or type; refusals: errors beyond 401."""
    errors = dict.fromkeys((HTTPStatus.UNAUTHORIZED, *refusals), Error)
    return extend_schema(
        summary=summary,
        request=request,
        responses={(status, media) if answer else status: answer, **errors},
        parameters=parameters,
        **options,
    )
