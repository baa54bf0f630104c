"""What a zip of a batch holds: its essays as Word files, and in the whole bundle the tables too.

The same contents give the same bytes: members come in one order and carry one moment.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, ClassVar
from uuid import UUID

from django.utils.translation import get_language

from exports import names, word
from exports.gather import FORMAT, Collection, Paper
from exports.index import index_of
from exports.ooxml import member
from exports.table import csv_of
from exports.workbook import workbook_of
from spellcheck.report import MAX_PAIRS

PART_ESSAYS = 10  # are made at a time, and kept until the zip is whole

STYLE = Path(__file__).with_name("style.css")


@dataclass(frozen=True, slots=True)
class Essays:
    """A few essays that are made together. key: of everything that their files are made from."""

    key: str
    papers: tuple[tuple[str, Paper], ...]  # each with its file's name, without an ending

    latest: ClassVar[float] = 1.0  # share of a turn after which it waits for the next one

    @property
    def n(self) -> int:
        return len(self.papers)

    def members(self, collection: Collection) -> Iterator[tuple[str, bytes, UUID | None]]:
        batch, language = collection.batch, get_language() or ""
        for name, paper in self.papers:
            data = word.with_comments(paper, batch, language=language)
            yield f"essays/{name}.docx", data, paper.essay_id
            if paper.corrected is not None:
                data = word.corrected(paper, batch, language=language)
                yield f"corrected/{name}.docx", data, paper.essay_id


@dataclass(frozen=True, slots=True)
class Tables:
    """What is made of the whole class. paths: essay → the files that are made of it."""

    key: str
    paths: Mapping[UUID, Sequence[str]]

    latest: ClassVar[float] = 0.25  # it grows with the class, to seconds

    @property
    def n(self) -> int:
        return 0

    def members(self, collection: Collection) -> Iterator[tuple[str, bytes, UUID | None]]:
        report = collection.report
        short = replace(report, pairs=report.pairs[:MAX_PAIRS])
        yield "class-list.csv", csv_of(collection), None
        yield "class-list.xlsx", workbook_of(collection, report.pairs), None
        yield "index.html", index_of(collection, short, self.paths), None
        yield "style.css", STYLE.read_bytes(), None


Part = Essays | Tables


def parts_of(collection: Collection, *, with_tables: bool) -> list[Part]:
    """Everything of a bundle, in parts whose keys change with their contents alone."""
    papers = collection.with_text
    named = list(zip(names.unique(names.stem(paper.name) for paper in papers), papers, strict=True))
    parts: list[Part] = []
    for i in range(0, len(named), PART_ESSAYS):
        some = tuple(named[i : i + PART_ESSAYS])
        parts.append(Essays(_key(collection, some), some))
    if with_tables:
        paths = {
            paper.essay_id: [f"essays/{name}.docx"]
            + ([f"corrected/{name}.docx"] if paper.corrected is not None else [])
            for name, paper in named
        }
        parts.append(Tables(_key(collection, collection.papers), paths))
    return parts


def _key(collection: Collection, contents: object) -> str:
    batch = collection.batch
    told = (FORMAT, get_language(), batch.name, batch.class_designation, batch.language)
    return hashlib.sha256(repr((told, contents)).encode()).hexdigest()


def part_bytes(part: Part, collection: Collection) -> bytes:
    """A zip of the part's files, at the paths that they have in the bundle."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, data, essay_id in part.members(collection):
            # Word files and workbooks are compressed in themselves.
            info = member(path, collection.at, compressed=not path.endswith((".docx", ".xlsx")))
            info.comment = essay_id.hex.encode() if essay_id else b""  # for the manifest
            archive.writestr(info, data)
    return stream.getvalue()


def write_bundle(stream: IO[bytes], collection: Collection, parts: Iterable[bytes]) -> None:
    """Put the parts, as `part_bytes` made them, together, and say what there is."""
    manifest = _Manifest(collection)
    with zipfile.ZipFile(stream, "w") as archive:
        for part in parts:
            with zipfile.ZipFile(io.BytesIO(part)) as made:
                for info in made.infolist():
                    data = made.read(info)
                    essay_id = UUID(info.comment.decode()) if info.comment else None
                    kept = info.compress_type == zipfile.ZIP_STORED
                    archive.writestr(
                        member(info.filename, collection.at, compressed=not kept), data
                    )
                    manifest.add(info.filename, data, essay_id)
        archive.writestr(member("manifest.json", collection.at), manifest.bytes())


class _Manifest:
    """What the bundle holds, with a checksum of each member but itself."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._members: list[dict[str, Any]] = []

    def add(self, path: str, data: bytes, essay_id: UUID | None) -> None:
        row = {"path": path, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        self._members.append(row | ({"essay_id": str(essay_id)} if essay_id else {}))

    def bytes(self) -> bytes:
        batch = self._collection.batch
        told = {
            "format": f"huleedu-export/{FORMAT}",
            "batch_id": str(batch.pk),
            "title": batch.name,
            "language": batch.language,
            "as_of": _moment(self._collection.at),
            "members": sorted(self._members, key=lambda row: str(row["path"])),
        }
        return json.dumps(told, indent=2, ensure_ascii=False).encode()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
