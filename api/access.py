"""Who may see what: every view gets its object here, or answers 404 as if it did not exist."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent
from exports.models import Export
from files.models import Upload
from lifecycle.models import Essay


def batch_of(user: User, pk: UUID) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(user), pk=pk)


def essay_of(user: User, pk: UUID) -> Essay:
    essays = Essay.objects.visible_to(user).select_related("batch", "current_text")
    return get_object_or_404(essays, pk=pk)


def upload_of(user: User, batch_id: UUID, pk: UUID) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(user), batch=batch_id, pk=pk)


def content_of(user: User, pk: UUID) -> StoredContent:
    return get_object_or_404(StoredContent, owner=user, pk=pk)


def export_of(user: User, pk: UUID) -> Export:
    mine = Export.objects.visible_to(user).select_related("batch", "content")
    return get_object_or_404(mine, pk=pk)
