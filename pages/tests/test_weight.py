"""A page is light enough for a train: everything it needs, compressed, in 60 kB."""

from __future__ import annotations

import hashlib

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from batches.models import Batch
from files.models import Upload
from lifecycle.models import Essay, EssayText
from pages.tests.weight import weight
from spellcheck.models import SpellcheckResult
from tests.essays import register

MOST_BYTES = 60_000


@pytest.fixture
def year_group(teacher: User) -> Batch:
    """Three hundred essays, read and checked; their rows are written here, for speed."""
    batch = register(teacher, 300, title="National test", class_designation="9A-9J")
    essays = list(batch.essays.all())
    for essay in essays:
        essay.status = Essay.Status.READY_FOR_PROCESSING
        essay.file_name = f"{essay.pk.hex[:9]} {essay.position}.docx"  # as long as a name
        digest = hashlib.sha256(essay.pk.bytes).hexdigest()
        text = EssayText.objects.create(
            essay=essay, version=1, source="extracted", body=digest, word_count=essay.position * 7,
            sha256=digest,
        )  # fmt: skip
        essay.current_text = text
        Upload.objects.create(
            batch=batch, essay=essay, uploaded_by=teacher, original_name=essay.file_name,
            size_bytes=12_345, sha256=digest, status=Upload.Status.EXTRACTED,
        )  # fmt: skip
        SpellcheckResult.objects.create(
            text=text, language="en", word_count=300, flagged_count=essay.position % 40,
            engine="test", processing_ms=1,
        )  # fmt: skip
    Essay.objects.bulk_update(essays, ["status", "file_name", "current_text"])
    return batch


def test_batch_of_three_hundred_essays_is_light(browser: Client, year_group: Batch) -> None:
    page = browser.get(year_group.get_absolute_url()).text
    assert page.count("<tr id=") == 300

    found = weight(page)

    assert sum(found.values()) <= MOST_BYTES, found


@pytest.mark.parametrize("name", ["overview", "batch-new", "words", "account", "archive"])
def test_pages_without_lists_are_light(browser: Client, year_group: Batch, name: str) -> None:
    assert sum(weight(browser.get(reverse(f"pages:{name}")).text).values()) <= MOST_BYTES


def test_essay_and_report_are_light(browser: Client, year_group: Batch) -> None:
    essay = year_group.essays.all()[0]
    report = reverse("pages:batch-report", args=[year_group.pk])

    assert sum(weight(browser.get(essay.get_absolute_url()).text).values()) <= MOST_BYTES
    assert sum(weight(browser.get(report).text).values()) <= MOST_BYTES
