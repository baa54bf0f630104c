"""The versions of an essay's text: made once, never changed."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
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


def add(bodies: Mapping[UUID, str], *, source: EssayText.Source, by: User | None) -> None:
    """Insert the next version of each essay's text, under the lock of their batch.

    bodies: essay id → text, NFC, "\\n" line ends, paragraphs by a blank line.
    """
    earlier = EssayText.objects.filter(essay__in=bodies).order_by().values_list("essay")
    last = dict(earlier.annotate(last=Max("version")))
    bulk.insert(
        [
            EssayText(
                essay_id=essay_id,
                version=last.get(essay_id, 0) + 1,
                source=source,
                body=body,
                word_count=count_words(body),
                sha256=hashlib.sha256(body.encode()).hexdigest(),
                created_by=by,
            )
            for essay_id, body in bodies.items()
        ]
    )


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
    add({essay.pk: body}, source=EssayText.Source.EDITED, by=by)
    text = EssayText.objects.filter(essay=essay).latest("version")
    Essay.objects.filter(pk=essay.pk).update(current_text=text)
    publish(
        TextCorrected(batch_id=batch.pk, essay_id=essay.pk, version=text.version),
        actor_id=by.pk,
        correlation_id=batch.correlation_id,
    )
    return text
