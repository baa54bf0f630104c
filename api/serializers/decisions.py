"""Decisions on misspellings: one, many, a word wherever it stands, and their history."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.essays import MisspellingShown
from spellcheck.models import Misspelling, Verdict
from spellcheck.results import MAX_WORD_CHARS

MAX_DECISIONS = 500  # a request


class Seen(serializers.Serializer[Any]):
    """A mark as the teacher saw it before deciding."""

    decision = serializers.ChoiceField(Misspelling.Decision.choices)
    replacement = serializers.CharField(default="", allow_blank=True)


class Decision(serializers.Serializer[Any]):
    misspelling_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    decision = serializers.ChoiceField(Misspelling.Decision.choices)
    replacement = serializers.CharField(
        max_length=MAX_WORD_CHARS, default="", allow_blank=True, help_text="With `accepted`."
    )
    seen = Seen(
        required=False, help_text="When the mark is not like this any more: 409, nothing changed."
    )


class Decisions(serializers.Serializer[Any]):
    decisions = serializers.ListField(child=Decision(), allow_empty=False, max_length=MAX_DECISIONS)


class Decided(serializers.Serializer[Any]):
    essay_id = serializers.UUIDField()
    misspellings = MisspellingShown(many=True)


class WordDecision(serializers.Serializer[Any]):
    """About every open mark of a word in a batch's current texts."""

    word = serializers.CharField(max_length=MAX_WORD_CHARS)
    decision = serializers.ChoiceField([("accepted", "accepted"), ("ignored", "ignored")])
    replacement = serializers.CharField(
        max_length=MAX_WORD_CHARS, default="", allow_blank=True, help_text="With `accepted`."
    )
    always = serializers.BooleanField(
        default=False,
        help_text="With `ignored`: right in all batches of the teacher, not in this one alone.",
    )


class Step(serializers.Serializer[Verdict]):
    """What was decided in one go, and can be taken back in one."""

    decision_id = serializers.IntegerField(source="id")
    word = serializers.CharField()
    decision = serializers.ChoiceField(Misspelling.Decision.choices, source="outcome")
    replacement = serializers.CharField()
    scope = serializers.ChoiceField(Verdict.Scope.choices)
    decided_by = serializers.CharField(source="by.get_short_name", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(source="at")
    mark_count = serializers.IntegerField(source="n_marks")
    undone_count = serializers.IntegerField(source="n_undone")
    current_count = serializers.IntegerField(
        source="n_current", help_text="Marks of it that stand in a current text."
    )
    undone_by = serializers.CharField(source="undone_by_name", allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class CheckAgain(serializers.Serializer[Any]):
    essay_ids = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_empty=False,
        help_text="Without it: every essay of the batch that has a text.",
    )


class CheckingAgain(serializers.Serializer[Any]):
    batch_id = serializers.UUIDField()
    text_count = serializers.IntegerField()
