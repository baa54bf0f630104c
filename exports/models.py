"""Exports: files that the worker makes of a batch, kept for a while for those who may see it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> ExportQuerySet:
        """Whoever may see the batch may have its exports."""
        return self.filter(batch__in=Batch.objects.visible_to(user))

    def pending(self) -> ExportQuerySet:
        return self.filter(status=Export.Status.PENDING)

    def failed(self) -> ExportQuerySet:
        return self.filter(status=Export.Status.FAILED)

    def kept(self, at: datetime | None = None) -> ExportQuerySet:
        """Those that can be downloaded."""
        return self.filter(status=Export.Status.READY, expires_at__gt=at or timezone.now())

    def expired(self, at: datetime | None = None) -> ExportQuerySet:
        return self.exclude(status=Export.Status.PENDING).filter(
            expires_at__lte=at or timezone.now()
        )

    def like(self, export: Export) -> ExportQuerySet:
        """Those of the same batch that would be the same file, this one among them."""
        return self.filter(batch=export.batch_id, kind=export.kind, language=export.language)


class Export(models.Model):
    class Kind(models.TextChoices):
        CSV = "csv", _("Class list")
        XLSX = "xlsx", _("Workbook for Excel")
        DOCX = "docx", _("Essays with comments")
        ZIP = "zip", _("Everything")

    class Status(models.TextChoices):
        PENDING = "pending", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="exports")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=2, choices=Batch.Language)  # of its headings and notes
    # Of what was exported; when the batch has another one, something has changed since.
    fingerprint = models.CharField(max_length=64)
    content = models.ForeignKey(
        StoredContent, null=True, blank=True, on_delete=models.PROTECT, related_name="exports"
    )
    n_done = models.PositiveIntegerField(default=0)  # essays
    n_total = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    failure_code = models.CharField(max_length=30, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # since it last got on
    asked_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "kind", "language"],
                condition=Q(status="pending"),
                name="export_is_made_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "ready", "failed"]),
                name="export_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["csv", "xlsx", "docx", "zip"]), name="export_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="ready")
                | Q(content__isnull=False, finished_at__isnull=False, expires_at__isnull=False),
                name="export_ready_has_a_file_and_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | (~Q(failure_code="") & Q(expires_at__isnull=False)),
                name="export_failed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(n_done__lte=F("n_total")), name="export_has_done_at_most_all"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_kept(self) -> bool:
        """It can be downloaded."""
        is_ready = self.status == Export.Status.READY
        return is_ready and self.expires_at is not None and self.expires_at > timezone.now()

    @property
    def file_name(self) -> str:
        """What it is called when it is saved; a name for people, never a path."""
        if self.kind == Export.Kind.DOCX:
            return f"{self.batch.name} Word.zip"
        return f"{self.batch.name}.{self.kind}"


class ExportPart(models.Model):
    """A few essays of an export that are done already, so that nobody has to begin again."""

    export = models.ForeignKey(
        Export, on_delete=models.CASCADE, related_name="parts", db_index=False
    )
    key = models.CharField(max_length=64)  # of what the part was made from
    content = models.ForeignKey(
        StoredContent, on_delete=models.PROTECT, related_name="export_parts"
    )

    class Meta:
        verbose_name = _("part of an export")
        verbose_name_plural = _("parts of exports")
        constraints = [
            models.UniqueConstraint(
                fields=["export", "key"], name="exportpart_is_unique_in_its_export"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


_S = Export.Status

NEXT: Mapping[Export.Status, frozenset[Export.Status]] = {
    _S.PENDING: frozenset({_S.READY, _S.FAILED}),
    _S.READY: frozenset(),
    _S.FAILED: frozenset(),
}

MEDIA_TYPES: Mapping[str, str] = {
    Export.Kind.CSV: "text/csv; charset=utf-8",
    Export.Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Kind.DOCX: "application/zip",
    Export.Kind.ZIP: "application/zip",
}
