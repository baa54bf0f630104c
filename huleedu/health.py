"""Whether this process answers at all, for a container's or a load balancer's check.

Shallow on purpose: a check that asks the database takes every web process down with it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok", "message": "HuleEdu answers."})


def answer_health_checks(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer /healthz before anybody looks at the Host: such checks know an address, not a name."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path_info == "/healthz" else get_response(request)

    return middleware
