"""Batches as rows. What may be done to them is done by verbs, on the pages or by the API."""

from __future__ import annotations

from django.contrib import admin

from batches.models import Batch
from events.admin import Microscope


@admin.register(Batch)
class BatchAdmin(Microscope):
    list_display = (
        "name",
        "owner",
        "status",
        "language",
        "expected_essay_count",
        "registered_at",
    )
    list_select_related = ("owner",)
    list_filter = ("status", "language", "course_code")
    search_fields = ("=id", "title", "course_code", "class_designation", "owner__email")
    raw_id_fields = ("owner",)
    date_hierarchy = "registered_at"
