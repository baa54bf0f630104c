"""What two windows, two workers or an erasure do to an export at the same moment."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from accounts.models import User
from batches.models import Batch
from content.models import StoredContent
from exports import flow, tasks
from exports.models import Export, ExportPart
from exports.tests.conftest import Drain, ask, now
from files import flow as files
from tests.essays import hand_in_good, register
from tests.races import at_once, errors_among

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]

TIMES = 3 if connection.vendor == "postgresql" else 1  # SQLite has one writer at a time anyway


@pytest.fixture
def batch(teacher: User, drain: Drain) -> Batch:
    batch = register(teacher, 3)
    hand_in_good(batch, 3)
    drain()
    return batch


def test_export_asked_for_twice_at_once_is_one(batch: Batch) -> None:
    asked = at_once(*[partial(ask, batch)] * 3)

    assert not errors_among(asked)
    assert len(set(asked)) == Export.objects.count() == 1


def test_export_made_twice_at_once_is_one_file(batch: Batch) -> None:
    for _ in range(TIMES):
        export = ask(batch)

        made = at_once(*[partial(tasks.make_export, export.pk)] * 2)

        assert not errors_among(made)
        assert now(export).status == Export.Status.READY
        assert not ExportPart.objects.exists()
        assert StoredContent.objects.count() == 4  # three uploads and the bundle
        flow.withdraw(now(export))


def test_batch_deleted_while_its_export_is_made_leaves_nothing(batch: Batch) -> None:
    export = ask(batch)

    results = at_once(
        partial(tasks.make_export, export.pk),
        partial(files.erase_batch, batch.pk, by=batch.owner),
    )

    assert not errors_among(results)
    assert not Export.objects.exists()
    assert not StoredContent.objects.exists()
