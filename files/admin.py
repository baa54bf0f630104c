"""Uploads, and the deletion of batches, which belongs here because files must go with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from batches.admin import BatchAdmin
from batches.models import Batch
from events.admin import Microscope
from files import flow
from files.models import Upload


@admin.register(Upload)
class UploadAdmin(Microscope):
    list_display = (
        "id",
        "batch",
        "status",
        "failure_code",
        "attempts",
        "received_at",
    )
    list_select_related = ("batch",)
    list_filter = ("status", "failure_code", "media_type")
    search_fields = ("=id", "=batch__id", "batch__title", "batch__owner__email", "=sha256")
    raw_id_fields = ("batch", "essay", "raw", "uploaded_by")
    ordering = ("-received_at",)
    exclude = ("hidden_words",)  # a pupil's text


Request = Any  # a Django request; rooms below the faces import nothing of HTTP

admin.site.unregister(Batch)


@admin.register(Batch)
class ErasableBatchAdmin(BatchAdmin):
    """A batch goes whole, by its verb: essays, results, rows of files and their bytes."""

    def has_delete_permission(self, request: Request, obj: Model | None = None) -> bool:
        return bool(request.user.has_perm("batches.delete_batch"))

    def get_deleted_objects(
        self, objs: Sequence[Batch] | QuerySet[Batch], request: Request
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What is asked about before: the batches by name, all else by its number."""
        ids = [batch.pk for batch in objs]
        counts = {
            str(_("batches")): len(ids),
            str(_("uploads")): Upload.objects.filter(batch__in=ids).count(),
        }
        return [str(batch) for batch in objs], counts, set(), []

    def delete_view(
        self, request: Request, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Without the transaction that Django puts round it: the verb's begins with the lock."""
        inner: Any = self._delete_view  # type: ignore[attr-defined]  # missing in the stubs
        return inner(request, object_id, extra_context)

    def delete_model(self, request: Request, obj: Batch) -> None:
        flow.erase_batch(obj.pk, by=request.user)

    def delete_queryset(self, request: Request, queryset: QuerySet[Batch]) -> None:
        for batch_id in list(queryset.values_list("pk", flat=True)):
            flow.erase_batch(batch_id, by=request.user)
