"""Essays: the slots of a batch, and the texts that were read from files or corrected by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from batches.models import Batch


class EssayQuerySet(models.QuerySet["Essay"]):
    def visible_to(self, user: User) -> EssayQuerySet:
        return self.filter(batch__in=Batch.objects.visible_to(user))

    def ready(self) -> EssayQuerySet:
        return self.filter(status=Essay.Status.READY_FOR_PROCESSING)

    def failed(self) -> EssayQuerySet:
        return self.filter(status=Essay.Status.CONTENT_INGESTION_FAILED)

    def free(self) -> EssayQuerySet:
        return self.filter(status=Essay.Status.AWAITING_CONTENT)


class Essay(models.Model):
    """A slot: one essay that a batch expects. Its status is about content only."""

    class Status(models.TextChoices):
        AWAITING_CONTENT = "awaiting_content", _("No file")
        CONTENT_INGESTING = "content_ingesting", _("Reading")
        READY_FOR_PROCESSING = "ready_for_processing", _("Read")
        CONTENT_INGESTION_FAILED = "content_ingestion_failed", _("Needs you")
        ABSENT = "absent", _("Absent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, related_name="essays", db_index=False
    )
    position = models.PositiveIntegerField()
    reference = models.CharField(max_length=200)
    file_name = models.CharField(max_length=255, blank=True)
    current_text = models.ForeignKey(
        "EssayText", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(max_length=30, choices=Status, default=Status.AWAITING_CONTENT)
    failure_code = models.CharField(max_length=30, blank=True)  # or, of a file, why it waits
    content_ready_at = models.DateTimeField(null=True, blank=True)

    objects = EssayQuerySet.as_manager()

    class Meta:
        verbose_name = _("essay")
        verbose_name_plural = _("essays")
        ordering = ["batch_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "position"], name="essay_position_is_unique_in_its_batch"
            ),
            models.UniqueConstraint(
                fields=["batch", "reference"], name="essay_reference_is_unique_in_its_batch"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "awaiting_content",
                        "content_ingesting",
                        "ready_for_processing",
                        "content_ingestion_failed",
                        "absent",
                    ]
                ),
                name="essay_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="content_ingestion_failed") | ~Q(failure_code=""),
                name="essay_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("pages:essay", args=[self.pk])

    @property
    def label(self) -> str:
        """What a person calls it: the name of its file, else its reference."""
        return self.file_name or self.reference


_S = Essay.Status

NEXT: Mapping[Essay.Status, frozenset[Essay.Status]] = {
    _S.AWAITING_CONTENT: frozenset({_S.CONTENT_INGESTING, _S.ABSENT}),
    _S.CONTENT_INGESTING: frozenset(
        {_S.READY_FOR_PROCESSING, _S.CONTENT_INGESTION_FAILED, _S.AWAITING_CONTENT}
    ),
    _S.READY_FOR_PROCESSING: frozenset({_S.AWAITING_CONTENT, _S.CONTENT_INGESTING}),
    _S.CONTENT_INGESTION_FAILED: frozenset({_S.AWAITING_CONTENT, _S.CONTENT_INGESTING, _S.ABSENT}),
    _S.ABSENT: frozenset({_S.AWAITING_CONTENT, _S.CONTENT_INGESTING}),
}


class EssayText(models.Model):
    """One version of an essay's text. Never updated: a correction is a new version."""

    class Source(models.TextChoices):
        EXTRACTED = "extracted", _("read from the file")
        EDITED = "edited", _("corrected by hand")

    essay = models.ForeignKey(Essay, on_delete=models.CASCADE, related_name="texts", db_index=False)
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=10, choices=Source)
    body = models.TextField()
    word_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # What its reading from the file took; null: unknown, corrected by hand, or in the long queue.
    reading_ms = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("text of an essay")
        verbose_name_plural = _("texts of essays")
        ordering = ["essay_id", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["essay", "version"], name="essaytext_version_is_unique_in_its_essay"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["extracted", "edited"]), name="essaytext_source_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.essay_id} v{self.version}"
