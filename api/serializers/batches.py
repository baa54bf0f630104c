"""How a batch comes in and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers.fields import PipelineName
from batches.models import CLIENT_STATUS, MAX_ESSAYS, Batch
from lifecycle.readiness import Counts
from pipelines.models import PhaseRun, PipelineRun


class RegisterBatch(serializers.Serializer[Any]):
    course_code = serializers.CharField(
        max_length=20,
        default="",
        help_text="ENG5..7, SV1..3, SVE or SVA, which say the language. Needed without `language`.",
    )
    language = serializers.ChoiceField(
        Batch.Language.choices, required=False, help_text="Wins over the course code's."
    )
    expected_essay_count = serializers.IntegerField(
        min_value=1,
        max_value=MAX_ESSAYS,
        allow_null=True,
        required=False,
        help_text="Without it and without essay_ids: open, until the batch is closed.",
    )
    essay_ids = serializers.ListField(
        child=serializers.CharField(),
        max_length=MAX_ESSAYS,
        required=False,
        help_text="Your references, unique, as many as expected. Made up when not given.",
    )
    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    class_designation = serializers.CharField(max_length=50, allow_blank=True, required=False)
    essay_instructions = serializers.CharField(allow_blank=True, required=False)
    requested_pipeline = PipelineName(required=False)
    auto_start = serializers.BooleanField(required=False)
    priority = serializers.ChoiceField(
        Batch.Priority.choices,
        required=False,
        help_text="Its share of the work while others wait: half, one (when not given), or twice.",
    )
    timeout_seconds = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    max_retries = serializers.IntegerField(min_value=0, max_value=100, required=False)
    partial_batch_threshold = serializers.FloatField(required=False, help_text="Above 0, up to 1.")


class Registered(serializers.Serializer[Any]):
    batch_id = serializers.UUIDField()
    correlation_id = serializers.UUIDField()
    status = serializers.ChoiceField(["registered"])


class ChangeBatch(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    class_designation = serializers.CharField(max_length=50, allow_blank=True, required=False)
    essay_instructions = serializers.CharField(allow_blank=True, required=False)
    expected_essay_count = serializers.IntegerField(
        min_value=1,
        max_value=MAX_ESSAYS,
        required=False,
        help_text="More adds slots and takes in files that were too many; fewer drops free slots.",
    )
    archived = serializers.BooleanField(required=False)


class BatchCounts(serializers.Serializer[Any]):
    """slots = awaiting + ingesting + ready + failed + absent, and = expected where that is set."""

    expected = serializers.IntegerField(allow_null=True, help_text="null while a batch is open.")
    slots = serializers.IntegerField()
    awaiting = serializers.IntegerField()
    ingesting = serializers.IntegerField()
    ready = serializers.IntegerField()
    failed = serializers.IntegerField()
    absent = serializers.IntegerField()
    excess = serializers.IntegerField(help_text="Files that found no slot.")


def counts_for_client(batch: Batch, counts: Counts, n_excess: int) -> dict[str, int | None]:
    return {
        "expected": batch.expected_essay_count,
        "slots": counts.slots,
        "awaiting": counts.awaiting,
        "ingesting": counts.ingesting,
        "ready": counts.ready,
        "failed": counts.failed,
        "absent": counts.absent,
        "excess": n_excess,
    }


class BatchDetail(serializers.Serializer[Batch]):
    """Context: `counts`, batch id → the counts for the client."""

    batch_id = serializers.UUIDField(source="id")
    title = serializers.CharField()
    course_code = serializers.CharField()
    class_designation = serializers.CharField()
    essay_instructions = serializers.CharField()
    language = serializers.ChoiceField(Batch.Language.choices)
    expected_essay_count = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(list(CLIENT_STATUS.values()), source="client_status")
    counts = serializers.SerializerMethodField()
    requested_pipeline = serializers.CharField()
    auto_start = serializers.BooleanField()
    priority = serializers.ChoiceField(Batch.Priority.choices)
    timeout_seconds = serializers.IntegerField()
    max_retries = serializers.IntegerField()
    partial_batch_threshold = serializers.FloatField()
    correlation_id = serializers.UUIDField()
    registered_at = serializers.DateTimeField()
    readiness_timed_out_at = serializers.DateTimeField(allow_null=True)
    ready_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(BatchCounts)
    def get_counts(self, batch: Batch) -> dict[str, int | None]:
        counts: Mapping[UUID, dict[str, int | None]] = self.context["counts"]
        return counts[batch.pk]


class BatchContext(serializers.Serializer[Batch]):
    title = serializers.CharField()
    course_code = serializers.CharField()
    class_designation = serializers.CharField()
    essay_instructions = serializers.CharField()
    language = serializers.ChoiceField(Batch.Language.choices)
    expected_essay_count = serializers.IntegerField(allow_null=True)
    user_id = serializers.IntegerField(source="owner_id")


class PhaseState(serializers.Serializer[Any]):
    phase = serializers.CharField()
    status = serializers.ChoiceField(PhaseRun.Status.choices)
    counts = serializers.SerializerMethodField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_counts(self, phase: Any) -> dict[str, int]:
        words = ("pending", "in_progress", "succeeded", "failed", "cancelled")
        return {word: getattr(phase, word) for word in words}


class RunState(serializers.Serializer[PipelineRun]):
    run_id = serializers.UUIDField(source="id")
    requested_pipeline = serializers.CharField(source="requested")
    is_active = serializers.SerializerMethodField()
    outcome = serializers.ChoiceField(
        PipelineRun.Outcome.choices, allow_blank=True, help_text="Empty while it is active."
    )
    essay_count = serializers.SerializerMethodField()
    correlation_id = serializers.UUIDField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_is_active(self, run: PipelineRun) -> bool:
        return run.ended_at is None

    def get_essay_count(self, run: PipelineRun) -> int:
        return len(run.text_ids)


class PipelineState(serializers.Serializer[Any]):
    """The active run, or the one that ended last."""

    requested_pipeline = serializers.CharField()
    run = RunState(allow_null=True)
    phases = PhaseState(many=True)
    estimated_seconds_left = serializers.IntegerField(
        allow_null=True,
        help_text="Until what is under way, or follows by itself, has ended; null when nothing is, "
        "or nothing can be said yet.",
    )


class BatchFailure(serializers.Serializer[Any]):
    """Essays of the batch that failed for the same reason."""

    stage = serializers.CharField(help_text="`content`, or the name of a phase.")
    code = serializers.CharField()
    detail = serializers.CharField()
    count = serializers.IntegerField()
    essay_ids = serializers.ListField(child=serializers.UUIDField())


class BatchStatus(serializers.Serializer[Any]):
    batch_id = serializers.UUIDField()
    batch_context = BatchContext()
    status = serializers.ChoiceField(list(CLIENT_STATUS.values()))
    counts = BatchCounts()
    pipeline_state = PipelineState()
    failures = BatchFailure(many=True)


class Accepted(serializers.Serializer[Any]):
    batch_id = serializers.UUIDField()
    status = serializers.ChoiceField(list(CLIENT_STATUS.values()))
    correlation_id = serializers.UUIDField()


class Cancel(serializers.Serializer[Any]):
    only = serializers.ChoiceField(
        ["run", "batch"],
        required=False,
        help_text="Cancel this, and nothing where it would be the other by now. Without it: the "
        "active run, or, where none is, the batch.",
    )


class RequestPipeline(serializers.Serializer[Any]):
    requested_pipeline = PipelineName()


class RetryPhase(serializers.Serializer[Any]):
    phase_name = PipelineName()
    essay_ids = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_empty=False,
        max_length=MAX_ESSAYS,
        help_text="Without them: every essay where the phase has not succeeded.",
    )


class RunStarted(Accepted):
    run_id = serializers.UUIDField()
    requested_pipeline = serializers.CharField()
    phases = serializers.ListField(child=serializers.CharField())
