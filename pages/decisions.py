"""What the teacher decides about a mark, and takes back; each answer shows where to go on."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from batches.errors import Conflict
from batches.models import Batch
from lifecycle.models import Essay
from pages.access import TeacherRequest, act, batch_of, essay_of, mark_of
from pages.essays import desk
from pages.forms import CorrectionForm
from pages.marks import button
from spellcheck import again, flow, verdicts, wordlist
from spellcheck.models import Misspelling, SpellcheckResult, Verdict
from spellcheck.verdicts import Seen

ACCEPTED, IGNORED = gettext_lazy("Accepted."), gettext_lazy("Ignored.")


def _seen(request: TeacherRequest) -> Seen | None:
    """The mark as it stood on the page on which somebody decided: "open", "accepted:because"."""
    if "seen" not in request.POST:
        return None
    decision, _colon, replacement = request.POST["seen"].partition(":")
    return decision, replacement


@require_POST
def mark_accept(request: TeacherRequest, pk: int) -> HttpResponse:
    mark, form = mark_of(request.user, pk), CorrectionForm(request.POST)
    replacement: str = form.cleaned_data["replacement"] if form.is_valid() else ""
    accept = wordlist.accept_all if "others" in request.POST else flow.accept
    seen = _seen(request)
    return _decide(
        request, mark, lambda: accept(mark, replacement, by=request.user, seen=seen), ACCEPTED
    )


@require_POST
def mark_ignore(request: TeacherRequest, pk: int) -> HttpResponse:
    mark, seen = mark_of(request.user, pk), _seen(request)
    return _decide(request, mark, lambda: flow.ignore(mark, by=request.user, seen=seen), IGNORED)


@require_POST
def mark_right(request: TeacherRequest, pk: int) -> HttpResponse:
    """The word is right: in this class, or always."""
    mark, always, seen = mark_of(request.user, pk), "always" in request.POST, _seen(request)
    declare = wordlist.declare_right
    return _decide(
        request, mark, lambda: declare(mark, always=always, by=request.user, seen=seen), IGNORED
    )


@require_POST
def mark_undo(request: TeacherRequest, pk: int) -> HttpResponse:
    mark, seen = mark_of(request.user, pk), _seen(request)
    return _decide(request, mark, lambda: flow.undo(mark, by=request.user, seen=seen), TAKEN_BACK)


TAKEN_BACK = gettext_lazy("Taken back.")


def _decide(
    request: TeacherRequest, mark: Misspelling, verb: Callable[[], object], said: str | Promise
) -> HttpResponse:
    """Call the verb; show the next mark, or, after an undo or a conflict, the same one."""
    done, failure = _call(verb)
    if isinstance(done, Verdict):
        said = _with_count(said, done.marks.count())
    return _shown(request, mark.result.text.essay, mark.pk, said=said, failure=failure)


@require_POST
def decision_undo(request: TeacherRequest, pk: int) -> HttpResponse:
    """Take back a line of the history as one step, wherever it was about; on an essay's page."""
    line = get_object_or_404(Verdict.objects.visible_to(request.user), pk=pk)
    marks = line.marks.filter(misspelling__result__text=F("essay__current_text"))
    first = marks.order_by("misspelling__start").filter(essay=_essay_named(request)).first()
    n_standing = line.marks.filter(undone_at=None).count()
    _done, failure = _call(lambda: verdicts.take_back(line.pk, by=request.user))
    if first is None:
        messages.info(request, failure or _with_count(TAKEN_BACK, n_standing))
        return redirect(line.batch)
    said = _with_count(TAKEN_BACK, n_standing)
    return _shown(request, first.essay, first.misspelling_id or 0, said=said, failure=failure)


def _essay_named(request: TeacherRequest) -> UUID | None:
    """The essay on whose page somebody undoes."""
    try:
        return UUID(request.POST.get("essay", ""))
    except ValueError:
        return None


def _call(verb: Callable[[], object]) -> tuple[object, str]:
    """What the verb returns, and why it was refused."""
    try:
        return verb(), ""
    except Conflict as conflict:
        return None, conflict.detail


def _with_count(said: str | Promise, n: int) -> str:
    return (
        f"{said} " + ngettext("%(n)d mark.", "%(n)d marks.", n) % {"n": n} if n > 1 else str(said)
    )


def _shown(
    request: TeacherRequest, essay: Essay, mark: int, *, said: str | Promise, failure: str
) -> HttpResponse:
    shown = desk(essay, mark)
    touched = next((m for m in shown.marks if m.pk == mark), None)
    if touched and not failure and not touched.is_open:
        shown.current = shown.open_after(touched)
    if not request.htmx:
        if failure:
            messages.error(request, failure)
        place = f"?mark={shown.current.pk}#note" if shown.current else ""
        return redirect(essay.get_absolute_url() + place)
    context = {"desk": shown, "failure": failure, "said": said}
    # Every mark may have been touched by a step that is taken back; of one word, by a decision.
    same = [m for m in shown.marks if touched is None or m.same_word(touched)]
    context["touched"] = [button(m, oob="true") for m in same]
    return render(request, "pages/_decided.html", context, status=409 if failure else 200)


# --- the check ------------------------------------------------------------------------------
BEGUN = gettext_lazy("The check has begun. What you decided stays.")
WAITS = gettext_lazy("The text is checked together with the essays that are still to come.")


@require_POST
def batch_check(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Check every text of a batch once more."""
    batch = batch_of(request.user, pk)
    return act(request, batch, lambda: _check_again(request, batch.pk))


@require_POST
def essay_check(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Check the text of one essay, for the first time or once more."""
    essay = essay_of(request.user, pk)
    _done, failure = _call(lambda: _check_again(request, essay.batch_id, [essay.pk]))
    if failure:
        messages.error(request, failure)
    return redirect(essay)


def _check_again(
    request: TeacherRequest, batch_id: UUID, essay_ids: list[UUID] | None = None
) -> None:
    again.check_again(batch_id, by=request.user, essay_ids=essay_ids)
    waiting = Batch.objects.filter(pk=batch_id, status=Batch.Status.AWAITING_CONTENT_VALIDATION)
    messages.success(request, WAITS if waiting.exists() else BEGUN)


@require_POST
def essay_seen(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """The teacher has read which decisions did not survive a correction of the text."""
    essay, shown = essay_of(request.user, pk), request.POST.get("n_seen", "")
    for result in SpellcheckResult.objects.filter(text=essay.current_text_id or 0):
        again.seen(result, int(shown) if shown.isdecimal() else 0)
    return redirect(essay)
