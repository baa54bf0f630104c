"""The teacher's word list and those of batches: shown, added to, taken in and given out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import batch_of
from api.resource import Resource, describe
from api.serializers.words import (
    ImportedWords,
    Word,
    WordFile,
    WordFileOfABatch,
    Words,
    WordsOfABatch,
)
from batches.errors import Conflict
from batches.models import Batch
from spellcheck import lists
from spellcheck.lists import WordList
from spellcheck.models import KnownWord

NOT_YOURS = (HTTPStatus.NOT_FOUND,)
ADDING = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN)
TAKING_IN = (*ADDING, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
FORM = OpenApiParameter("as", enum=["txt", "csv"], description="One word a line, or a table.")


class WordFilter(filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    language = filters.ChoiceFilter(choices=Batch.Language.choices)
    q = filters.CharFilter(field_name="word", lookup_expr="icontains", label="Part of the word.")

    class Meta:
        model = KnownWord
        fields: tuple[str, ...] = ()


class _Lists(Resource):
    queryset = KnownWord.objects.none()
    filterset_class = WordFilter

    def _listed(self, words: QuerySet[KnownWord]) -> Response:
        page = self.paginate_queryset(self.filter_queryset(words.order_by("word", "pk"))) or []
        return self.get_paginated_response([Word(word).data for word in page])

    def _added(self, word_list: WordList, words: list[str]) -> Response:
        rows = [(line, word, "") for line, word in enumerate(words, start=1)]
        return Response(ImportedWords(word_list.take_in(rows)).data)

    def _taken_in(self, word_list: WordList, file: Any) -> Response:
        if file.size > lists.MAX_LIST_BYTES:
            raise Conflict("too_large", _("The file is too large for a list of words."))
        return Response(ImportedWords(word_list.take_in(lists.rows_of(file.read()))).data)

    def _given_out(self, words: QuerySet[KnownWord]) -> HttpResponse:
        ordered = words.order_by("language", "word")
        if self.request.query_params.get("as") == "csv":
            return HttpResponse(lists.as_csv(ordered), content_type="text/csv; charset=utf-8")
        return HttpResponse(lists.as_text(ordered), content_type="text/plain; charset=utf-8")


class TeachersWords(_Lists):
    @describe(
        "List the words that are right in every batch of the teacher",
        Word(many=True),
        refusals=(HTTPStatus.BAD_REQUEST,),
    )
    def list(self, request: Request) -> Response:
        return self._listed(KnownWord.objects.filter(owner=self.teacher))

    @describe("Add words to the teacher's list", ImportedWords, request=Words, refusals=ADDING)
    def add(self, request: Request) -> Response:
        given = self.parse(Words)
        return self._added(WordList(self.teacher, given["language"]), given["words"])

    @describe(
        "The teacher's list as a file",
        OpenApiTypes.STR,
        media="text/plain",
        parameters=[FORM],
    )
    def export(self, request: Request) -> HttpResponse:
        return self._given_out(KnownWord.objects.filter(owner=self.teacher))


class TeachersWordFile(_Lists):
    parser_classes = [MultiPartParser]

    @describe(
        "Take a file of words into the teacher's list",
        ImportedWords,
        request={"multipart/form-data": WordFile},
        refusals=TAKING_IN,
    )
    def take_in(self, request: Request) -> Response:
        given = self.parse(WordFile)
        return self._taken_in(WordList(self.teacher, given["language"]), given["file"])


class AWord(_Lists):
    @describe(
        "Take a word off its list; what was ignored because of it stays ignored",
        status=HTTPStatus.NO_CONTENT,
        refusals=(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND),
    )
    def destroy(self, request: Request, word_id: int) -> Response:
        word = get_object_or_404(KnownWord.objects.visible_to(self.teacher), pk=word_id)
        lists.forget(word)
        return Response(status=HTTPStatus.NO_CONTENT)


class BatchsWords(_Lists):
    @describe(
        "List the words that are right in one batch",
        Word(many=True),
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
    )
    def list(self, request: Request, batch_id: UUID) -> Response:
        return self._listed(KnownWord.objects.filter(batch=batch_of(self.teacher, batch_id)))

    @describe(
        "Add words to a batch's list, in the batch's language",
        ImportedWords,
        request=WordsOfABatch,
        refusals=(*ADDING, HTTPStatus.NOT_FOUND),
    )
    def add(self, request: Request, batch_id: UUID) -> Response:
        batch = batch_of(self.teacher, batch_id)
        words = self.parse(WordsOfABatch)["words"]
        return self._added(WordList(self.teacher, batch.language, batch), words)

    @describe(
        "A batch's list as a file",
        OpenApiTypes.STR,
        media="text/plain",
        parameters=[FORM],
        refusals=NOT_YOURS,
    )
    def export(self, request: Request, batch_id: UUID) -> HttpResponse:
        return self._given_out(KnownWord.objects.filter(batch=batch_of(self.teacher, batch_id)))


class BatchsWordFile(_Lists):
    parser_classes = [MultiPartParser]

    @describe(
        "Take a file of words into a batch's list",
        ImportedWords,
        request={"multipart/form-data": WordFileOfABatch},
        refusals=(*TAKING_IN, HTTPStatus.NOT_FOUND),
    )
    def take_in(self, request: Request, batch_id: UUID) -> Response:
        batch = batch_of(self.teacher, batch_id)
        word_list = WordList(self.teacher, batch.language, batch)
        return self._taken_in(word_list, self.parse(WordFileOfABatch)["file"])
