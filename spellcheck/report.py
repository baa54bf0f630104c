"""What a class's marks say together: how many, which words, and what to practise next lesson.

Marks that the teacher ignored do not count. A mark's meaning is the correction that was accepted,
else the first suggestion. Examples are real sentences, chosen so that none can contain a name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

from batches.models import Batch
from lifecycle.models import Essay
from spellcheck.models import Misspelling
from spellcheck.patterns import Pattern, pattern_of

MAX_POINTS = 5
MAX_EXAMPLES = 3
MAX_PAIRS = 10
MAX_SENTENCE_CHARS = 160
MIN_SENTENCE_CHARS = 20

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Figures:
    """One essay's numbers."""

    essay: Essay
    n_words: int
    n_marks: int
    n_by_kind: Mapping[str, int] = field(default_factory=dict)
    engine: str = ""  # name and versions of what checked it
    probable_language: str = ""  # when it seems to be another than the batch's

    @property
    def per_100(self) -> float:
        return 100 * self.n_marks / self.n_words if self.n_words else 0.0


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How many marks of one kind, in how many essays."""

    kind: str
    n_marks: int
    n_essays: int

    @property
    def label(self) -> str:
        return str(Misspelling.Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Pair:
    """A word that was written and what was meant, in the whole class."""

    written: str
    meant: str
    kind: str
    n_essays: int
    n_times: int


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, cut round the word that is wrong in it."""

    before: str
    written: str
    meant: str
    after: str


@dataclass(frozen=True, slots=True)
class Point:
    """Something to practise, with the class's own words and sentences."""

    pattern: Pattern
    n_essays: int
    words: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Report:
    figures: Sequence[Figures]
    pairs: Sequence[Pair]
    points: Sequence[Point]
    n_open: int

    @property
    def n_words(self) -> int:
        return sum(row.n_words for row in self.figures)

    @property
    def n_marks(self) -> int:
        return sum(row.n_marks for row in self.figures)

    @property
    def engines(self) -> list[str]:
        """What checked the essays, in their versions; more than one after an update."""
        return sorted({row.engine for row in self.figures if row.engine})

    @property
    def kinds(self) -> list[KindFigures]:
        """The kinds of marks that there are, the most frequent first."""
        n_marks: Counter[str] = Counter()
        n_essays: Counter[str] = Counter()
        for row in self.figures:
            n_marks.update(row.n_by_kind)
            n_essays.update(row.n_by_kind.keys())
        found = [KindFigures(kind, n, n_essays[kind]) for kind, n in n_marks.items()]
        return sorted(found, key=lambda row: (-row.n_marks, row.kind))

    @property
    def median_words(self) -> float:
        return median(row.n_words for row in self.figures) if self.figures else 0.0

    @property
    def median_per_100(self) -> float:
        return median(row.per_100 for row in self.figures) if self.figures else 0.0


@dataclass(frozen=True, slots=True)
class _Slip:
    """A mark that counts, with what was meant."""

    item: Misspelling
    essay_id: UUID
    body: str
    meant: str

    @property
    def pair(self) -> tuple[str, str]:
        is_capital = self.item.word.lower() == self.meant.lower()
        if is_capital:
            return self.item.word, self.meant
        return self.item.word.lower(), self.meant.lower()

    @property
    def is_guess(self) -> bool:
        """Nobody has decided yet that this is what was meant."""
        return self.item.decision == Misspelling.Decision.OPEN

    @property
    def pattern(self) -> Pattern:
        return pattern_of(self.item.word, self.meant, self.item.kind)


def report(batch: Batch, *, max_pairs: int | None = MAX_PAIRS) -> Report:
    """The report of a batch's checked essays, in two queries. max_pairs: None means all."""
    essays = (
        batch.essays.ready()
        .filter(current_text__spellcheck__isnull=False)
        .select_related("current_text__spellcheck")
        .order_by("position")
    )
    results = [_of(essay) for essay in essays]
    items = Misspelling.objects.filter(result__in=results).order_by("result_id", "start")
    return report_of(essays, items, max_pairs=max_pairs)


def report_of(
    essays: Iterable[Essay], items: Iterable[Misspelling], *, max_pairs: int | None = MAX_PAIRS
) -> Report:
    """The report of essays that have been read already, with their results and marks.

    items: of all of them, by result and start. max_pairs: None means all.
    """
    by_result = {_of(essay): essay for essay in essays}
    counted = [item for item in items if item.decision != Misspelling.Decision.IGNORED]
    n_by_kind: defaultdict[int, Counter[str]] = defaultdict(Counter)
    slips = []
    for item in counted:
        n_by_kind[item.result_id][item.kind] += 1
        if meant := item.replacement or next(iter(item.suggestions), ""):
            essay = by_result[item.result_id]
            body = essay.current_text.body if essay.current_text else ""
            slips.append(_Slip(item, essay.pk, body, meant))
    figures = [_figures(essay, n_by_kind[result]) for result, essay in by_result.items()]
    n_open = sum(item.decision == Misspelling.Decision.OPEN for item in counted)
    return Report(figures, _pairs(slips)[:max_pairs], _points(slips), n_open)


def _figures(essay: Essay, n_by_kind: Counter[str]) -> Figures:
    text = essay.current_text
    if text is None:
        return Figures(essay, 0, 0)
    n_marks = n_by_kind.total()
    result = text.spellcheck
    return Figures(
        essay, text.word_count, n_marks, dict(n_by_kind), result.engine, result.probable_language
    )


def _of(essay: Essay) -> int:
    """The id of the result of an essay's current text."""
    text = essay.current_text
    return int(text.spellcheck.pk) if text is not None else 0


def _pairs(slips: Iterable[_Slip]) -> list[Pair]:
    by_pair: defaultdict[tuple[str, str], list[_Slip]] = defaultdict(list)
    for slip in slips:
        by_pair[slip.pair].append(slip)
    pairs = [
        Pair(*pair, some[0].item.kind, len({slip.essay_id for slip in some}), len(some))
        for pair, some in by_pair.items()
    ]
    pairs.sort(key=lambda pair: (-pair.n_essays, -pair.n_times, pair.written))
    return pairs


def _points(slips: Sequence[_Slip]) -> list[Point]:
    texts = _Texts(slips)
    by_pattern: defaultdict[Pattern, list[_Slip]] = defaultdict(list)
    for slip in slips:
        by_pattern[slip.pattern].append(slip)
    points = [
        Point(
            pattern,
            n_essays=len({slip.essay_id for slip in some}),
            words=tuple(pair.meant for pair in _pairs(some)[:5]),
            examples=tuple(_examples(some, texts)),
        )
        for pattern, some in by_pattern.items()
    ]
    points.sort(key=lambda point: (-point.n_essays, point.pattern))
    return points[:MAX_POINTS]


class _Texts:
    """What is known of the class's texts when a sentence is chosen from them."""

    def __init__(self, slips: Iterable[_Slip]) -> None:
        self.starts: defaultdict[UUID, list[int]] = defaultdict(list)
        bodies: dict[UUID, str] = {}
        for slip in slips:
            self.starts[slip.essay_id].append(slip.item.start)
            bodies[slip.essay_id] = slip.body
        words = (word for body in bodies.values() for word in _WORD.findall(body))
        self.plain = {word for word in words if word.islower()}

    def n_errors(self, essay_id: UUID, start: int, end: int) -> int:
        return sum(start <= at < end for at in self.starts[essay_id])


def _examples(slips: Sequence[_Slip], texts: _Texts) -> list[Example]:
    """Short sentences of different essays and words; decided ones without other errors first."""
    found: list[tuple[bool, int, int, Example, _Slip]] = []
    for slip in slips:
        if (cut := _sentence(slip, texts.plain)) is not None:
            n_errors = texts.n_errors(slip.essay_id, *cut)
            size = cut[1] - cut[0]
            found.append((slip.is_guess, n_errors, size, _example(slip, *cut), slip))
    found.sort(key=lambda row: row[:3])
    chosen: list[Example] = []
    seen: set[object] = set()
    for *_, example, slip in found:
        if not seen & {slip.essay_id, slip.pair} and len(chosen) < MAX_EXAMPLES:
            chosen.append(example)
            seen |= {slip.essay_id, slip.pair}
    return chosen


def _sentence(slip: _Slip, plain: Container[str]) -> tuple[int, int] | None:
    """Where the sentence round a slip begins and ends; None when it may contain a name.

    plain: the words that the class also writes in small letters, and that are no names therefore.
    """
    for match in _SENTENCE.finditer(slip.body):
        if match.start() <= slip.item.start < match.end():
            text = match.group().strip()
            fits = MIN_SENTENCE_CHARS <= len(text) <= MAX_SENTENCE_CHARS
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            return (start, match.end()) if fits and not _may_name(text, plain) else None
    return None


def _may_name(sentence: str, plain: Container[str]) -> bool:
    """Whether a capital may be a name's: within a sentence always, at its beginning when the word
    is nowhere written in small letters."""
    capitals = [word for word in _WORD.findall(sentence) if word[0].isupper() and word != "I"]
    first = _WORD.search(sentence)
    opens = bool(capitals and first and capitals[0] == first.group())
    return len(capitals) > opens or (opens and capitals[0].lower() not in plain)


def _example(slip: _Slip, start: int, end: int) -> Example:
    at, until = slip.item.start, slip.item.start + slip.item.length
    return Example(slip.body[start:at], slip.body[at:until], slip.meant, slip.body[until:end])
