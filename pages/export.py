"""What a teacher takes out of a batch: tables at once, and files that the worker makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from batches.errors import Conflict
from batches.models import Batch
from exports import flow, names, word
from exports.gather import fingerprint, gather
from exports.models import MEDIA_TYPES, Export
from exports.table import csv_of
from exports.workbook import workbook_of
from lifecycle.models import Essay
from pages.access import TeacherRequest, batch_of, essay_of

Kind = Export.Kind

MAX_AT_ONCE = 60  # essays whose workbook a request makes by itself, in half a second
POLL_S = 1
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

NOTES: Mapping[Kind, str | Promise] = {
    Kind.ZIP: gettext_lazy(
        "One zip that opens on any computer without HuleEdu: the report, the tables and every "
        "essay as a Word file. For your own archive."
    ),
    Kind.DOCX: gettext_lazy(
        "The texts as Word files with a comment on each misspelling, and once more with the "
        "corrections you accepted. To hand back to the pupils."
    ),
    Kind.XLSX: gettext_lazy("Essays, misspellings and what was written for what, as three sheets."),
    Kind.CSV: gettext_lazy("One row for each essay, for Excel or any other program."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to take out: at once from an address, or as the worker makes it."""

    kind: Kind
    url: str
    export: Export | None
    is_stale: bool

    @property
    def note(self) -> str | Promise:
        return NOTES[self.kind]

    @property
    def is_pending(self) -> bool:
        return self.export is not None and self.export.status == Export.Status.PENDING

    @property
    def is_ready(self) -> bool:
        return self.export is not None and self.export.is_kept

    @property
    def is_failed(self) -> bool:
        return self.export is not None and self.export.status == Export.Status.FAILED

    @property
    def made_at(self) -> float:
        """Seconds of the epoch; 0 as long as it is not."""
        at = self.export.finished_at if self.export else None
        return at.timestamp() if at else 0.0


# --- at once ------------------------------------------------------------------------------
@require_GET
def batch_table(request: TeacherRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    return _download(csv_of(gather(batch)), f"{batch.name}.csv", MEDIA_TYPES[Kind.CSV])


@require_GET
def batch_workbook(request: TeacherRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    collection = gather(batch)
    data = workbook_of(collection, collection.report.pairs)
    return _download(data, f"{batch.name}.xlsx", MEDIA_TYPES[Kind.XLSX])


@require_GET
def essay_word(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """One essay as a Word file: with comments, or (?corrected=1) with the corrections made."""
    essay = essay_of(request.user, pk)
    [paper] = gather(essay.batch, Essay.objects.filter(pk=essay.pk)).papers
    if paper.body is None:
        raise Http404
    write = word.corrected if request.GET.get("corrected") else word.with_comments
    data = write(paper, essay.batch, language=get_language() or "")
    return _download(data, f"{names.stem(paper.name)}.docx", WORD)


# --- by the worker ------------------------------------------------------------------------
@require_GET
@vary_on_headers("HX-Request")
def batch_exports(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """All that can be taken out; for a page that asks whether anything is new, what has changed."""
    batch = batch_of(request.user, pk)
    found = _offers(batch)
    fresh = [o for o in found if o.is_ready and not o.is_stale]
    seen = "-".join(f"{o.export.pk}.{o.export.status}.{o.export.n_done}" for o in found if o.export)
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context = {
        "batch": batch,
        "offers": found,
        "newest": max(fresh, key=lambda offer: offer.made_at, default=None),
        "pending": next((offer for offer in found if offer.is_pending), None),
        "n_essays": batch.essays.ready().count(),
        "seen": seen,
        "poll_s": POLL_S,
    }
    return render(request, "pages/_exports.html" if request.htmx else "pages/exports.html", context)


def _offers(batch: Batch) -> list[Offer]:
    mine = batch.exports.filter(language=get_language()).select_related("batch", "content")
    by_kind = {export.kind: export for export in _latest(mine)}
    now = fingerprint(batch) if by_kind else ""
    at_once = {Kind.CSV: reverse("pages:batch-table", args=[batch.pk])}
    if batch.essays.ready().count() <= MAX_AT_ONCE:
        at_once[Kind.XLSX] = reverse("pages:batch-workbook", args=[batch.pk])
    found = []
    for kind in (Kind.DOCX, Kind.ZIP, Kind.XLSX, Kind.CSV):
        export = by_kind.get(kind)
        is_stale = export is not None and export.fingerprint != now
        found.append(Offer(kind, at_once.get(kind, ""), export, is_stale))
    return found


def _latest(exports: Iterable[Export]) -> Iterable[Export]:
    """What counts of each kind comes last: one that is being made, else the newest."""
    return sorted(exports, key=lambda e: (e.status == Export.Status.PENDING, e.asked_at))


@require_POST
def batch_export(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Ask for a file; it is offered on the page when it has been made."""
    batch = batch_of(request.user, pk)
    kind = request.POST.get("kind")
    if kind not in Kind.values:
        raise Http404
    try:
        flow.ask(batch.pk, kind, language=get_language() or "", by=request.user)
    except Conflict as conflict:
        messages.error(request, conflict.detail)
    return redirect("pages:batch-exports", batch.pk)


@require_GET
def batch_export_file(request: TeacherRequest, pk: UUID, export_pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    export = batch.exports.kept().select_related("content").filter(pk=export_pk).first()
    try:
        if export is None:  # it has expired, or a newer one has taken its place
            raise flow.not_kept()
        data = flow.read(export)
    except Conflict as conflict:
        messages.error(request, conflict.detail)
        return redirect("pages:batch-exports", batch.pk)
    return _download(data, export.file_name, MEDIA_TYPES[export.kind])


def _download(data: bytes, name: str, media_type: str) -> HttpResponse:
    """Always to be saved, never to be shown, and never kept on the way."""
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(data, content_type=media_type, headers=headers)
