"""Who may see what: every page gets its object here, or answers 404 as if it did not exist."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from batches.errors import Conflict
from batches.models import Batch
from files.models import Upload
from lifecycle.models import Essay
from pages.selection import Selection
from spellcheck.models import Misspelling


class TeacherRequest(HttpRequest):
    """A request of somebody who is signed in; LoginRequiredMiddleware sees to it."""

    user: User
    htmx: HtmxDetails


def batch_of(user: User, pk: UUID) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(user), pk=pk)


def essay_of(user: User, pk: UUID) -> Essay:
    return get_object_or_404(Essay.objects.visible_to(user).select_related("batch"), pk=pk)


def upload_of(user: User, pk: UUID) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(user).select_related("batch"), pk=pk)


def mark_of(user: User, pk: int) -> Misspelling:
    marks = Misspelling.objects.visible_to(user).select_related("result__text__essay__batch")
    return get_object_or_404(marks, pk=pk)


def asked(request: HttpRequest, name: str) -> str:
    """What a box of the page seeks, without the one character that no text column holds."""
    return request.GET.get(name, "").replace("\0", "").strip()


def act(
    request: HttpRequest, batch: Batch, verb: Callable[[], object], *, said: str = ""
) -> HttpResponse:
    """Call one verb of the core, and show on the batch's page what came of it."""
    try:
        verb()
    except Conflict as conflict:
        messages.error(request, conflict.detail)
    else:
        if said:
            messages.success(request, said)
    return redirect(batch.get_absolute_url() + Selection.of(request.POST).query)
