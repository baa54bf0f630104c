"""Results and what the teacher decided; the pupils' sentences stay out."""

from __future__ import annotations

from django.contrib import admin

from events.admin import Microscope
from spellcheck.models import KnownWord, Misspelling, SpellcheckResult, Verdict, VerdictMark


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


@admin.register(Verdict)
class VerdictAdmin(Microscope):
    list_display = ("id", "batch", "outcome", "scope", "word", "replacement", "by", "at")
    list_select_related = ("batch", "by")
    list_filter = ("outcome", "scope")
    search_fields = ("=word", "batch__title", "batch__owner__email", "by__email")
    raw_id_fields = ("batch", "known_word", "by")
    ordering = ("-pk",)


@admin.register(VerdictMark)
class VerdictMarkAdmin(Microscope):
    list_display = ("id", "verdict", "essay", "misspelling", "undone_by", "undone_at")
    list_select_related = ("verdict", "essay", "misspelling", "undone_by")
    search_fields = ("=verdict__id", "=essay__id", "=verdict__word")
    raw_id_fields = ("verdict", "essay", "misspelling", "undone_by")
    ordering = ("-pk",)
