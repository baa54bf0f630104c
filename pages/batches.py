"""A batch: made, looked at while it lives, and what its teacher can do with it as a whole."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from batches import flow as batches
from batches.models import Batch
from files import flow as files
from pages import live, polling, uploads
from pages.access import TeacherRequest, act, batch_of
from pages.forms import DetailsForm, ExpectForm, NewBatchForm, add_errors
from pages.selection import Selection
from pipelines import flow as pipelines


@require_http_methods(["GET", "POST"])
def batch_new(request: TeacherRequest) -> HttpResponse:
    last = Batch.objects.visible_to(request.user).order_by("-registered_at").first()
    form = NewBatchForm(request.POST or None, initial=_as_last_time(last))
    if request.method == "POST" and form.is_valid():
        try:
            batch = batches.register(owner=request.user, **form.details)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _after_registration(request, batch, form.ends_with_these_files)
    mine = Batch.objects.visible_to(request.user).exclude(class_designation="")
    classes = mine.order_by("class_designation").values_list("class_designation", flat=True)
    context = {"form": form, "classes": classes.distinct(), **uploads.limits()}
    return render(request, "pages/batch_new.html", context, status=422 if form.errors else 200)


def _after_registration(request: TeacherRequest, batch: Batch, is_complete: bool) -> HttpResponse:
    """Take the files in; a script, which sends them one by one, is told where to."""
    close = reverse("pages:batch-close", args=[batch.pk]) if is_complete else None
    if request.headers.get("Accept") == "application/json":
        to = reverse("pages:batch-files", args=[batch.pk])
        urls = {"url": batch.get_absolute_url(), "files": to, "close": close}
        return JsonResponse(urls, status=201)
    if uploads.take_in(request, batch) and is_complete:
        return act(request, batch, lambda: files.close(batch.pk, by=request.user))
    return redirect(batch)


def _as_last_time(last: Batch | None) -> dict[str, object]:
    if last is None:
        return {"expects": NewBatchForm.THESE, "auto_start": True}
    return {
        "course_code": last.course_code,
        "class_designation": last.class_designation,
        "auto_start": last.auto_start,
        "expects": NewBatchForm.THESE,
    }


@require_GET
@vary_on_headers("HX-Request")
def batch(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """The batch's page; for a page that asks what is new, only what changes."""
    found = live.with_token(Batch.objects.visible_to(request.user)).filter(pk=pk).first()
    if found is None and request.htmx:  # a window that still shows it is loaded anew
        return HttpResponse(status=HTTPStatus.NOT_FOUND, headers={"HX-Refresh": "true"})
    if found is None:
        raise Http404
    known = polling.Known.of(request.GET)
    shown = live.look(found, Selection.of(request.GET), promised=known.until)
    context = {"live": shown, **uploads.limits()}
    template = "pages/_live_answer.html" if request.htmx else "pages/batch.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def batch_details(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Name, class and task, which can be changed at any time."""
    found = batch_of(request.user, pk)
    names = list(DetailsForm.base_fields)
    form = DetailsForm(request.POST or None, initial={n: getattr(found, n) for n in names})
    if request.method == "POST" and form.is_valid():
        try:
            batches.describe(found.pk, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(found)
    context = {"form": form, "batch": found}
    return render(request, "pages/batch_details.html", context, status=422 if form.errors else 200)


# --- what the teacher does with the batch as a whole --------------------------------------
@require_POST
def batch_start(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Check what is here: begin, go on without the rest, or try again what failed."""
    found = batch_of(request.user, pk)
    pipeline = found.requested_pipeline
    return act(request, found, lambda: pipelines.start(found.pk, pipeline, by=request.user))


@require_POST
def batch_cancel(request: TeacherRequest, pk: UUID) -> HttpResponse:
    found = batch_of(request.user, pk)
    only = request.POST.get("only", "")
    return act(request, found, lambda: pipelines.cancel(found.pk, by=request.user, only=only))


@require_POST
def batch_reopen(request: TeacherRequest, pk: UUID) -> HttpResponse:
    found = batch_of(request.user, pk)
    return act(request, found, lambda: files.reopen(found.pk, by=request.user))


@require_POST
def batch_close(request: TeacherRequest, pk: UUID) -> HttpResponse:
    found = batch_of(request.user, pk)
    return act(request, found, lambda: files.close(found.pk, by=request.user))


@require_POST
def batch_expect(request: TeacherRequest, pk: UUID) -> HttpResponse:
    found, form = batch_of(request.user, pk), ExpectForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write how many essays you expect, for example 28."))
        return redirect(found)
    expected: int = form.cleaned_data["expected"]
    return act(request, found, lambda: files.expect(found.pk, expected, by=request.user))


@require_POST
def batch_retry(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Read every failed file once more."""
    found = batch_of(request.user, pk)
    return act(request, found, lambda: files.retry_failed(found.pk, by=request.user))


@require_POST
def batch_archive(request: TeacherRequest, pk: UUID) -> HttpResponse:
    found = batch_of(request.user, pk)
    at = timezone.now() if request.POST.get("away") == "1" else None
    said = _("Archived. You find it in the archive.") if at else _("Taken out of the archive.")
    return act(request, found, lambda: batches.set_archived(found.pk, at), said=said)


@require_POST
def batch_delete(request: TeacherRequest, pk: UUID) -> HttpResponse:
    found = batch_of(request.user, pk)
    files.erase_batch(found.pk, by=request.user)
    messages.success(request, _("“%(name)s” has been deleted.") % {"name": found.name})
    return redirect(reverse("pages:overview"))
