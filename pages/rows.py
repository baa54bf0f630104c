"""The lines of a batch's page: each essay with its file, its state and its counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.urls import reverse

from batches.models import Batch
from files.models import Upload
from lifecycle.models import Essay
from pages import words
from pages.states import NEEDS_YOU, Standing, State, standings
from pipelines import outcomes
from spellcheck.models import Misspelling, SpellcheckResult


@dataclass(frozen=True, slots=True)
class Row:
    essay: Essay
    state: State
    upload: Upload | None
    n_words: int | None
    n_marks: int | None
    n_open: int | None
    is_outdated: bool  # another check was asked for and did not finish
    urls: Mapping[str, str]  # of the essay's pages and actions, by the last part of their names

    @property
    def label(self) -> str:
        return words.name_of(self.essay)

    @property
    def needs_you(self) -> bool:
        return self.state in NEEDS_YOU

    @property
    def problem(self) -> str:
        """What is wrong and what to do, when it needs the teacher."""
        if self.state == State.UNCHECKED:
            return str(words.GAVE_UP)
        return words.problem_of(self.essay, self.upload) if self.needs_you else ""

    @property
    def notices(self) -> list[str]:
        """What the teacher should look at in the text, in a few words."""
        found = words.notices(self.upload) if self.upload and self.upload.warnings else []
        return [*found, str(words.OUTDATED)] if self.is_outdated else found

    @property
    def reading(self) -> str:
        """How far the reading of the file is, where that takes a while or waits for somebody."""
        if self.state != State.READING or self.upload is None:
            return ""
        if self.upload.failure_code:
            return words.problem(self.upload.failure_code)
        return "" if self.upload.pages_done is None else words.page_of_scan(self.upload)

    @property
    def is_long(self) -> bool:
        """Its file is read in the long queue, by itself or as pictures."""
        upload = self.upload
        return upload is not None and upload.status == Upload.Status.RECEIVED and upload.is_long

    @property
    def may_be_tried(self) -> bool:
        """Reading the same file again may end otherwise."""
        return self.needs_you and self.essay.failure_code in words.TRYING_HELPS

    @property
    def has_text(self) -> bool:
        return self.n_words is not None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a batch's page shows of its essays."""

    rows: Sequence[Row]
    standing: Standing
    excess: Sequence[Upload]

    @property
    def needing(self) -> list[Row]:
        return [row for row in self.rows if row.needs_you]

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.rows if row.state == State.MISSING]

    @property
    def reads_long(self) -> bool:
        """A scan or a document of many pages is being read."""
        return any(row.is_long for row in self.rows)

    @property
    def n_to_try(self) -> int:
        return sum(row.may_be_tried for row in self.rows)

    @property
    def n_needs(self) -> int:
        return len(self.needing) + len(self.excess)

    @property
    def n_open(self) -> int:
        return sum(row.n_open or 0 for row in self.rows)

    @property
    def n_marks(self) -> int:
        return sum(row.n_marks or 0 for row in self.rows)

    @property
    def n_words(self) -> int:
        return sum(row.n_words or 0 for row in self.rows)

    @property
    def next_open(self) -> Essay | None:
        """The first essay with a mark to decide."""
        return next((row.essay for row in self.rows if row.n_open), None)

    @property
    def first_checked(self) -> Essay | None:
        return next((row.essay for row in self.rows if row.state == State.CHECKED), None)


# All that a page asks of them: half of the columns are half of the time.
_OF_AN_ESSAY = (
    "batch_id",
    "position",
    "reference",
    "file_name",
    "status",
    "failure_code",
    "current_text__word_count",
    "current_text__spellcheck__flagged_count",
    "current_text__spellcheck__asked_again_at",
)
_OF_AN_UPLOAD = (
    "batch_id",
    "essay_id",
    "raw_id",
    "original_name",
    "size_bytes",
    "page_count",
    "pages_done",
    "is_long",
    "warnings",
    "status",
    "failure_code",
    "failure_detail",
)


def board(batch: Batch) -> Board:
    """Read with the same number of queries for three essays and for three hundred."""
    standing = standings([batch])[batch.pk]
    uploads = batch.uploads.exclude(status=Upload.Status.REMOVED).only(*_OF_AN_UPLOAD)
    uploads = uploads.order_by("received_at", "pk")
    by_essay = {upload.essay_id: upload for upload in uploads if upload.essay_id}
    essays = batch.essays.select_related("current_text__spellcheck").only(*_OF_AN_ESSAY)
    n_open, urls = open_marks(batch), _Addresses()
    rows = []
    for essay in sorted(essays, key=words.in_order):
        essay.batch = batch
        text = essay.current_text
        result = getattr(text, "spellcheck", None)
        upload = by_essay.get(essay.pk)
        rows.append(
            Row(
                essay=essay,
                state=standing.by_essay.get(essay.pk, State.MISSING),
                upload=upload,
                n_words=text.word_count if text else None,
                n_marks=result.flagged_count if result else None,
                n_open=n_open[text.pk] if text and result else None,
                is_outdated=is_outdated(batch, result),
                urls=urls(essay, upload),
            )
        )
    excess = [upload for upload in uploads if upload.status == Upload.Status.EXCESS]
    return Board(rows, standing, excess)


def is_outdated(batch: Batch, result: SpellcheckResult | None) -> bool:
    """Another check was asked for, and none is under way any more: it failed or was cancelled."""
    is_over = batch.status in outcomes.MAY_CHANGE
    return is_over and result is not None and result.asked_again_at is not None


class _Addresses:
    """The addresses of an essay; each pattern is reversed once, not once for every row."""

    def __init__(self) -> None:
        names = ("essay", "essay-file", "essay-text", "essay-original", "essay-absent")
        self._of_essay = [(name.rpartition("-")[2], _pattern(name)) for name in names]
        self._of_file = [(name, _pattern(f"file-{name}")) for name in ("retry", "remove")]

    def __call__(self, essay: Essay, upload: Upload | None) -> dict[str, str]:
        urls = {name: pattern.replace(_NIL, str(essay.pk)) for name, pattern in self._of_essay}
        if upload is not None:
            urls |= {name: url.replace(_NIL, str(upload.pk)) for name, url in self._of_file}
        return urls


_NIL = str(UUID(int=0))


def _pattern(name: str) -> str:
    return reverse(f"pages:{name}", args=[_NIL])


def open_marks(*batches: Batch) -> Counter[int]:
    """Text → marks that nobody has decided yet, of the current texts of these batches."""
    rows = (
        Misspelling.objects.filter(
            decision=Misspelling.Decision.OPEN,
            result__text__in=Essay.objects.filter(batch__in=batches).values("current_text"),
        )
        .order_by()
        .values_list("result__text")
        .annotate(n=Count("pk"))
    )
    return Counter(dict(rows))
