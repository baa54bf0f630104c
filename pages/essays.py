"""One essay: its text as written, its marks, and what the teacher decides about each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from batches.errors import Conflict
from batches.models import Batch
from files.models import Upload
from lifecycle.models import Essay, EssayText
from pages import words
from pages.access import TeacherRequest, essay_of
from pages.forms import TextForm
from pages.history import Step, steps_of
from pages.marks import Mark, drawn, marks_of
from pages.rows import is_outdated, open_marks
from pages.states import State, standings
from pipelines import texts
from spellcheck import flow, wordlist
from spellcheck.models import SpellcheckResult, VerdictMark

BUSY = frozenset({Batch.Status.PROCESSING_PIPELINES, Batch.Status.AWAITING_CONTENT_VALIDATION})


@dataclass
class Desk:
    """An essay on the teacher's desk. text and result are None until they exist."""

    essay: Essay
    text: EssayText | None
    result: SpellcheckResult | None
    marks: list[Mark]
    current: Mark | None = None

    @cached_property
    def n_others(self) -> int:
        """Open marks of the current one's word elsewhere in the batch."""
        return wordlist.others(self.current.item).count() if self.current else 0

    @property
    def batch(self) -> Batch:
        return self.essay.batch

    @property
    def is_being_checked(self) -> bool:
        """A run is active, or the check begins by itself when the batch's essays are in."""
        return self.batch.status in BUSY

    @property
    def is_outdated(self) -> bool:
        return is_outdated(self.batch, self.result)

    @property
    def per_100(self) -> float:
        """Marks per 100 words."""
        n_words = self.text.word_count if self.text else 0
        return 100 * len(self.marks) / n_words if n_words else 0.0

    @cached_property
    def open(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.is_open]

    @property
    def decided(self) -> list[Mark]:
        return [mark for mark in self.marks if not mark.is_open]

    @property
    def accepted(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.is_accepted]

    @cached_property
    def history(self) -> list[Step]:
        """What was decided about the essay, latest first."""
        return steps_of(self.essay)

    @property
    def last_step(self) -> Step | None:
        """What “undo” would take back."""
        return next((step for step in self.history if step.may_be_undone), None)

    @cached_property
    def together(self) -> Step | None:
        """The step in which the current mark was decided, when it decided others too."""
        if self.current is None or self.current.is_open:
            return None
        lines = VerdictMark.objects.filter(misspelling=self.current.pk, undone_at=None)
        last = lines.order_by("-verdict_id").values_list("verdict", flat=True).first()
        found = (step for step in self.history if step.verdict.pk == last and step.n_standing > 1)
        return next(found, None)

    @cached_property
    def listed(self) -> list[str]:
        """Words that are marked here and have been called right since."""
        if not self.open:
            return []
        right = set(flow.known_words(self.batch))
        words = (mark.word for mark in self.open if wordlist.as_listed(mark.word) in right)
        return list(dict.fromkeys(words))

    @cached_property
    def next_to_decide(self) -> Essay | None:
        """The next essay of the batch with an open mark, round by its beginning."""
        n_open = open_marks(self.batch)
        siblings = in_order(self.batch)
        at = siblings.index(self.essay)
        rest = [*siblings[at + 1 :], *siblings[:at]]
        return next((essay for essay in rest if n_open[essay.current_text_id or 0]), None)

    @property
    def drawn(self) -> SafeString:
        return drawn(self.text.body if self.text else "", self.marks, self.current)

    def open_after(self, mark: Mark) -> Mark | None:
        """The next mark to decide: further on in the text, else from its beginning."""
        later = [other for other in self.open if other.number > mark.number]
        return next(iter([*later, *self.open]), None)

    def beside(self, step: int) -> Mark | None:
        """The mark before (-1) or after (1) the current one."""
        at = self.marks.index(self.current) + step if self.current else -1
        return self.marks[at] if 0 <= at < len(self.marks) else None

    @property
    def before(self) -> Mark | None:
        return self.beside(-1)

    @property
    def after(self) -> Mark | None:
        return self.beside(1)


def in_order(batch: Batch) -> list[Essay]:
    """The essays of a batch as its page lists them."""
    columns = batch.essays.only("batch", "file_name", "reference", "position", "current_text")
    return sorted(columns, key=words.in_order)


def desk(essay: Essay, mark_pk: str | int = "") -> Desk:
    """The essay with its text and marks; `mark_pk`, else the first open mark, is current."""
    texts = EssayText.objects.filter(pk=essay.current_text_id or 0)
    text = texts.select_related("spellcheck").first()
    result: SpellcheckResult | None = getattr(text, "spellcheck", None)
    marks: list[Mark] = []
    if text and result:
        marks = marks_of(text.body, list(result.misspellings.all()), essay.batch.language)
    found = Desk(essay, text, result, marks)
    chosen = (mark for mark in marks if str(mark.pk) == str(mark_pk))
    found.current = next(chosen, next(iter(found.open), None))
    return found


@require_GET
@vary_on_headers("HX-Request")
def essay(request: TeacherRequest, pk: UUID) -> HttpResponse:
    found = essay_of(request.user, pk)
    shown = desk(found, request.GET.get("mark", ""))
    if request.htmx:
        return render(request, "pages/_card.html", {"desk": shown})
    siblings = in_order(found.batch)
    at = siblings.index(found)
    state = standings([found.batch])[found.batch_id].by_essay[found.pk]
    upload = Upload.objects.held_by(found).first()
    context = {
        "desk": shown,
        "essay": found,
        "batch": found.batch,
        "upload": upload,
        "warnings": words.warnings(upload) if upload else [],
        "state": state,
        "problem": words.problem_of(found, upload) if state == State.UNREADABLE else "",
        "place": at + 1,
        "n_essays": len(siblings),
        "previous": siblings[at - 1] if at else None,
        "next": siblings[at + 1] if at + 1 < len(siblings) else None,
    }
    return render(request, "pages/essay.html", context)


# --- the text itself ----------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
def essay_text(request: TeacherRequest, pk: UUID) -> HttpResponse:
    """Correct what was read from the file; the version before is kept."""
    found = essay_of(request.user, pk)
    text = found.current_text
    if text is None:
        raise Http404
    form = TextForm(request.POST or None, initial={"body": text.body})
    if request.method == "POST" and form.is_valid():
        body: str = form.cleaned_data["body"]
        try:
            texts.correct(found.pk, body, by=request.user)
        except Conflict as conflict:
            messages.error(request, conflict.detail)
        return redirect(found)
    context = {"form": form, "essay": found, "batch": found.batch}
    return render(request, "pages/essay_text.html", context, status=422 if form.errors else 200)
