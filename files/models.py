"""Uploads: every file, pasted text or archive member that came in, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent
from lifecycle.models import Essay


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User) -> UploadQuerySet:
        return self.filter(batch__in=Batch.objects.visible_to(user))

    def live(self) -> UploadQuerySet:
        """Those whose bytes count: the same bytes again would be a duplicate."""
        return self.filter(status__in=LIVE)

    def short(self) -> UploadQuerySet:
        """Those that are to be read in the short queue, as all are at first."""
        return self.filter(status=Upload.Status.RECEIVED, is_long=False)

    def long(self) -> UploadQuerySet:
        """Those that are to be read in the long queue: scans, and PDFs of many pages."""
        return self.filter(status=Upload.Status.RECEIVED, is_long=True)

    def unscanned(self) -> UploadQuerySet:
        """Those whose bytes are kept, though no virus scanner saw them: nobody had to read them."""
        is_kept = self.filter(raw__isnull=False, raw__scanned_at=None)
        return is_kept.filter(status__in=[_S.EXTRACTED, _S.FAILED, _S.EXCESS])

    def held_by(self, essay: Essay) -> UploadQuerySet:
        """Those that stand in the essay's slot now."""
        return self.filter(essay=essay).exclude(status=Upload.Status.REMOVED)


class Upload(models.Model):
    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        EXTRACTED = "extracted", _("Read")
        FAILED = "failed", _("Could not be read")
        EXCESS = "excess", _("One too many")
        REMOVED = "removed", _("Removed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="uploads")
    essay = models.ForeignKey(
        Essay, null=True, blank=True, on_delete=models.SET_NULL, related_name="uploads"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    raw = models.ForeignKey(
        StoredContent, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    original_name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    copy = models.PositiveSmallIntegerField(default=0)
    media_type = models.CharField(max_length=100, blank=True)
    page_count = models.PositiveIntegerField(null=True, blank=True)
    # The short task has found that others should not wait for its reading.
    is_long = models.BooleanField(default=False)
    # Of a scan, while it is read page by page; null: the file is not read as one.
    pages_done = models.PositiveIntegerField(null=True, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    # The first words that nobody sees in the file; beside the warning "hidden_text", never logged.
    hidden_words = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVED)
    failure_code = models.CharField(max_length=30, blank=True)
    failure_detail = models.CharField(max_length=500, blank=True)
    # Of the request that handed it in, or asked for another try; null: nobody's, the batch's then.
    correlation_id = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(
                fields=["batch", "queued_at"],
                condition=Q(status="received"),
                name="upload_work_of_a_batch",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "sha256", "copy"],
                condition=Q(status__in=["received", "extracted", "excess"]),
                name="upload_bytes_are_live_once_in_a_batch",
            ),
            models.UniqueConstraint(
                fields=["essay"],
                condition=Q(status__in=["received", "extracted", "failed"]),
                name="upload_is_alone_in_its_slot",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["received", "extracted", "failed", "excess", "removed"]),
                name="upload_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(failure_code=""), name="upload_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


_S = Upload.Status

LIVE = (_S.RECEIVED, _S.EXTRACTED, _S.EXCESS)

NEXT: Mapping[Upload.Status, frozenset[Upload.Status]] = {
    _S.RECEIVED: frozenset({_S.EXTRACTED, _S.FAILED, _S.REMOVED}),
    _S.EXTRACTED: frozenset({_S.REMOVED}),
    _S.FAILED: frozenset({_S.RECEIVED, _S.REMOVED}),
    _S.EXCESS: frozenset({_S.RECEIVED, _S.REMOVED}),
    _S.REMOVED: frozenset(),
}
