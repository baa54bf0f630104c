"""What is handed in and what is answered: one receipt for each file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any, Protocol
from uuid import UUID


class Outcome(StrEnum):
    """What became of one file of a request."""

    ACCEPTED = "accepted"
    RETRIED = "retried"  # the same bytes had failed before: they are read once more
    DUPLICATE = "duplicate"  # the same bytes are here already
    EXCESS = "excess"  # stored, but every slot has a file
    REFUSED = "refused"  # not stored, for the reason that the code names
    SKIPPED = "skipped"  # what a computer has left in an archive by itself


class IncomingFile(Protocol):
    """A Django UploadedFile, or anything with a name and bytes."""

    @property
    def name(self) -> str | None: ...

    @property
    def file(self) -> IO[Any] | None: ...


@dataclass(frozen=True, slots=True)
class Named:
    """Bytes that came in another way than as a file of a request."""

    name: str
    file: IO[bytes]


@dataclass(frozen=True, slots=True)
class Replaceable:
    """A failed slot which a file that is too many could replace."""

    essay_id: UUID
    reference: str
    file_name: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer for one file. `upload_id` is the first one's for a duplicate."""

    file_name: str
    outcome: Outcome
    upload_id: UUID | None = None
    essay_id: UUID | None = None
    reference: str = ""
    code: str = ""
    detail: str = ""
    replaceable: tuple[Replaceable, ...] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it was handed in, and what was said beside it."""

    file: IncomingFile
    essay_id: UUID | None = None
    reference: str = ""
