"""Exports as rows; their contents are pupils' texts and are not shown here."""

from __future__ import annotations

from django.contrib import admin

from events.admin import Microscope
from exports.models import Export, ExportPart


@admin.register(Export)
class ExportAdmin(Microscope):
    list_display = ("id", "batch", "kind", "status", "n_done", "n_total", "asked_at", "expires_at")
    list_select_related = ("batch",)
    list_filter = ("status", "kind", "language")
    search_fields = ("=id", "=batch__id", "batch__title", "batch__owner__email")
    raw_id_fields = ("batch", "asked_by", "content")
    date_hierarchy = "asked_at"


@admin.register(ExportPart)
class ExportPartAdmin(Microscope):
    list_display = ("id", "export", "content")
    search_fields = ("=export__id", "export__batch__title", "export__batch__owner__email")
    raw_id_fields = ("export", "content")
