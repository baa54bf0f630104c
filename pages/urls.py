from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from pages import (
    account,
    batches,
    essays,
    export,
    originals,
    overview,
    report,
    samples,
    uploads,
    wordlists,
)

app_name = "pages"

urlpatterns = [
    path("login", account.SignIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("language", account.language, name="language"),
    path("account", account.account, name="account"),
    path("", overview.overview, name="overview"),
    path("archive", overview.archive, name="archive"),
    path("words", wordlists.words, name="words"),
    path("words/<int:pk>/forget", wordlists.word_forget, name="word-forget"),
    path("batches/new", batches.batch_new, name="batch-new"),
    path("batches/sample", samples.batch_sample, name="batch-sample"),
    path("batches/<uuid:pk>", batches.batch, name="batch"),
    path("batches/<uuid:pk>/report", report.batch_report, name="batch-report"),
    path("batches/<uuid:pk>/table", export.batch_table, name="batch-table"),
    path("batches/<uuid:pk>/details", batches.batch_details, name="batch-details"),
    path("batches/<uuid:pk>/files", uploads.batch_files, name="batch-files"),
    path("batches/<uuid:pk>/start", batches.batch_start, name="batch-start"),
    path("batches/<uuid:pk>/cancel", batches.batch_cancel, name="batch-cancel"),
    path("batches/<uuid:pk>/reopen", batches.batch_reopen, name="batch-reopen"),
    path("batches/<uuid:pk>/close", batches.batch_close, name="batch-close"),
    path("batches/<uuid:pk>/expect", batches.batch_expect, name="batch-expect"),
    path("batches/<uuid:pk>/retry", batches.batch_retry, name="batch-retry"),
    path("batches/<uuid:pk>/archive", batches.batch_archive, name="batch-archive"),
    path("batches/<uuid:pk>/delete", batches.batch_delete, name="batch-delete"),
    path("essays/<uuid:pk>", essays.essay, name="essay"),
    path("essays/<uuid:pk>/text", essays.essay_text, name="essay-text"),
    path("essays/<uuid:pk>/file", uploads.essay_file, name="essay-file"),
    path("essays/<uuid:pk>/original", originals.essay_original, name="essay-original"),
    path("essays/<uuid:pk>/pages/<int:number>", originals.essay_page, name="essay-page"),
    path("essays/<uuid:pk>/absent", uploads.essay_absent, name="essay-absent"),
    path("files/<uuid:pk>/retry", uploads.upload_retry, name="file-retry"),
    path("files/<uuid:pk>/remove", uploads.upload_remove, name="file-remove"),
    path("files/<uuid:pk>/extra", uploads.upload_extra, name="file-extra"),
    path("marks/<int:pk>/accept", essays.mark_accept, name="mark-accept"),
    path("marks/<int:pk>/ignore", essays.mark_ignore, name="mark-ignore"),
    path("marks/<int:pk>/right", essays.mark_right, name="mark-right"),
    path("marks/<int:pk>/undo", essays.mark_undo, name="mark-undo"),
]
