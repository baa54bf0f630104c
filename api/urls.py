"""Addresses under /v1/: nouns, then ids, then a verb."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView

from api.auth import Tokens
from api.batches import Batches, Steering
from api.content import Contents
from api.decisions import DecisionsOfABatch, DecisionsOfAnEssay
from api.docs import docs
from api.essays import Essays, EssaysOfABatch, PastedTexts
from api.events import Events
from api.exports import Exports, WordFiles
from api.files import Files, HandingIn, HandingInOrPasting
from api.results import BatchResults
from api.words import AWord, BatchsWordFile, BatchsWords, TeachersWordFile, TeachersWords

app_name = "api"

BATCH = "batches/<uuid:batch_id>"
ESSAY = "essays/<uuid:essay_id>"
FILES = "files/batch/<uuid:batch_id>"
FILE = f"{FILES}/files/<uuid:upload_id>"

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("auth/token", Tokens.as_view({"post": "create", "delete": "destroy"}), name="token"),
    path("batches", Batches.as_view({"get": "list"}), name="batches"),
    path("batches/register", Batches.as_view({"post": "register"}), name="batch-register"),
    path(
        BATCH,
        Batches.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="batch",
    ),
    path(f"{BATCH}/status", Batches.as_view({"get": "status"}), name="batch-status"),
    path(f"{BATCH}/close", Steering.as_view({"post": "close"}), name="batch-close"),
    path(f"{BATCH}/cancel", Steering.as_view({"post": "cancel"}), name="batch-cancel"),
    path(f"{BATCH}/reopen", Steering.as_view({"post": "reopen"}), name="batch-reopen"),
    path(
        f"{BATCH}/pipelines", Steering.as_view({"post": "start_pipeline"}), name="batch-pipelines"
    ),
    path(
        f"{BATCH}/retry-phase", Steering.as_view({"post": "retry_phase"}), name="batch-retry-phase"
    ),
    path(f"{BATCH}/results", BatchResults.as_view({"get": "retrieve"}), name="batch-results"),
    path(
        f"{BATCH}/decisions",
        DecisionsOfABatch.as_view({"get": "list", "post": "decide"}),
        name="batch-decisions",
    ),
    path(
        f"{BATCH}/decisions/<int:decision_id>/undo",
        DecisionsOfABatch.as_view({"post": "undo"}),
        name="batch-decision-undo",
    ),
    path(
        f"{BATCH}/check-again",
        DecisionsOfABatch.as_view({"post": "check_again"}),
        name="batch-check-again",
    ),
    path(f"{BATCH}/words", BatchsWords.as_view({"get": "list", "post": "add"}), name="batch-words"),
    path(
        f"{BATCH}/words/import",
        BatchsWordFile.as_view({"post": "take_in"}),
        name="batch-words-import",
    ),
    path(
        f"{BATCH}/words/export", BatchsWords.as_view({"get": "export"}), name="batch-words-export"
    ),
    path("words", TeachersWords.as_view({"get": "list", "post": "add"}), name="words"),
    path("words/import", TeachersWordFile.as_view({"post": "take_in"}), name="words-import"),
    path("words/export", TeachersWords.as_view({"get": "export"}), name="words-export"),
    path("words/<int:word_id>", AWord.as_view({"delete": "destroy"}), name="word"),
    path(f"{BATCH}/exports", Exports.as_view({"get": "list", "post": "ask"}), name="batch-exports"),
    path("exports/<uuid:export_id>", Exports.as_view({"get": "retrieve"}), name="export"),
    path("exports/<uuid:export_id>/file", Exports.as_view({"get": "fetch"}), name="export-file"),
    path(f"{BATCH}/essays", EssaysOfABatch.as_view({"get": "list"}), name="batch-essays"),
    path(ESSAY, Essays.as_view({"get": "retrieve"}), name="essay"),
    path(f"{ESSAY}/status", Essays.as_view({"get": "status"}), name="essay-status"),
    path(f"{ESSAY}/timeline", Events.as_view({"get": "of_essay"}), name="essay-timeline"),
    path(
        f"{ESSAY}/text",
        Essays.as_view({"get": "text", "patch": "correct_text", "post": "correct_text"}),
        name="essay-text",
    ),
    path(f"{ESSAY}/original", Essays.as_view({"get": "original"}), name="essay-original"),
    path(f"{ESSAY}/spellcheck", Essays.as_view({"get": "spellcheck"}), name="essay-spellcheck"),
    path(
        f"{ESSAY}/spellcheck/decisions",
        DecisionsOfAnEssay.as_view({"get": "list", "post": "decide"}),
        name="essay-decisions",
    ),
    path(f"{ESSAY}/word", WordFiles.as_view({"get": "retrieve"}), name="essay-word"),
    path(f"{ESSAY}/absent", Essays.as_view({"post": "absent"}), name="essay-absent"),
    path("files/batch", HandingIn.as_view({"post": "to_batch"}), name="files"),
    path(f"{FILES}/state", Files.as_view({"get": "state"}), name="files-state"),
    path(f"{FILES}/files", HandingInOrPasting.as_view({"post": "add"}), name="files-add"),
    path(FILE, Files.as_view({"delete": "destroy"}), name="file"),
    path(f"{FILE}/retry", Files.as_view({"post": "retry"}), name="file-retry"),
    path(f"{FILE}/extra", Files.as_view({"post": "add_as_extra"}), name="file-extra"),
    path(f"{FILE}/replace", HandingInOrPasting.as_view({"post": "replace"}), name="file-replace"),
    path("content", Contents.as_view({"post": "create"}), name="contents"),
    path("content/<uuid:content_id>", Contents.as_view({"get": "retrieve"}), name="content"),
    path(
        "trigger-spellcheck",
        PastedTexts.as_view({"post": "trigger_spellcheck"}),
        name="trigger-spellcheck",
    ),
    path("events", Events.as_view({"get": "list"}), name="events"),
]
