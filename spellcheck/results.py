"""What a check found is stored, and what had been decided about the same words stays decided.

Another version of a text takes the decisions over where a word and the words beside it stand
unchanged; the same text checked again keeps them all. What finds no place is written down for the
teacher, so that nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from events import bulk, correlation
from events.bus import publish
from events.topics import EssaySpellcheckCompleted
from jobs.attempts import Done
from lifecycle.models import EssayText
from pipelines.models import EssayPhase
from spellcheck import carry, engine
from spellcheck.models import Misspelling, SpellcheckResult, VerdictMark

Decision = Misspelling.Decision

MAX_WORD_CHARS = 200  # longer runs of letters are no words; they are left out of the result


@dataclass(frozen=True, slots=True)
class _Kept:
    """A mark that was decided, and where it stands in the text that has been checked now."""

    mark: Misspelling
    start: int

    @property
    def end(self) -> int:
        return self.start + self.mark.length


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a text."""

    report: engine.SpellReport
    probable_language: str = ""  # when the text seems to be written in another


def store_all(ended: Sequence[Done[EssayPhase, Checked]]) -> None:
    """Write the results of texts of one batch, their first or others, under the batch's lock."""
    essays = [done.row.text.essay_id for done in ended]
    earlier = SpellcheckResult.objects.filter(text__essay__in=essays)
    known = set(earlier.values_list("text__essay", flat=True)) if essays else set()
    _store_first([done for done in ended if done.row.text.essay_id not in known])
    for done in ended:
        if done.row.text.essay_id in known:
            with correlation.carrying(done.correlation_id):
                _store_again(done)


def _store_first(ended: Sequence[Done[EssayPhase, Checked]]) -> None:
    """Nothing is known of these essays yet, so nothing has to be carried over."""
    found = {done.row.text.pk: _found(done.result) for done in ended}
    results = SpellcheckResult.objects.bulk_create(
        SpellcheckResult(
            text=done.row.text,
            flagged_count=len(found[done.row.text.pk]),
            **_measured(done),
        )
        for done in ended
    )
    _insert(_new(result, item) for result in results for item in found[result.text_id])
    for result, done in zip(results, ended, strict=True):
        with correlation.carrying(done.correlation_id):
            _publish(done, result)


def _store_again(done: Done[EssayPhase, Checked]) -> None:
    text, checked = done.row.text, done.result
    before = _before(text)
    kept, lost = _kept(before, text)
    found = _found(checked)
    kept, other = _same_objection(kept, found)
    result, _is_new = SpellcheckResult.objects.update_or_create(
        text=text,
        defaults={
            **_measured(done),
            "flagged_count": 0,  # counted below
            "not_kept": [*(before.not_kept if before else []), *map(_told, [*lost, *other])],
            "asked_again_at": None,
            "created_at": timezone.now(),
        },
    )
    if before is not None and before.pk == result.pk:
        _renew(result, kept, found)
    else:
        _add(result, kept, found)
    result.flagged_count = result.misspellings.count()
    SpellcheckResult.objects.filter(pk=result.pk).update(flagged_count=result.flagged_count)
    _publish(done, result)


def _found(checked: Checked) -> list[engine.Misspelling]:
    return [item for item in checked.report.misspellings if item.length <= MAX_WORD_CHARS]


def _measured(done: Done[EssayPhase, Checked]) -> dict[str, Any]:
    report = done.result.report
    return {
        "language": report.language,
        "probable_language": done.result.probable_language,
        "word_count": done.row.text.word_count,  # counted once, by the rule of lifecycle/words.py
        "engine": report.engine,
        "processing_ms": done.ms,
    }


def _publish(done: Done[EssayPhase, Checked], result: SpellcheckResult) -> None:
    text = done.row.text
    publish(
        EssaySpellcheckCompleted(
            batch_id=done.row.phase_run.run.batch_id,
            essay_id=text.essay_id,
            text_id=text.pk,
            word_count=text.word_count,
            flagged_count=result.flagged_count,
        )
    )


def _before(text: EssayText) -> SpellcheckResult | None:
    """The last result of this text, or else of the version before it that was checked."""
    versions = SpellcheckResult.objects.filter(
        text__essay=text.essay_id, text__version__lte=text.version
    )
    return versions.select_related("text").order_by("-text__version").first()


def _kept(
    before: SpellcheckResult | None, text: EssayText
) -> tuple[list[_Kept], list[Misspelling]]:
    """The decided marks that have a place in the text, and those that have none."""
    if before is None:
        return [], []
    decided = list(before.misspellings.exclude(decision=Decision.OPEN).order_by("start"))
    if before.text_id == text.pk:
        return [_Kept(mark, mark.start) for mark in decided], []
    spans = [(mark.start, mark.length) for mark in decided]
    kept: list[_Kept] = []
    lost = []
    placed = zip(decided, carry.places(before.text.body, text.body, spans), strict=True)
    for mark, start in sorted(placed, key=lambda pair: pair[1] or 0):
        if start is None or (kept and start < kept[-1].end):
            lost.append(mark)
        else:
            kept.append(_Kept(mark, start))
    return kept, lost


def _same_objection(
    kept: Sequence[_Kept], found: Iterable[engine.Misspelling]
) -> tuple[list[_Kept], list[Misspelling]]:
    """A correction stands whatever the check says now; who ignored one objection may want to see
    another: such marks come second."""
    kinds = {(item.start, item.length): item.kind for item in found}
    stays: list[_Kept] = []
    other: list[Misspelling] = []
    for item in kept:
        kind = kinds.get((item.start, item.mark.length), item.mark.kind)
        if kind == item.mark.kind or item.mark.decision == Decision.ACCEPTED:
            stays.append(item)
        else:
            other.append(item.mark)
    return stays, other


def _told(mark: Misspelling) -> dict[str, str]:
    return {"word": mark.word, "decision": mark.decision, "replacement": mark.replacement}


# --- marks ----------------------------------------------------------------------------------
def _add(
    result: SpellcheckResult, kept: Sequence[_Kept], found: Sequence[engine.Misspelling]
) -> None:
    """The marks of a text that had none: what was decided before, then what is new."""
    now = {(item.start, item.length): item for item in found}
    carried = [_moved(result, item, now.get((item.start, item.mark.length))) for item in kept]
    Misspelling.objects.bulk_create(carried)
    _insert(_new(result, item) for item in _beside(kept, found))
    successor = {item.mark.pk: mark for item, mark in zip(kept, carried, strict=True)}
    lines = list(VerdictMark.objects.filter(misspelling__in=list(successor)))
    for line in lines:
        line.misspelling = successor[line.misspelling_id or 0]
    VerdictMark.objects.bulk_update(lines, ["misspelling"], batch_size=500)


def _renew(
    result: SpellcheckResult, kept: Sequence[_Kept], found: Sequence[engine.Misspelling]
) -> None:
    """The marks of a text that is checked again; those that are found again stay the same rows."""
    decided = {item.mark.pk for item in kept}
    old = {(mark.start, mark.length): mark for mark in result.misspellings.all()}
    wanted = {(item.start, item.length): item for item in _beside(kept, found)}
    gone = [m.pk for place, m in old.items() if place not in wanted and m.pk not in decided]
    result.misspellings.filter(pk__in=gone).delete()
    again = [mark for place, mark in old.items() if place in wanted]
    for mark in again:
        item = wanted[mark.start, mark.length]
        mark.kind, mark.suggestions = item.kind, list(item.suggestions)
    Misspelling.objects.bulk_update(again, ["kind", "suggestions"], batch_size=500)
    _open([mark for mark in again if mark.decision != Decision.OPEN])
    new = [item for place, item in wanted.items() if place not in old]
    _insert(_new(result, item) for item in new)


def _open(marks: Collection[Misspelling]) -> None:
    """Ignored once as something else: there is another objection now."""
    ids = [mark.pk for mark in marks]
    VerdictMark.objects.filter(misspelling__in=ids, undone_at=None).update(undone_at=timezone.now())
    Misspelling.objects.filter(pk__in=ids).update(
        decision=Decision.OPEN, replacement="", decided_by=None, decided_at=None
    )


def _beside(kept: Sequence[_Kept], found: Iterable[engine.Misspelling]) -> list[engine.Misspelling]:
    """What was found where nothing is decided."""
    taken = {place for item in kept for place in range(item.start, item.end)}
    return [item for item in found if taken.isdisjoint(range(item.start, item.start + item.length))]


def _moved(result: SpellcheckResult, kept: _Kept, item: engine.Misspelling | None) -> Misspelling:
    mark = kept.mark
    return Misspelling(
        result=result,
        start=kept.start,
        length=mark.length,
        word=mark.word,
        suggestions=list(item.suggestions) if item else mark.suggestions,
        kind=item.kind if item else mark.kind,
        decision=mark.decision,
        replacement=mark.replacement,
        decided_by_id=mark.decided_by_id,
        decided_at=mark.decided_at,
    )


_NEW = ("result_id", "start", "length", "word", "suggestions", "kind")


def _new(result: SpellcheckResult, item: engine.Misspelling) -> tuple[object, ...]:
    """An open mark, as columns: most rows of the house are such."""
    return result.pk, item.start, item.length, item.word, list(item.suggestions), item.kind


def _insert(new: Iterable[tuple[object, ...]]) -> None:
    bulk.insert_values(Misspelling, _NEW, list(new))
