"""Lists of words that are right although the dictionaries lack them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from batches.models import Batch
from spellcheck.lists import MAX_LIST_WORDS, Refusal
from spellcheck.models import KnownWord


class Word(serializers.Serializer[KnownWord]):
    word_id = serializers.IntegerField(source="id")
    word = serializers.CharField()
    language = serializers.ChoiceField(Batch.Language.choices)
    batch_id = serializers.UUIDField(allow_null=True, help_text="null: right in every batch.")
    source = serializers.ChoiceField(KnownWord.Source.choices)  # type: ignore[assignment]  # the word's


class WordsOfABatch(serializers.Serializer[Any]):
    words = serializers.ListField(
        child=serializers.CharField(max_length=1000),
        allow_empty=False,
        max_length=MAX_LIST_WORDS,
    )


class Words(WordsOfABatch):
    language = serializers.ChoiceField(Batch.Language.choices)


class WordFileOfABatch(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="Text with one word a line, or CSV: word, language.")


class WordFile(WordFileOfABatch):
    language = serializers.ChoiceField(
        Batch.Language.choices, help_text="Of words that name no language themselves."
    )


class RefusedWord(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    text = serializers.CharField()
    reason = serializers.ChoiceField([(reason.value, reason.value) for reason in Refusal])


class ImportedWords(serializers.Serializer[Any]):
    """Every word that was sent is in exactly one of these."""

    added = serializers.ListField(child=serializers.CharField())
    known = serializers.ListField(child=serializers.CharField(), help_text="Listed already.")
    refused = RefusedWord(many=True)
