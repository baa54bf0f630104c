"""An export made and deleted where content lies in S3."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.conf import LazySettings

from accounts.models import User
from content.tests import s3
from exports.models import Export
from exports.tests.conftest import TEXT, Drain, ask, bytes_of
from files import flow as files
from tests.essays import essay_file, hand_in, register

pytestmark = pytest.mark.django_db


def test_bundle_lies_in_s3_and_goes_with_its_batch(
    teacher: User,
    drain: Drain,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with s3.service() as url, django_capture_on_commit_callbacks(execute=True):
        settings.STORAGES = s3.storages(monkeypatch, url)
        batch = register(teacher, 1)
        hand_in(batch, essay_file("Åsa.txt", TEXT))
        drain()
        export = ask(batch)
        with django_capture_on_commit_callbacks(execute=True):
            drain()
        assert len(s3.keys(url)) == 2  # the upload and the bundle
        names = zipfile.ZipFile(io.BytesIO(bytes_of(export))).namelist()
        assert "essays/Åsa.docx" in names

        with django_capture_on_commit_callbacks(execute=True):
            files.erase_batch(batch.pk, by=teacher)

        assert s3.keys(url) == []
    assert not Export.objects.exists()
