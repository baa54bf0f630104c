"""What a class's checks say together."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from spellcheck.advice import ADVICE
from spellcheck.models import Misspelling
from spellcheck.patterns import Pattern
from spellcheck.report import Figures, KindFigures, Pair, Point


class EssayFigures(serializers.Serializer[Figures]):
    essay_id = serializers.UUIDField(source="essay.id")
    reference = serializers.CharField(source="essay.reference")
    file_name = serializers.CharField(source="essay.file_name")
    word_count = serializers.IntegerField(source="n_words")
    misspelling_count = serializers.IntegerField(source="n_marks")
    per_100_words = serializers.FloatField(source="per_100")
    by_kind = serializers.DictField(child=serializers.IntegerField(), source="n_by_kind")
    engine = serializers.CharField(help_text="Name and versions of engine and dictionaries.")
    probable_language = serializers.CharField(
        help_text="When the text seems to be written in another language than it was checked in."
    )


class OfAKind(serializers.Serializer[KindFigures]):
    kind = serializers.ChoiceField(Misspelling.Kind.choices)
    misspelling_count = serializers.IntegerField(source="n_marks")
    essay_count = serializers.IntegerField(source="n_essays")


class WrittenAndMeant(serializers.Serializer[Pair]):
    written = serializers.CharField()
    meant = serializers.CharField()
    kind = serializers.ChoiceField(Misspelling.Kind.choices)
    essay_count = serializers.IntegerField(source="n_essays", help_text="How many pupils.")
    times = serializers.IntegerField(source="n_times")


class Sentence(serializers.Serializer[Any]):
    """A sentence of the class without a name in it, cut round the word that is wrong."""

    before = serializers.CharField()
    written = serializers.CharField()
    meant = serializers.CharField()
    after = serializers.CharField()


class PracticePoint(serializers.Serializer[Point]):
    pattern = serializers.ChoiceField([(pattern.value, pattern.value) for pattern in Pattern])
    heading = serializers.SerializerMethodField()
    advice = serializers.SerializerMethodField()
    essay_count = serializers.IntegerField(source="n_essays")
    words = serializers.ListField(child=serializers.CharField())
    examples = Sentence(many=True)

    def get_heading(self, point: Point) -> str:
        return str(ADVICE[point.pattern][0])

    def get_advice(self, point: Point) -> str:
        return str(ADVICE[point.pattern][1])


class Results(serializers.Serializer[Any]):
    """Of the essays that have been checked; misspellings that were ignored do not count."""

    batch_id = serializers.UUIDField()
    language = serializers.CharField()
    essay_count = serializers.IntegerField()
    word_count = serializers.IntegerField(source="report.n_words")
    misspelling_count = serializers.IntegerField(source="report.n_marks")
    open_count = serializers.IntegerField(
        source="report.n_open", help_text="Not decided yet; the numbers may fall by so many."
    )
    median_per_100_words = serializers.FloatField(source="report.median_per_100")
    engines = serializers.ListField(child=serializers.CharField(), source="report.engines")
    by_kind = OfAKind(many=True, source="report.kinds")
    essays = EssayFigures(many=True, source="report.figures")
    pairs = WrittenAndMeant(many=True, source="report.pairs")
    practise = PracticePoint(many=True, source="report.points")
