"""Results and what the teacher decided; the pupils' sentences stay out."""

from __future__ import annotations

from django.contrib import admin

from events.admin import Microscope
from spellcheck.models import KnownWord, Misspelling, SpellcheckResult


@admin.register(SpellcheckResult)
class SpellcheckResultAdmin(Microscope):
    list_display = ("text", "language", "word_count", "flagged_count", "engine", "created_at")
    list_select_related = ("text",)
    list_filter = ("language", "engine")
    search_fields = (
        "=text__essay__id",
        "text__essay__batch__title",
        "text__essay__batch__owner__email",
    )
    raw_id_fields = ("text",)
    ordering = ("-created_at",)


@admin.register(Misspelling)
class MisspellingAdmin(Microscope):
    list_display = ("id", "result", "word", "kind", "decision", "replacement", "decided_at")
    list_select_related = ("result",)
    list_filter = ("decision", "kind", "result__language")
    search_fields = (
        "=word",
        "=result__text__essay__id",
        "result__text__essay__batch__title",
        "result__text__essay__batch__owner__email",
    )
    raw_id_fields = ("result", "decided_by")
    ordering = ("-pk",)


@admin.register(KnownWord)
class KnownWordAdmin(Microscope):
    list_display = ("word", "language", "batch", "owner")
    list_select_related = ("batch", "owner")
    list_filter = ("language",)
    search_fields = ("word", "batch__title", "owner__email", "batch__owner__email")
    raw_id_fields = ("owner", "batch")
