"""Stored bytes: how many, whose, since when. The bytes themselves are not shown."""

from __future__ import annotations

from django.contrib import admin

from content.models import StoredContent
from events.admin import Microscope


@admin.register(StoredContent)
class StoredContentAdmin(Microscope):
    list_display = ("id", "owner", "content_type", "size_bytes", "created_at")
    list_select_related = ("owner",)
    list_filter = ("content_type",)
    search_fields = ("=id", "owner__email", "=sha256")
    raw_id_fields = ("owner",)
    ordering = ("-created_at",)
