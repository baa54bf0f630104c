"""The words that are right although the dictionaries lack them: the teacher's, and a batch's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from batches.errors import Conflict
from batches.models import Batch
from pages.access import TeacherRequest, asked, batch_of
from spellcheck import lists
from spellcheck.lists import BOM, Imported, Refusal, WordList
from spellcheck.models import KnownWord

PER_PAGE = 100
MAX_SHOWN = 20  # refused lines that are listed one by one

REFUSALS: Mapping[Refusal, str | Promise] = {
    Refusal.NOT_A_WORD: gettext_lazy("not a word"),
    Refusal.TOO_LONG: gettext_lazy("too long"),
    Refusal.TOO_MANY: gettext_lazy("too many words at once"),
    Refusal.UNKNOWN_LANGUAGE: gettext_lazy("another language"),
}


# --- the teacher's own list -----------------------------------------------------------------
@require_GET
def words(request: TeacherRequest) -> HttpResponse:
    return _page(request, lists.known_to(request.user), None)


@require_POST
def words_add(request: TeacherRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    return _add(request, WordList(request.user, language), reverse("pages:words"))


@require_GET
def words_export(request: TeacherRequest) -> HttpResponse:
    mine = KnownWord.objects.filter(owner=request.user)
    return _download(request, mine, _("Word list"))


# --- a batch's list -------------------------------------------------------------------------
@require_GET
def batch_words(request: TeacherRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    return _page(request, lists.known_to(request.user).filter(batch=batch), batch)


@require_POST
def batch_words_add(request: TeacherRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    word_list = WordList(request.user, batch.language, batch)
    return _add(request, word_list, reverse("pages:batch-words", args=[batch.pk]))


@require_GET
def batch_words_export(request: TeacherRequest, pk: UUID) -> HttpResponse:
    batch = batch_of(request.user, pk)
    return _download(request, KnownWord.objects.filter(batch=batch), batch.name)


# --- both -----------------------------------------------------------------------------------
def _page(request: TeacherRequest, known: QuerySet[KnownWord], batch: Batch | None) -> HttpResponse:
    sought = asked(request, "q")
    found = known.filter(word__icontains=sought.lower()) if sought else known
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "words": page,
        "n_words": known.count(),
        "sought": sought,
        "batch": batch,
        "languages": Batch.Language.choices,
        "section": "words",
    }
    return render(request, "pages/words.html", context)


def _add(request: TeacherRequest, word_list: WordList, address: str) -> HttpResponse:
    """Take in what was typed and what a file holds, and say what became of each word."""
    if word_list.language not in Batch.Language.values:
        raise Http404
    rows = [(n, line, "") for n, line in enumerate(request.POST.get("words", "").split("\n"), 1)]
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        if (file.size or 0) > lists.MAX_LIST_BYTES:
            messages.error(request, _("The file is too large for a list of words."))
            return redirect(address)
        rows += lists.rows_of(file.read())
    try:
        done = word_list.take_in(rows)
    except Conflict as conflict:
        messages.error(request, conflict.detail)
    else:
        _say(request, done)
    return redirect(address)


def _say(request: TeacherRequest, done: Imported) -> None:
    if not (done.added or done.known or done.refused):
        messages.error(request, _("Write words, or choose a file with words."))
        return
    counts = {"added": len(done.added), "known": len(done.known), "refused": len(done.refused)}
    said = _("Added: %(added)d. On the list already: %(known)d. Not taken: %(refused)d.") % counts
    shown = [
        _("line %(line)d “%(text)s” (%(why)s)")
        % {"line": item.line, "text": item.text, "why": REFUSALS[item.reason]}
        for item in done.refused[:MAX_SHOWN]
    ]
    if shown:
        more = "" if len(shown) == len(done.refused) else " …"
        messages.warning(request, f"{said} {', '.join(shown)}{more}")
    else:
        messages.success(request, said)


def _download(request: TeacherRequest, known: QuerySet[KnownWord], name: str) -> HttpResponse:
    """As text, one word a line, or as CSV with languages; both can be taken in again."""
    ending = "csv" if request.GET.get("format") == "csv" else "txt"
    ordered = known.order_by("language", "word")
    body = lists.as_csv(ordered) if ending == "csv" else lists.as_text(ordered)
    kind = "text/csv" if ending == "csv" else "text/plain"
    disposition = content_disposition_header(True, f"{name}.{ending}") or "attachment"
    headers = {"Content-Disposition": disposition}
    return HttpResponse(BOM + body, content_type=f"{kind}; charset=utf-8", headers=headers)


@require_POST
def word_forget(request: TeacherRequest, pk: int) -> HttpResponse:
    word = get_object_or_404(lists.known_to(request.user), pk=pk)
    lists.forget(word)
    said = _(
        "“%(word)s” is marked in checks from now on. Essays that were checked before show it "
        "when they are checked again."
    )
    messages.success(request, said % {"word": word.word})
    back = request.POST.get("from") == "batch" and word.batch_id
    return redirect("pages:batch-words", word.batch_id) if back else redirect("pages:words")
