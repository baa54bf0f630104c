"""The language of the pages: the user's own choice, else what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


def speak_the_users_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        locale = getattr(request.user, "locale", "")
        if locale:
            translation.activate(locale)
            request.LANGUAGE_CODE = locale
        return get_response(request)

    return middleware
