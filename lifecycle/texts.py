"""The versions of an essay's text: made once, never changed."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from batches.errors import Conflict
from batches.models import Batch
from events import bulk
from events.bus import publish
from events.topics import TextCorrected
from lifecycle.models import Essay, EssayText
from lifecycle.words import count_words


@dataclass(frozen=True, slots=True)
class Content:
    """What an essay's file was read into: NFC, "\\n" line ends, paragraphs by a blank line."""

    essay: Essay
    body: str
    ms: int | None  # that reading took; None: it is no measure for other files
    storage_reference: str
    correlation_id: UUID


def add_read(contents: Iterable[Content]) -> None:
    """Insert the next version of each essay's text, under the lock of their batch."""
    source = EssayText.Source.EXTRACTED
    _insert(
        EssayText(essay=read.essay, source=source, body=read.body, reading_ms=read.ms)
        for read in contents
    )


def _insert(new: Iterable[EssayText]) -> None:
    """With their versions, and what is counted in them."""
    texts = list(new)
    earlier = EssayText.objects.filter(essay__in=[text.essay_id for text in texts]).order_by()
    last = dict(earlier.values_list("essay").annotate(last=Max("version")))
    for text in texts:
        text.version = last.get(text.essay_id, 0) + 1
        text.word_count = count_words(text.body)
        text.sha256 = hashlib.sha256(text.body.encode()).hexdigest()
    bulk.insert(texts)


def newest() -> Subquery:
    """The id of an essay's newest text, in a query of essays."""
    versions = EssayText.objects.filter(essay=OuterRef("pk")).order_by("-version")
    return Subquery(versions.values("pk")[:1])


def correct(batch: Batch, essay: Essay, body: str, *, by: User) -> EssayText:
    """Give the essay a new version of its text, corrected by hand. Raises Conflict."""
    body = unicodedata.normalize("NFC", body.replace("\r\n", "\n")).strip()
    if essay.status != Essay.Status.READY_FOR_PROCESSING:
        raise Conflict("no_text", _("This essay has no text yet that could be corrected."))
    if not body:
        raise Conflict(
            "empty_text", _("The text is empty. To take the essay out, remove its file.")
        )
    _insert([EssayText(essay=essay, source=EssayText.Source.EDITED, body=body, created_by=by)])
    text = EssayText.objects.filter(essay=essay).latest("version")
    Essay.objects.filter(pk=essay.pk).update(current_text=text)
    publish(
        TextCorrected(batch_id=batch.pk, essay_id=essay.pk, version=text.version),
        actor_id=by.pk,
        correlation_id=batch.correlation_id,
    )
    return text
