"""“Nothing new”: what a page that keeps itself current hears most of the time, answered at once.

A whole request would ask for the session, the user and the batch one after the other, and speak a
language. Here the user and the batch are one question; whenever anything differs, or there is any
doubt who asks, the request goes its usual way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils.crypto import constant_time_compare

from accounts.models import User
from batches.models import Batch
from pages import live, timeleft


@dataclass(frozen=True, slots=True)
class Known:
    """What a page says that it shows. until: Unix seconds; left: as `timeleft.rounded` gives it."""

    seen: str
    until: int | None
    left: int | None

    @classmethod
    def of(cls, given: QueryDict) -> Known:
        return cls(given.get("seen", ""), _number(given, "until"), _number(given, "left"))

    @property
    def is_true(self) -> bool:
        """The time that it shows as left is still what one would say."""
        if self.until is None:
            return True
        return timeleft.rounded(self.until - time.time()) == self.left


def _number(given: QueryDict, name: str) -> int | None:
    text = given.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None


def answer_unchanged(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware; needs the session, and nothing that comes after it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_poll = request.method == "GET" and "HX-Request" in request.headers
        if is_poll and "seen" in request.GET and _is_unchanged(request):
            return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
        return get_response(request)

    return middleware


def _is_unchanged(request: HttpRequest) -> bool:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return False
    known = Known.of(request.GET)
    if match.view_name != "pages:batch" or not known.is_true:
        return False
    request.resolver_match = match  # as the handler would, for whoever measures requests
    return _token(request, match.kwargs["pk"]) == known.seen


def _token(request: HttpRequest, batch_id: UUID) -> str | None:
    """Of the batch, in one query with whoever asks; None unless somebody is signed in who may."""
    user_id, session_hash = request.session.get(SESSION_KEY), request.session.get(HASH_SESSION_KEY)
    if not user_id or not session_hash:
        return None
    user = User(pk=User._meta.pk.to_python(user_id))
    active = User.objects.filter(pk=user.pk, is_active=True)
    batches = live.with_token(Batch.objects.visible_to(user).filter(pk=batch_id))
    found = batches.annotate(password=Subquery(active.values("password")))
    for seq, n_told, password in found.values_list("seq", "n_told", "password"):
        user.password = password or ""
        if password and constant_time_compare(session_hash, user.get_session_auth_hash()):
            return live.token(seq, n_told)
    return None
