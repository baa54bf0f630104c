"""One line in the log for each request, under its correlation id."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from huleedu.metrics import METHODS

logger = logging.getLogger(__name__)

WATCHING = "metrics"  # asked for every few seconds, as health is, which is answered before


def tell_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The view's name stands for the address, which holds ids and what was searched for. Static
    files have no view; a page that polls and hears of nothing new is told under DEBUG."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else WATCHING
        if view != WATCHING:
            method = request.method if request.method in METHODS else "other"
            is_idle = method == "GET" and response.status_code == HTTPStatus.NO_CONTENT
            level = logging.DEBUG if is_idle else logging.INFO
            ms = round(1000 * (time.perf_counter() - began))
            logger.log(level, "%s %s: %d in %d ms", method, view, response.status_code, ms)
        return response

    return middleware
