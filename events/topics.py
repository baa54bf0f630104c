"""What happens in HuleEdu, one frozen dataclass a topic; ids and counts, never a text or a name.

The topic strings are those of the platform that HuleEdu rebuilds, for its consumers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """A past-tense fact about one batch. `topic` names it, `source` is its app."""

    topic: ClassVar[str]
    source: ClassVar[str]

    batch_id: UUID

    def data(self) -> dict[str, Any]:
        """The fields as JSON holds them: UUIDs as text."""
        return {field.name: _as_json(getattr(self, field.name)) for field in fields(self)}


def _as_json(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, DomainText):
        return {"essay_id": str(value.essay_id), "text_id": value.text_id}
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class DomainText:
    """One essay in one of its texts."""

    essay_id: UUID
    text_id: int


# --- batches ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEssaysRegistered(DomainEvent):
    """A batch waits for essays; `essay_ids` are the client's references. No course context."""

    topic: ClassVar[str] = "huleedu.batch.essays.registered.v1"
    source: ClassVar[str] = "batches"

    expected_essay_count: int | None
    essay_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchClosed(DomainEvent):
    topic: ClassVar[str] = "huleedu.batch.closed.v1"
    source: ClassVar[str] = "batches"

    expected_essay_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchExpectationChanged(DomainEvent):
    topic: ClassVar[str] = "huleedu.batch.expectation.changed.v1"
    source: ClassVar[str] = "batches"

    expected_essay_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCancelled(DomainEvent):
    topic: ClassVar[str] = "huleedu.batch.cancelled.v1"
    source: ClassVar[str] = "batches"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReopened(DomainEvent):
    topic: ClassVar[str] = "huleedu.batch.reopened.v1"
    source: ClassVar[str] = "batches"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchErased(DomainEvent):
    topic: ClassVar[str] = "huleedu.batch.erased.v1"
    source: ClassVar[str] = "batches"

    essay_count: int


# --- files ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFileAdded(DomainEvent):
    topic: ClassVar[str] = "huleedu.file.batch.file.added.v1"
    source: ClassVar[str] = "files"

    file_upload_id: UUID
    essay_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFileRemoved(DomainEvent):
    topic: ClassVar[str] = "huleedu.file.batch.file.removed.v1"
    source: ClassVar[str] = "files"

    file_upload_id: UUID
    essay_id: UUID | None


# --- lifecycle --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class EssaySlotAssigned(DomainEvent):
    topic: ClassVar[str] = "huleedu.els.essay.slot.assigned.v1"
    source: ClassVar[str] = "lifecycle"

    essay_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessContentProvisioned(DomainEvent):
    topic: ClassVar[str] = "huleedu.els.excess.content.provisioned.v1"
    source: ClassVar[str] = "lifecycle"

    reason: str = "NO_AVAILABLE_SLOT"


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayContentReady(DomainEvent):
    """An essay has a text. Names are filled in by class matching, elsewhere; here they are null."""

    topic: ClassVar[str] = "huleedu.file.essay.content.ready.v1"
    source: ClassVar[str] = "lifecycle"

    essay_id: UUID
    content_storage_reference: str
    student_name: None = None
    student_email: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateEssayReady(DomainEvent):
    """An essay has a text although its batch has gone on without it."""

    topic: ClassVar[str] = "huleedu.els.essay.late.ready.v1"
    source: ClassVar[str] = "lifecycle"

    essay_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayValidationFailed(DomainEvent):
    topic: ClassVar[str] = "huleedu.file.essay.validation.failed.v1"
    source: ClassVar[str] = "lifecycle"

    essay_id: UUID
    validation_error_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayContentRemoved(DomainEvent):
    topic: ClassVar[str] = "huleedu.els.essay.content.removed.v1"
    source: ClassVar[str] = "lifecycle"

    essay_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayMarkedAbsent(DomainEvent):
    topic: ClassVar[str] = "huleedu.els.essay.marked.absent.v1"
    source: ClassVar[str] = "lifecycle"

    essay_id: UUID
    absent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCorrected(DomainEvent):
    topic: ClassVar[str] = "huleedu.els.essay.text.corrected.v1"
    source: ClassVar[str] = "lifecycle"

    essay_id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchContentProvisioningCompleted(DomainEvent):
    topic: ClassVar[str] = "huleedu.batch.content.provisioning.completed.v1"
    source: ClassVar[str] = "lifecycle"

    provisioned_count: int
    expected_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEssaysReady(DomainEvent):
    topic: ClassVar[str] = "huleedu.els.batch.essays.ready.v1"
    source: ClassVar[str] = "lifecycle"

    ready_essays: tuple[DomainText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchValidationErrors(DomainEvent):
    """No essay of a batch could be read. `error_categories`: how many files by failure code."""

    topic: ClassVar[str] = "huleedu.els.batch.validation.errors.v1"
    source: ClassVar[str] = "lifecycle"

    failed_essay_ids: tuple[UUID, ...]
    error_categories: dict[str, int]
    critical_failure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReadinessTimeout(DomainEvent):
    topic: ClassVar[str] = "huleedu.els.batch.readiness.timeout.v1"
    source: ClassVar[str] = "lifecycle"

    ready_essay_ids: tuple[UUID, ...]
    missing_essay_ids: tuple[UUID, ...]
    expected_count: int
    actual_count: int
    timeout_duration_seconds: int


# --- pipelines --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPhaseInitiateCommand(DomainEvent):
    """A phase begins on these essays. Each phase has a topic of its own below."""

    topic: ClassVar[str] = "huleedu.batch.phase.initiate.command.v1"
    source: ClassVar[str] = "pipelines"

    phase: str
    essays: tuple[DomainText, ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpellcheckInitiateCommand(BatchPhaseInitiateCommand):
    topic: ClassVar[str] = "huleedu.els.spellcheck.initiate.command.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSkipped(DomainEvent):
    topic: ClassVar[str] = "huleedu.batch.phase.skipped.v1"
    source: ClassVar[str] = "pipelines"

    phase: str
    skip_reason: str = "already_completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ELSBatchPhaseOutcome(DomainEvent):
    topic: ClassVar[str] = "huleedu.els.batch_phase.outcome.v1"
    source: ClassVar[str] = "pipelines"

    phase: str
    phase_status: str
    processed_essay_ids: tuple[UUID, ...]
    failed_essay_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPipelineCompleted(DomainEvent):
    """A run has ended. The three counts are of the batch's slots that are not absent: checked,
    failed, and neither: not handed in, still being read, or not checked yet."""

    topic: ClassVar[str] = "huleedu.batch.pipeline.completed.v1"
    source: ClassVar[str] = "pipelines"

    run_id: UUID
    completed_phases: tuple[str, ...]
    outcome: str
    final_status: str
    successful_essay_count: int
    failed_essay_count: int
    unfinished_essay_count: int
    processing_duration_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutcomeChanged(DomainEvent):
    """A batch that had ended stands otherwise, because its slots or texts have changed. The counts
    are as those of BatchPipelineCompleted."""

    topic: ClassVar[str] = "huleedu.batch.outcome.changed.v1"
    source: ClassVar[str] = "pipelines"

    final_status: str
    successful_essay_count: int
    failed_essay_count: int
    unfinished_essay_count: int


# --- spellcheck -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class EssaySpellcheckCompleted(DomainEvent):
    topic: ClassVar[str] = "huleedu.essay.spellcheck.completed.v1"
    source: ClassVar[str] = "spellcheck"

    essay_id: UUID
    text_id: int
    word_count: int
    flagged_count: int
