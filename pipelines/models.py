"""Runs of a pipeline over a batch: which phases, on which texts, and how each ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from batches.models import Batch
from lifecycle.models import EssayText


class PipelineRun(models.Model):
    class Outcome(models.TextChoices):
        COMPLETED_SUCCESSFULLY = "completed_successfully", _("Done")
        COMPLETED_WITH_PARTIAL_SUCCESS = "completed_with_partial_success", _("Done in part")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="runs")
    requested = models.CharField(max_length=50)
    phases = models.JSONField(default=list)  # names, in the order in which they were resolved
    text_ids = models.JSONField(default=list)  # exactly the texts that the run is about
    left_out = models.JSONField(default=list)  # texts that were there, and that nobody chose
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    correlation_id = models.UUIDField(default=uuid.uuid4)
    outcome = models.CharField(max_length=40, choices=Outcome, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pipeline run")
        verbose_name_plural = _("pipeline runs")
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch"],
                condition=Q(ended_at=None),
                name="pipelinerun_is_the_only_active_one_of_its_batch",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        "",
                        "completed_successfully",
                        "completed_with_partial_success",
                        "failed",
                        "cancelled",
                    ]
                ),
                name="pipelinerun_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | (~Q(ended_at=None) & ~Q(outcome="")),
                name="pipelinerun_ended_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requested} {self.id}"


class PhaseRun(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        IN_PROGRESS = "in_progress", _("Under way")
        COMPLETED_SUCCESSFULLY = "completed_successfully", _("Done")
        COMPLETED_WITH_PARTIAL_SUCCESS = "completed_with_partial_success", _("Done in part")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        SKIPPED = "skipped", _("Left out")

    run = models.ForeignKey(
        PipelineRun, on_delete=models.CASCADE, related_name="phase_runs", db_index=False
    )
    phase = models.CharField(max_length=50)
    status = models.CharField(max_length=40, choices=Status, default=Status.PENDING)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("phase of a run")
        verbose_name_plural = _("phases of runs")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "phase"], name="phaserun_phase_is_unique_in_its_run"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "in_progress",
                        "completed_successfully",
                        "completed_with_partial_success",
                        "failed",
                        "cancelled",
                        "skipped",
                    ]
                ),
                name="phaserun_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phase} of {self.run_id}"


_P = PhaseRun.Status
_ENDS = frozenset(
    {_P.COMPLETED_SUCCESSFULLY, _P.COMPLETED_WITH_PARTIAL_SUCCESS, _P.FAILED, _P.CANCELLED}
)

NEXT_OF_PHASE_RUN: Mapping[PhaseRun.Status, frozenset[PhaseRun.Status]] = {
    _P.PENDING: frozenset({_P.IN_PROGRESS, _P.SKIPPED, _P.CANCELLED}),
    _P.IN_PROGRESS: _ENDS,
    _P.COMPLETED_SUCCESSFULLY: frozenset(),
    _P.COMPLETED_WITH_PARTIAL_SUCCESS: frozenset(),
    _P.FAILED: frozenset(),
    _P.CANCELLED: frozenset(),
    _P.SKIPPED: frozenset(),
}


S = TypeVar("S", bound=models.TextChoices)


def may_become(target: S, table: Mapping[S, frozenset[S]]) -> list[S]:
    """The states from which a table allows `target`: what a guarded update filters by."""
    return [source for source, targets in table.items() if target in targets]


class EssayPhaseQuerySet(models.QuerySet["EssayPhase"]):
    def locked(self) -> EssayPhaseQuerySet:
        """In the one order in which whoever locks several rows does so: a task that begins without
        the batch's lock, and a person who holds it."""
        return self.order_by("pk").select_for_update(of=("self",))


class EssayPhase(models.Model):
    """One phase on one text. A newer text of the same essay has rows of its own."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        IN_PROGRESS = "in_progress", _("Under way")
        SUCCEEDED = "succeeded", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phase_run = models.ForeignKey(
        PhaseRun, on_delete=models.CASCADE, related_name="essay_phases", db_index=False
    )
    text = models.ForeignKey(EssayText, on_delete=models.CASCADE, related_name="phases")
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=30, blank=True)
    failure_detail = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    processing_ms = models.PositiveIntegerField(null=True, blank=True)

    objects = EssayPhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phase of an essay")
        verbose_name_plural = _("phases of essays")
        ordering = ["phase_run_id", "text_id"]
        indexes = [
            models.Index(
                fields=["phase_run", "queued_at"],
                condition=Q(status__in=["pending", "in_progress"]),
                name="essayphase_work_of_a_phase",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["phase_run", "text"], name="essayphase_text_is_unique_in_its_phase"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["pending", "in_progress", "succeeded", "failed", "cancelled"]
                ),
                name="essayphase_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(failure_code=""),
                name="essayphase_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


_E = EssayPhase.Status
ACTIVE = (_E.PENDING, _E.IN_PROGRESS)

NEXT_OF_ESSAY_PHASE: Mapping[EssayPhase.Status, frozenset[EssayPhase.Status]] = {
    _E.PENDING: frozenset({_E.IN_PROGRESS, _E.CANCELLED}),
    _E.IN_PROGRESS: frozenset({_E.SUCCEEDED, _E.FAILED, _E.CANCELLED}),
    _E.SUCCEEDED: frozenset(),
    _E.FAILED: frozenset({_E.IN_PROGRESS}),  # somebody asks again, while its phase goes on
    _E.CANCELLED: frozenset(),
}
