"""Raw bytes that somebody handed in, kept in Django storage under random names."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class StoredContent(models.Model):
    class ContentType(models.TextChoices):
        RAW_UPLOAD_BLOB = "raw_upload_blob"
        ORIGINAL_ESSAY = "original_essay"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    storage_name = models.CharField(max_length=100, unique=True)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(
        max_length=30, choices=ContentType, default=ContentType.RAW_UPLOAD_BLOB
    )
    scanned_at = models.DateTimeField(null=True, blank=True)  # when a virus scanner let it pass
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "stored content"

    def __str__(self) -> str:
        return str(self.id)
