"""The versions of an essay's text: made once, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Max

from accounts.models import User
from lifecycle.models import EssayText
from lifecycle.words import count_words


def add(
    bodies: Mapping[UUID, str], *, source: EssayText.Source, by: User | None
) -> list[EssayText]:
    """The next version of each essay's text, under the lock of their batch.

    bodies: essay id → text, NFC, "\\n" line ends, paragraphs by a blank line.
    """
    earlier = EssayText.objects.filter(essay__in=bodies).order_by().values_list("essay")
    last = dict(earlier.annotate(last=Max("version")))
    return EssayText.objects.bulk_create(
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
    )
