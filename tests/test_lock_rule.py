"""One lock, one order: every transaction that writes anything of a batch begins by locking it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from batches import flow as batches
from exports import flow as exports
from files import flow as files
from files.models import Upload
from jobs import sweeps
from lifecycle.models import Essay
from pipelines import flow as pipelines
from spellcheck import again, verdicts, wordlist
from spellcheck import flow as spelling
from spellcheck.models import Misspelling
from tests.essays import broken_file, essay_file, hand_in, hand_in_good, register

pytestmark = pytest.mark.django_db(transaction=True)

OWNED = (
    r"(batches_batch|lifecycle_\w+|files_upload|pipelines_\w+|spellcheck_\w+|exports_\w+"
    r"|events_event)"
)
WRITE = re.compile(rf'^(?:INSERT INTO|UPDATE|DELETE FROM) "{OWNED}"')
LOCK = re.compile(r'^(SELECT .* FROM "batches_batch" WHERE|INSERT INTO "batches_batch")', re.DOTALL)
ATTEMPT = re.compile(
    r'^UPDATE "(files_upload|pipelines_essayphase|exports_export)" '
    r'SET (?:"status" = \S+ )?"attempts" = '
)
# Of several steps together, whose rows everybody locks in one order: EssayPhaseQuerySet.locked.
ATTEMPTS = re.compile(r'^SELECT .* FROM "pipelines_essayphase" .* ORDER BY "[^.]+"."id"')
FRAME = re.compile(r"^(BEGIN|SAVEPOINT|RELEASE|ROLLBACK|SET)")


class WriteBeforeLock(AssertionError):
    pass


@contextmanager
def guarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Raise WriteBeforeLock for a write to a batch's row in a transaction that began otherwise."""
    first: list[str] = []
    broken: list[str] = []
    enter = transaction.Atomic.__enter__

    def entering(self: transaction.Atomic) -> None:
        if not connection.in_atomic_block:
            first.clear()
        enter(self)

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not FRAME.match(sql):
            if connection.in_atomic_block:
                first.append(sql)
                begins = ATTEMPT.match(sql) and ATTEMPTS.match(first[0])
                if WRITE.match(sql) and not (LOCK.match(first[0]) or begins):
                    broken.append(f"{sql[:90]}\n in a transaction begun by {first[0][:90]}")
                    raise WriteBeforeLock(broken[0])
                if connection.vendor == "postgresql" and first[0].startswith("SELECT"):
                    assert not WRITE.match(sql) or " FOR " in first[0]
            elif WRITE.match(sql) and not ATTEMPT.match(sql):
                broken.append(f"outside of any transaction: {sql[:90]}")
                raise WriteBeforeLock(broken[0])
        return execute(sql, params, many, context)

    monkeypatch.setattr(transaction.Atomic, "__enter__", entering)
    with connection.execute_wrapper(watch):
        yield
    monkeypatch.undo()
    if broken:  # a task that ends by it is tried again
        raise WriteBeforeLock(broken[0])


def test_guard_sees_a_write_before_the_lock(teacher: User, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = register(teacher, 1)

    with pytest.raises(WriteBeforeLock), guarded(monkeypatch), transaction.atomic():
        Essay.objects.filter(batch=batch).update(file_name="too early")


def test_guard_sees_a_write_outside_of_a_transaction(
    teacher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = register(teacher, 1)

    with pytest.raises(WriteBeforeLock), guarded(monkeypatch):
        Essay.objects.filter(batch=batch).update(file_name="unlocked")


def test_everything_that_happens_to_a_batch_happens_under_its_lock(
    teacher: User, drain: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with guarded(monkeypatch):
        batch = register(teacher, 4)
        hand_in_good(batch, 2)
        broken = hand_in(batch, broken_file("broken.pdf"))
        files.mark_absent(batch.essays.free()[0].pk, absent=True, by=teacher)
        drain()
        assert broken.upload_id is not None
        files.retry(broken.upload_id, by=teacher)
        drain()
        hand_in(batch, essay_file("mended.txt"), replaces=broken.upload_id)
        hand_in(batch, essay_file("one too many.txt"))
        drain()
        files.expect(batch.pk, 5, by=teacher)
        drain()
        mark = Misspelling.objects.filter(result__text__essay__batch=batch)[0]
        spelling.undo(spelling.accept(mark, "because", by=teacher), by=teacher)
        step = wordlist.declare_right(mark, always=False, by=teacher)
        verdicts.take_back(step.pk, by=teacher)
        again.check_again(batch.pk, by=teacher)
        drain()
        exports.ask(batch.pk, "zip", language="en", by=teacher)
        drain()
        batches.describe(batch.pk, title="A place I know well")
        files.remove(batch.uploads.filter(status=Upload.Status.EXTRACTED)[0].pk, by=teacher)
        hand_in(batch, essay_file("another.txt"))
        sweeps.run_all()
        drain()
        pipelines.cancel(register(teacher, 1).pk, by=teacher)
        files.erase_batch(batch.pk, by=teacher)
