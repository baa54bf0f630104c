"""Nobody learns anything of a batch that is not theirs; a visitor is asked to sign in."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts.models import User
from batches.models import Batch
from exports import flow as exports
from files.models import Upload
from lifecycle.models import Essay
from pages.urls import urlpatterns
from spellcheck.models import KnownWord, Misspelling, Verdict

OPEN = {"login", "logout", "language"}  # to visitors
NO_OBJECT = {
    "account",
    "overview",
    "archive",
    "batch-new",
    "batch-sample",
    "words",
    "words-add",
    "words-export",
}
NAMES = [pattern.name or "" for pattern in urlpatterns if isinstance(pattern, URLPattern)]
OF_AN_OBJECT = [name for name in NAMES if name not in OPEN | NO_OBJECT]
GET_ONLY = {
    "batch",
    "essay",
    "essay-original",
    "essay-page",
    "batch-report",
    "batch-table",
    "batch-workbook",
    "batch-exports",
    "batch-export-file",
    "essay-word",
    "batch-words",
    "batch-words-export",
}


def address(name: str, batch: Batch) -> str:
    """The page of this name for an object of the batch."""
    kind = name.split("-")[0]
    essay = batch.essays.order_by("position")[0]
    objects = {
        "batch": batch.pk,
        "essay": essay.pk,
        "file": Upload.objects.get(essay=essay).pk,
        "mark": Misspelling.objects.filter(result__text__essay=essay)[0].pk,
        "decision": Verdict.objects.get_or_create(
            batch=batch, outcome="ignored", scope="here", word="x", at=timezone.now()
        )[0].pk,
        "word": KnownWord.objects.get_or_create(owner=batch.owner, language="en", word="x")[0].pk,
    }
    further: dict[str, list[object]] = {
        "essay-page": [1],
        "batch-export-file": [exports.ask(batch.pk, "csv", language="en", by=batch.owner).pk],
    }
    return reverse(f"pages:{name}", args=[objects[kind], *further.get(name, [])])


def request(client: Client, name: str, batch: Batch) -> int:
    method = client.get if name in GET_ONLY else client.post
    return method(address(name, batch)).status_code


@pytest.mark.parametrize("name", OF_AN_OBJECT)
def test_page_is_not_found_for_a_stranger(
    client: Client, stranger: User, checked_batch: Batch, name: str
) -> None:
    client.force_login(stranger)

    assert request(client, name, checked_batch) == HTTPStatus.NOT_FOUND

    assert Batch.objects.filter(pk=checked_batch.pk).exists()
    assert not Misspelling.objects.exclude(decision="open").exists()


@pytest.mark.parametrize("name", [*OF_AN_OBJECT, *sorted(NO_OBJECT)])
def test_page_asks_a_visitor_to_sign_in(client: Client, checked_batch: Batch, name: str) -> None:
    url = reverse(f"pages:{name}") if name in NO_OBJECT else address(name, checked_batch)

    response = client.get(url)

    assert response.status_code == HTTPStatus.FOUND
    assert response.headers["Location"].startswith(reverse("pages:login"))


def test_lists_of_a_stranger_are_empty(
    client: Client, stranger: User, checked_batch: Batch
) -> None:
    client.force_login(stranger)

    assert checked_batch.title not in client.get(reverse("pages:overview")).text
    assert checked_batch.title not in client.get(reverse("pages:archive")).text


def test_a_mark_does_not_open_on_another_essay(
    browser: Client, checked_batch: Batch, mark: Misspelling
) -> None:
    other = Essay.objects.filter(batch=checked_batch).order_by("-position")[0]

    page = browser.get(other.get_absolute_url(), {"mark": mark.pk})

    assert f'data-mark="{mark.pk}"' not in page.text
