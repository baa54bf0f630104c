"""Files: handed in, replaced, tried again, taken out; and what to say about each."""

from __future__ import annotations

from collections.abc import Callable
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
from files.receipts import Handed, Outcome, Receipt
from lifecycle.models import Essay
from pages import words
from pages.access import TeacherRequest, act, batch_of, essay_of, upload_of

# What the browser's file dialog offers, and what the upload script lets through.
KINDS = ".pdf,.docx,.docm,.odt,.rtf,.txt,.text,.md,.markdown,.html,.htm,.zip"
SHOWN_RECEIPTS = 12  # of one request; the page itself lists the rest


def limits() -> dict[str, object]:
    """What a page says about files before they are chosen."""
    return {
        "kinds": KINDS,
        "max_mb": settings.MAX_UPLOAD_BYTES // 1024**2,
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "max_files": settings.MAX_FILES_PER_REQUEST,
    }


def take_in(request: TeacherRequest, batch: Batch) -> list[Receipt]:
    """Hand in the files of a request, and say what became of those that found no slot."""
    handed = [Handed(file) for file in request.FILES.getlist("files")]
    receipts = intake.receive_all(batch.pk, handed, by=request.user)
    said = [sentence for receipt in receipts if (sentence := said_of(receipt))]
    for sentence in said[:SHOWN_RECEIPTS]:
        messages.warning(request, sentence)
    if n_more := len(said[SHOWN_RECEIPTS:]):
        more = ngettext("The same for %(n)d more file.", "The same for %(n)d more files.", n_more)
        messages.warning(request, more % {"n": n_more})
    return receipts


def said_of(receipt: Receipt) -> str:
    """One sentence about a file that was not simply accepted."""
    name = {"name": receipt.file_name}
    if receipt.outcome == Outcome.DUPLICATE:
        return _("“%(name)s” is here already: the very same file.") % name
    if receipt.outcome == Outcome.EXCESS:
        return _("“%(name)s” is one more than you expect.") % name
    if receipt.outcome == Outcome.RETRIED:
        return _("“%(name)s” was here and could not be read. It is being tried again.") % name
    if receipt.outcome == Outcome.REFUSED:
        known = {**words.PROBLEMS, **words.REFUSALS}
        why = str(known.get(receipt.code, receipt.detail))
        return f"“{receipt.file_name}”: " + why.replace("%(mb)d", str(limits()["max_mb"]))
    return ""


@require_POST
def batch_files(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """More files for the batch; a script sends them one by one and is answered in JSON."""
    batch = batch_of(request.user, pk)
    if request.headers.get("Accept") != "application/json":
        take_in(request, batch)
        return redirect(batch)
    handed = [Handed(file) for file in request.FILES.getlist("files")]
    receipts = intake.receive_all(batch.pk, handed, by=request.user)
    entries = [{"name": r.file_name, "outcome": r.outcome, "detail": said_of(r)} for r in receipts]
    return JsonResponse({"files": entries}, status=202)


# --- one essay's file ---------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
def essay_file(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Put a file, or pasted text, into an essay's slot."""
    essay = essay_of(request.user, pk)
    if request.method == "POST":
        file = request.FILES.get("files") or _pasted(request, essay)
        if file is not None:
            said = said_of(_put(essay, Handed(file), request))
            if said:
                messages.warning(request, said)
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
    absent = essay.status != Essay.Status.ABSENT
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
