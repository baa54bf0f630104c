"""Essays, their texts and what was found in them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.serializers.fields import Failure
from batches.models import Batch
from lifecycle.models import Essay, EssayText
from pipelines.models import EssayPhase
from spellcheck.flow import corrected
from spellcheck.models import Misspelling, SpellcheckResult


class EssayStep(serializers.Serializer[EssayPhase]):
    """One phase on the essay's current text."""

    phase = serializers.CharField(source="phase_run.phase")
    status = serializers.ChoiceField(EssayPhase.Status.choices)
    attempts = serializers.IntegerField()
    failure_code = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    processing_ms = serializers.IntegerField(allow_null=True)


class EssayStatus(serializers.Serializer[Any]):
    essay_id = serializers.UUIDField(source="essay.id")
    batch_id = serializers.UUIDField(source="essay.batch_id")
    status = serializers.CharField(
        help_text="One word, e.g. content_ingesting, awaiting_spellcheck, spellchecked_success."
    )
    content_status = serializers.ChoiceField(Essay.Status.choices, source="essay.status")
    failure = Failure(allow_null=True)
    phases = EssayStep(many=True, source="steps")


class EssayDetail(EssayStatus):
    position = serializers.IntegerField(source="essay.position")
    reference = serializers.CharField(source="essay.reference")
    file_name = serializers.CharField(source="essay.file_name")
    content_ready_at = serializers.DateTimeField(source="essay.content_ready_at", allow_null=True)
    text_version = serializers.IntegerField(
        source="essay.current_text.version", default=None, allow_null=True
    )
    word_count = serializers.IntegerField(
        source="essay.current_text.word_count", default=None, allow_null=True
    )
    flagged_count = serializers.IntegerField(allow_null=True)


class EssayTextShown(serializers.Serializer[EssayText]):
    essay_id = serializers.UUIDField()
    text_id = serializers.IntegerField(source="id")
    version = serializers.IntegerField()
    source = serializers.ChoiceField(EssayText.Source.choices)  # type: ignore[assignment]  # the text's
    text = serializers.CharField(source="body")
    word_count = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class Correction(serializers.Serializer[Any]):
    text = serializers.CharField(
        trim_whitespace=False, allow_blank=True, help_text="The whole text as it should be."
    )


class MisspellingShown(serializers.Serializer[Misspelling]):
    """A proposal on an offset of the text, which is never rewritten."""

    misspelling_id = serializers.IntegerField(source="id")
    start = serializers.IntegerField(help_text="Code points from the beginning of the text.")
    length = serializers.IntegerField(help_text="Code points.")
    word = serializers.CharField()
    suggestions = serializers.ListField(child=serializers.CharField(), help_text="Best first.")
    kind = serializers.ChoiceField(Misspelling.Kind.choices)
    decision = serializers.ChoiceField(Misspelling.Decision.choices)
    replacement = serializers.CharField()
    decided_by = serializers.CharField(
        source="decided_by.get_short_name", default=None, allow_null=True
    )
    decided_at = serializers.DateTimeField(allow_null=True)


class NotKept(serializers.Serializer[Any]):
    word = serializers.CharField()
    decision = serializers.ChoiceField(Misspelling.Decision.choices)
    replacement = serializers.CharField()


class SpellcheckShown(serializers.Serializer[SpellcheckResult]):
    essay_id = serializers.UUIDField(source="text.essay_id")
    text_id = serializers.IntegerField()
    text_version = serializers.IntegerField(source="text.version")
    language = serializers.CharField()
    probable_language = serializers.CharField(
        help_text="When the text seems to be written in another language than it was checked in."
    )
    word_count = serializers.IntegerField()
    flagged_count = serializers.IntegerField()
    per_100_words = serializers.FloatField()
    engine = serializers.CharField(help_text="Name and versions of engine and dictionaries.")
    processing_ms = serializers.IntegerField()
    checked_at = serializers.DateTimeField(source="created_at")
    not_kept = NotKept(
        many=True, help_text="Decisions on an earlier text that found no place in this one."
    )
    misspellings = MisspellingShown(many=True)
    corrected_text = serializers.SerializerMethodField(
        help_text="The text with the accepted corrections in place."
    )

    def get_corrected_text(self, result: SpellcheckResult) -> str:
        return corrected(result.text.body, list(result.misspellings.all()))


class Absence(serializers.Serializer[Any]):
    absent = serializers.BooleanField(
        default=True, help_text="false: the pupil hands in after all."
    )


class TriggerSpellcheck(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False)
    language = serializers.ChoiceField(Batch.Language.choices, default="en")

    def validate_text(self, text: str) -> str:
        if not text.strip():
            raise serializers.ValidationError(_("The text is empty."), "blank")
        return text


class SpellcheckTriggered(serializers.Serializer[Any]):
    essay_id = serializers.UUIDField()
    batch_id = serializers.UUIDField()
    correlation_id = serializers.UUIDField()
