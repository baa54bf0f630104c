"""A batch: one class's essays on one task, what is expected of it and where it stands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

MAX_ESSAYS = 1000  # a batch; a class has thirty, a year group three hundred
NO_SHARE = _("The threshold is a share above 0 and at most 1.")


def validate_share(value: float) -> None:
    if not 0 < value <= 1:
        raise ValidationError(NO_SHARE, code="no_share")


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: User) -> BatchQuerySet:
        """The one visibility rule: a teacher sees what he or she owns."""
        return self.filter(owner=user)

    def waiting_for_essays(self) -> BatchQuerySet:
        return self.filter(status=Batch.Status.AWAITING_CONTENT_VALIDATION)


class Batch(models.Model):
    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        SWEDISH = "sv", _("Swedish")

    class Priority(models.TextChoices):
        LOW = "low", _("Low")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")

    class Status(models.TextChoices):
        AWAITING_CONTENT_VALIDATION = "awaiting_content_validation", _("Waiting for essays")
        READY_FOR_PIPELINE_EXECUTION = "ready_for_pipeline_execution", _("Ready")
        PROCESSING_PIPELINES = "processing_pipelines", _("Checking")
        COMPLETED_SUCCESSFULLY = "completed_successfully", _("Done")
        COMPLETED_WITH_FAILURES = "completed_with_failures", _("Done, some essays failed")
        FAILED_CRITICALLY = "failed_critically", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="batches", db_index=False
    )
    title = models.CharField(_("name"), max_length=200, blank=True)
    course_code = models.CharField(_("course"), max_length=20, blank=True)
    class_designation = models.CharField(_("class"), max_length=50, blank=True)
    essay_instructions = models.TextField(_("task given to the pupils"), blank=True)
    language = models.CharField(_("language of the texts"), max_length=2, choices=Language)
    expected_essay_count = models.PositiveIntegerField(
        _("expected essays"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_ESSAYS)],
        help_text=_("Empty: you say when all files are in."),
    )
    status = models.CharField(
        max_length=40, choices=Status, default=Status.AWAITING_CONTENT_VALIDATION
    )
    requested_pipeline = models.CharField(max_length=50, default="spellcheck")
    auto_start = models.BooleanField(_("start by itself when all essays are in"), default=True)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    timeout_seconds = models.PositiveIntegerField(default=86_400)
    max_retries = models.PositiveSmallIntegerField(default=3)
    partial_batch_threshold = models.FloatField(default=0.8, validators=[validate_share])
    correlation_id = models.UUIDField(default=uuid.uuid4, editable=False)
    registered_at = models.DateTimeField(auto_now_add=True)
    readiness_timed_out_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-registered_at"]
        indexes = [
            models.Index(fields=["owner", "-registered_at"], name="batch_of_an_owner"),
            models.Index(
                fields=["status"],
                condition=Q(
                    status__in=[
                        "awaiting_content_validation",
                        "ready_for_pipeline_execution",
                        "processing_pipelines",
                    ]
                ),
                name="batch_that_has_not_ended",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "awaiting_content_validation",
                        "ready_for_pipeline_execution",
                        "processing_pipelines",
                        "completed_successfully",
                        "completed_with_failures",
                        "failed_critically",
                        "cancelled",
                    ]
                ),
                name="batch_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(language__in=["en", "sv"]), name="batch_language_is_known"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=["low", "normal", "high"]),
                name="batch_priority_is_known",
            ),
            models.CheckConstraint(
                condition=Q(expected_essay_count=None) | Q(expected_essay_count__gte=1),
                name="batch_expects_at_least_one_essay",
                violation_error_message=_("A batch needs at least one essay."),
            ),
            models.CheckConstraint(
                condition=Q(partial_batch_threshold__gt=0, partial_batch_threshold__lte=1),
                name="batch_threshold_is_a_share",
                violation_error_message=NO_SHARE,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pages:batch", args=[self.pk])

    @property
    def name(self) -> str:
        """What a person calls it: its title, or else course and class, or else language and day."""
        said = self.title or " ".join(filter(None, (self.course_code, self.class_designation)))
        return said or f"{self.get_language_display()} {timezone.localdate(self.registered_at)}"

    @property
    def is_open(self) -> bool:
        """No number is expected: the teacher says when all files are in."""
        return self.expected_essay_count is None

    @property
    def queue_window(self) -> int:
        """How many of its tasks stand in the queue at a time: its share of the workers."""
        return self._share_of(settings.QUEUE_WINDOW)

    @property
    def long_window(self) -> int:
        """The same of the long queue."""
        return self._share_of(settings.LONG_WINDOW)

    def _share_of(self, window: int) -> int:
        return max(1, int(window * WINDOW_SHARE[Batch.Priority(self.priority)]))

    @property
    def client_status(self) -> str:
        """The seven words that clients of the API see."""
        return CLIENT_STATUS[Batch.Status(self.status)]


# Of QUEUE_WINDOW and LONG_WINDOW: between two batches that wait, work is shared out as these are.
WINDOW_SHARE: Mapping[Batch.Priority, float] = {
    Batch.Priority.LOW: 0.5,
    Batch.Priority.NORMAL: 1,
    Batch.Priority.HIGH: 2,
}

_S = Batch.Status

NEXT: Mapping[Batch.Status, frozenset[Batch.Status]] = {
    _S.AWAITING_CONTENT_VALIDATION: frozenset(
        {_S.READY_FOR_PIPELINE_EXECUTION, _S.FAILED_CRITICALLY, _S.CANCELLED}
    ),
    _S.READY_FOR_PIPELINE_EXECUTION: frozenset(
        {
            _S.AWAITING_CONTENT_VALIDATION,
            _S.PROCESSING_PIPELINES,
            _S.COMPLETED_SUCCESSFULLY,  # nothing is left that lacks a check,
            _S.COMPLETED_WITH_FAILURES,  # or the rest cannot be read
            _S.FAILED_CRITICALLY,
            _S.CANCELLED,
        }
    ),
    _S.PROCESSING_PIPELINES: frozenset(
        {
            _S.COMPLETED_SUCCESSFULLY,
            _S.COMPLETED_WITH_FAILURES,
            _S.FAILED_CRITICALLY,
            _S.READY_FOR_PIPELINE_EXECUTION,  # the run was cancelled
        }
    ),
    # Among each other, and back to waiting, when slots or texts change after the end.
    _S.COMPLETED_SUCCESSFULLY: frozenset(
        {
            _S.PROCESSING_PIPELINES,
            _S.COMPLETED_WITH_FAILURES,
            _S.FAILED_CRITICALLY,
            _S.AWAITING_CONTENT_VALIDATION,
        }
    ),
    _S.COMPLETED_WITH_FAILURES: frozenset(
        {
            _S.PROCESSING_PIPELINES,
            _S.COMPLETED_SUCCESSFULLY,
            _S.FAILED_CRITICALLY,
            _S.AWAITING_CONTENT_VALIDATION,
        }
    ),
    _S.FAILED_CRITICALLY: frozenset({_S.PROCESSING_PIPELINES, _S.AWAITING_CONTENT_VALIDATION}),
    _S.CANCELLED: frozenset({_S.AWAITING_CONTENT_VALIDATION}),
}

CLIENT_STATUS: Mapping[Batch.Status, str] = {
    _S.AWAITING_CONTENT_VALIDATION: "pending_content",
    _S.READY_FOR_PIPELINE_EXECUTION: "ready",
    _S.PROCESSING_PIPELINES: "processing",
    _S.COMPLETED_SUCCESSFULLY: "completed_successfully",
    _S.COMPLETED_WITH_FAILURES: "completed_with_failures",
    _S.FAILED_CRITICALLY: "failed",
    _S.CANCELLED: "cancelled",
}
