"""What a pupil handed in, beside its text: pages as pictures of our own drawing, or a download."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from content.models import StoredContent
from files.models import Upload
from lifecycle.models import Essay
from tests.essays import essay_file, hand_in, register

PDF = Path(__file__).resolve().parents[2] / "samples" / "ENG6" / "hugo_L_essay.pdf"


def the_essay(teacher: User, file: SimpleUploadedFile) -> Essay:
    batch = register(teacher, 1)
    hand_in(batch, file)
    return batch.essays.get()


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile(PDF.name, PDF.read_bytes())


@pytest.fixture
def read_pdf(teacher: User, drain: Callable[[], int]) -> Essay:
    essay = the_essay(teacher, pdf())
    drain()
    return essay


def page(browser: Client, essay: Essay, number: int = 1, **request: Any) -> HttpResponse:
    url = reverse("pages:essay-page", args=[essay.pk, number])
    return browser.get(url, **request)  # type: ignore[return-value]  # the test client's own class


def test_page_of_a_pdf_is_a_picture(browser: Client, read_pdf: Essay) -> None:
    response = page(browser, read_pdf)

    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    with Image.open(BytesIO(response.content)) as drawn:
        assert drawn.width == 1000


def test_page_that_the_browser_has_is_not_drawn_again(browser: Client, read_pdf: Essay) -> None:
    seen = page(browser, read_pdf).headers["ETag"]

    response = page(browser, read_pdf, headers={"If-None-Match": seen})

    assert (response.status_code, response.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_pages_stand_beside_the_text_and_beside_its_correction(
    browser: Client, read_pdf: Essay
) -> None:
    first = reverse("pages:essay-page", args=[read_pdf.pk, 1])

    assert f'<img src="{first}"' in browser.get(read_pdf.get_absolute_url()).text
    assert first in browser.get(reverse("pages:essay-text", args=[read_pdf.pk])).text


def test_picture_that_nobody_could_read_is_seen_where_its_text_is_written(
    browser: Client, read_pdf: Essay
) -> None:
    failed = {"status": "failed", "failure_code": "no_text", "failure_detail": "x"}
    Upload.objects.update(**failed)

    shown = browser.get(reverse("pages:essay-file", args=[read_pdf.pk])).text

    assert f'<img src="{reverse("pages:essay-page", args=[read_pdf.pk, 1])}"' in shown
    assert page(browser, read_pdf).status_code == HTTPStatus.OK


@pytest.mark.parametrize("number", [0, 99])
def test_page_that_is_not_there_is_not_found(browser: Client, read_pdf: Essay, number: int) -> None:
    assert page(browser, read_pdf, number).status_code == HTTPStatus.NOT_FOUND


def test_stranger_sees_no_page(client: Client, stranger: User, read_pdf: Essay) -> None:
    client.force_login(stranger)

    assert page(client, read_pdf).status_code == HTTPStatus.NOT_FOUND


def test_file_that_nobody_has_scanned_yet_is_not_shown(browser: Client, teacher: User) -> None:
    essay = the_essay(teacher, pdf())

    assert page(browser, essay).status_code == HTTPStatus.NOT_FOUND
    assert "essay-page" not in browser.get(essay.get_absolute_url()).text


@pytest.mark.parametrize("name", ["alva.html", "alva.txt", "alva.svg"])
def test_other_kinds_of_file_are_only_a_download(
    browser: Client, teacher: User, drain: Callable[[], int], name: str
) -> None:
    text = "<html><body><p>I like my school becouse we learn many intresting things.</p></body>"
    essay = the_essay(teacher, essay_file(name, text))
    drain()

    assert page(browser, essay).status_code == HTTPStatus.NOT_FOUND
    original = browser.get(reverse("pages:essay-original", args=[essay.pk]))
    assert original.headers["Content-Type"] == "application/octet-stream"


def test_page_that_cannot_be_drawn_is_not_found(browser: Client, read_pdf: Essay) -> None:
    Upload.objects.update(page_count=7)  # more than the file has

    assert page(browser, read_pdf, 7).status_code == HTTPStatus.NOT_FOUND


def test_file_that_is_lost_is_said_and_not_an_error(browser: Client, read_pdf: Essay) -> None:
    StoredContent.objects.update(storage_name="00/lost")

    answer = browser.get(reverse("pages:essay-original", args=[read_pdf.pk]), follow=True)

    assert "This file is not kept any more." in answer.text
    assert page(browser, read_pdf).status_code == HTTPStatus.NOT_FOUND
