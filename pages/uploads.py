"""Files: handed in, replaced, tried again, taken out; and what to say about each."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from batches.models import Batch
from files import flow, intake
from files.models import Upload
from files.receipts import Handed, Receipt
from lifecycle.models import Essay
from pages import receipts
from pages.access import TeacherRequest, act, batch_of, essay_of, upload_of

# What the browser's file dialog offers, and what the upload script lets through.
KINDS = (
    ".pdf,.docx,.docm,.dotx,.odt,.ott,.rtf,.txt,.text,.md,.markdown,.html,.htm,"
    ".png,.jpg,.jpeg,.tif,.tiff,.webp,.zip"
)
SHOWN_RECEIPTS = 12  # of one request; the page itself lists the rest


def limits() -> dict[str, object]:
    """What a page says about files before they are chosen."""
    return {
        "kinds": KINDS,
        "max_mb": settings.MAX_UPLOAD_BYTES // 1024**2,
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "max_archive_bytes": settings.MAX_ARCHIVE_BYTES,
        "max_archive_mb": settings.MAX_ARCHIVE_BYTES // 1024**2,
        "max_files": settings.MAX_FILES_PER_REQUEST,
    }


def take_in(request: TeacherRequest, batch: Batch) -> list[Receipt]:
    """Hand in the files of a request, and say what became of those that found no slot."""
    taken = intake.receive_all(batch.pk, _handed(request), by=request.user)
    sentences = receipts.said(taken)
    for sentence in sentences[:SHOWN_RECEIPTS]:
        messages.warning(request, sentence)
    if n_more := len(sentences[SHOWN_RECEIPTS:]):
        more = ngettext("The same for %(n)d more file.", "The same for %(n)d more files.", n_more)
        messages.warning(request, more % {"n": n_more})
    return taken


def _handed(request: TeacherRequest) -> list[Handed]:
    return [Handed(file) for file in request.FILES.getlist("files")]


@require_POST
def batch_files(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """More files for the batch; a script sends them one by one and is answered in JSON."""
    batch = batch_of(request.user, pk)
    if request.headers.get("Accept") != "application/json":
        take_in(request, batch)
        return redirect(batch)
    taken = intake.receive_all(batch.pk, _handed(request), by=request.user)
    files = [{"name": receipt.file_name, "outcome": receipt.outcome} for receipt in taken]
    return JsonResponse({"files": files, "said": receipts.said(taken)}, status=HTTPStatus.ACCEPTED)


# --- one essay's file ---------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
def essay_file(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Put a file, or pasted text, into an essay's slot."""
    essay = essay_of(request.user, pk)
    if request.method == "POST":
        file = request.FILES.get("files") or _pasted(request, essay)
        if file is not None:
            for sentence in receipts.said([_put(essay, Handed(file), request)]):
                messages.warning(request, sentence)
            return redirect(essay.batch)
        messages.error(request, _("Choose a file, or paste the text."))
    context = {"essay": essay, "batch": essay.batch, "upload": _current(essay), **limits()}
    return render(request, "pages/essay_file.html", context)


def _current(essay: Essay) -> Upload | None:
    return Upload.objects.held_by(essay).first()


def _put(essay: Essay, handed: Handed, request: TeacherRequest) -> Receipt:
    """Two pupils can hand in the same text, and the teacher said for whom it is: no duplicate."""
    current = _current(essay)
    if current is None:
        handed = Handed(handed.file, essay_id=essay.pk)
    return intake.receive(
        essay.batch_id,
        handed,
        by=request.user,
        allow_duplicate=True,
        replaces=current.pk if current else None,
    )


def _pasted(request: HttpRequest, essay: Essay) -> SimpleUploadedFile | None:
    body = request.POST.get("body", "").strip()
    name = (essay.label.rsplit(".", 1)[0] or essay.reference) + ".txt"
    return SimpleUploadedFile(name, body.encode()) if body else None


@require_POST
def essay_absent(request: TeacherRequest, pk: UUID) -> HttpResponse:
    essay = essay_of(request.user, pk)
    absent = request.POST.get("absent") == "1"
    if absent == (essay.status == Essay.Status.ABSENT):  # a second click, or another window's
        return redirect(essay.batch)
    verb = flow.mark_absent
    return act(request, essay.batch, lambda: verb(essay.pk, absent=absent, by=request.user))


# --- one upload ---------------------------------------------------------------------------
def _acting(verb: Callable[..., object]) -> Callable[[TeacherRequest, UUID], HttpResponse]:
    @require_POST
    def view(request: TeacherRequest, pk: UUID) -> HttpResponse:
        upload = upload_of(request.user, pk)
        return act(request, upload.batch, lambda: verb(upload.pk, by=request.user))

    return view


upload_retry = _acting(flow.retry)
upload_remove = _acting(flow.remove)
upload_extra = _acting(flow.add_as_extra)
