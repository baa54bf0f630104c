"""The admin is a microscope: it shows rows, and changes nothing that a verb must change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model

from events.models import Event

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
else:
    _ModelAdmin, _TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnly:
    """No adding, no changing, no deleting, whoever asks."""

    def has_add_permission(self, request: object, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: object, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: Model | None = None) -> bool:
        return False


class Microscope(ReadOnly, _ModelAdmin):
    """What the rows of a model are seen through."""

    list_per_page = 50
    show_full_result_count = False


class Inlay(ReadOnly, _TabularInline):
    """Rows of another model under their parent's."""

    extra = 0
    show_change_link = True


@admin.register(Event)
class EventAdmin(Microscope):
    list_display = ("seq", "event_type", "event_timestamp", "batch_id", "essay_id", "actor_id")
    list_filter = ("event_type", "source_service")
    search_fields = ("=batch_id", "=essay_id", "=correlation_id")
    ordering = ("-seq",)
