"""A file that was too many and turned out to be harmful: it says so, and cannot be added."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from files import originals
from files.models import Upload
from tests.essays import essay_file, hand_in, register

pytestmark = pytest.mark.django_db


def test_harmful_file_that_is_too_many_says_so_and_cannot_be_added(
    client: Client, teacher: User
) -> None:
    batch = register(teacher, 1)
    hand_in(batch, essay_file("alva.txt"))
    hand_in(batch, essay_file("bea.txt"))
    extra = Upload.objects.select_related("raw").get(status=Upload.Status.EXCESS)
    assert extra.raw is not None

    originals.throw_away(extra.raw)
    client.force_login(teacher)
    page = client.get(batch.get_absolute_url()).content.decode()

    assert "The virus scanner found something harmful" in page
    assert "bea.txt" in page
    assert f"/files/{extra.pk}/extra" not in page
