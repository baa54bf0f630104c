"""Batches and files for tests, made through the same doors that the faces use."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from batches import flow as batches
from batches.models import Batch
from files import intake
from files.receipts import Handed, Receipt

GOOD = "I like my school becouse we learn about many intresting things every single day there."
BROKEN = b"%PDF-1.7\nthis is not the inside of a PDF file\n%%EOF"


def register(owner: User, n: int | None = 3, **details: Any) -> Batch:
    """A batch that expects n essays in English 6; open when n is None."""
    details.setdefault("course_code", "ENG6")
    return batches.register(owner=owner, expected_essay_count=n, **details)


def essay_file(name: str, text: str = "") -> SimpleUploadedFile:
    """A readable .txt file; its text differs by name unless given."""
    return SimpleUploadedFile(name, (text or f"{GOOD} My file is called {name}.").encode())


def broken_file(name: str) -> SimpleUploadedFile:
    """A file that is stored, takes its slot, and cannot be read."""
    return SimpleUploadedFile(name, BROKEN + name.encode())


def hand_in(
    batch: Batch,
    file: SimpleUploadedFile,
    *,
    essay_id: UUID | None = None,
    reference: str = "",
    allow_duplicate: bool = False,
    replaces: UUID | None = None,
) -> Receipt:
    """One file through the door."""
    file.seek(0)
    return intake.receive(
        batch.pk,
        Handed(file, essay_id=essay_id, reference=reference),
        by=batch.owner,
        allow_duplicate=allow_duplicate,
        replaces=replaces,
    )


def hand_in_good(batch: Batch, n: int, *, prefix: str = "essay") -> list[Receipt]:
    return [hand_in(batch, essay_file(f"{prefix} {i}.txt")) for i in range(1, n + 1)]


def fresh(batch: Batch) -> Batch:
    """The batch as the database has it now."""
    return Batch.objects.get(pk=batch.pk)
