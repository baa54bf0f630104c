"""Essays and the versions of their texts. The texts themselves are the pupils', and not shown."""

from __future__ import annotations

from django.contrib import admin

from events.admin import Inlay, Microscope
from lifecycle.models import Essay, EssayText


class TextInlay(Inlay):
    model = EssayText
    exclude = ("body",)


@admin.register(Essay)
class EssayAdmin(Microscope):
    list_display = ("reference", "batch", "position", "status", "failure_code", "content_ready_at")
    list_select_related = ("batch",)
    list_filter = ("status", "failure_code")
    search_fields = ("=id", "=batch__id", "reference", "batch__title", "batch__owner__email")
    raw_id_fields = ("batch", "current_text")
    ordering = ("-batch__registered_at", "position")
    inlines = (TextInlay,)


@admin.register(EssayText)
class EssayTextAdmin(Microscope):
    list_display = ("id", "essay", "version", "source", "word_count", "created_at")
    list_select_related = ("essay",)
    list_filter = ("source",)
    search_fields = ("=essay__id", "essay__batch__title", "essay__batch__owner__email")
    raw_id_fields = ("essay", "created_by")
    exclude = ("body",)
    ordering = ("-created_at",)
