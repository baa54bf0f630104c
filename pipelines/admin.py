"""Runs, their phases, and each text's step in a phase."""

from __future__ import annotations

from django.contrib import admin

from events.admin import Inlay, Microscope
from pipelines.models import EssayPhase, PhaseRun, PipelineRun


class PhaseRunInlay(Inlay):
    model = PhaseRun


@admin.register(PipelineRun)
class PipelineRunAdmin(Microscope):
    list_display = ("id", "batch", "requested", "outcome", "started_at", "ended_at")
    list_select_related = ("batch",)
    list_filter = ("outcome", "requested")
    search_fields = ("=id", "=batch__id", "batch__title", "batch__owner__email", "=correlation_id")
    raw_id_fields = ("batch", "requested_by")
    ordering = ("-started_at",)
    inlines = (PhaseRunInlay,)


@admin.register(PhaseRun)
class PhaseRunAdmin(Microscope):
    list_display = ("id", "run", "phase", "status", "started_at", "ended_at")
    list_select_related = ("run",)
    list_filter = ("phase", "status")
    search_fields = ("=run__id", "=run__batch__id", "run__batch__title", "run__batch__owner__email")
    raw_id_fields = ("run",)
    ordering = ("-pk",)


@admin.register(EssayPhase)
class EssayPhaseAdmin(Microscope):
    list_display = ("id", "phase_run", "text", "status", "attempts", "failure_code", "ended_at")
    list_select_related = ("phase_run", "text")
    list_filter = ("status", "phase_run__phase", "failure_code")
    search_fields = (
        "=id",
        "=phase_run__run__batch__id",
        "=text__essay__id",
        "phase_run__run__batch__title",
        "phase_run__run__batch__owner__email",
    )
    raw_id_fields = ("phase_run", "text")
    ordering = ("-phase_run_id", "text__essay__position")
