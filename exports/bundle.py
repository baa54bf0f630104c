"""What a zip of a batch holds: its essays as Word files, and in the whole bundle the tables too.

The same contents give the same bytes: members come in one order and carry one moment.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.utils.translation import get_language

from exports import names, word
from exports.gather import FORMAT, Collection, Paper
from exports.index import index_of
from exports.ooxml import member
from exports.table import csv_of
from exports.workbook import workbook_of
from spellcheck.report import MAX_PAIRS, Report

PART_ESSAYS = 10  # are made at a time, and kept until the zip is whole

STYLE = Path(__file__).with_name("style.css")


@dataclass(frozen=True, slots=True)
class Part:
    """A few essays that are made together. key: of everything that their files are made from."""

    key: str
    papers: tuple[tuple[str, Paper], ...]  # each with its file's name, without an ending


def parts_of(collection: Collection) -> list[Part]:
    """Every essay with a text, in parts whose keys change with their contents alone."""
    papers = collection.with_text
    named = list(zip(names.unique(names.stem(paper.name) for paper in papers), papers, strict=True))
    batch = collection.batch
    told = (FORMAT, get_language(), batch.name, batch.class_designation, batch.language)
    parts = []
    for i in range(0, len(named), PART_ESSAYS):
        some = tuple(named[i : i + PART_ESSAYS])
        parts.append(Part(hashlib.sha256(repr((told, some)).encode()).hexdigest(), some))
    return parts


def part_bytes(part: Part, collection: Collection) -> bytes:
    """A zip of the part's Word files, at the paths that they have in the bundle."""
    stream = io.BytesIO()
    batch, language = collection.batch, get_language() or ""
    with zipfile.ZipFile(stream, "w") as archive:
        for name, paper in part.papers:
            made = {f"essays/{name}.docx": word.with_comments(paper, batch, language=language)}
            if paper.corrected is not None:
                made[f"corrected/{name}.docx"] = word.corrected(paper, batch, language=language)
            for path, data in made.items():
                info = member(path, paper.at or batch.registered_at, compressed=False)
                info.comment = paper.essay_id.hex.encode()  # whose it is, for the manifest
                archive.writestr(info, data)
    return stream.getvalue()


def write_bundle(
    stream: IO[bytes], collection: Collection, parts: Iterable[bytes], report: Report | None
) -> None:
    """Write the zip. parts: of `part_bytes`; report: with all pairs, or None for the essays alone.

    Word files are compressed in themselves, so they are stored as they are.
    """
    manifest = _Manifest(collection)
    paths: defaultdict[UUID, list[str]] = defaultdict(list)
    with zipfile.ZipFile(stream, "w") as archive:

        def add(path: str, data: bytes, essay_id: UUID | None = None, *, packed: bool) -> None:
            info = member(path, collection.at, compressed=not packed)
            archive.writestr(info, data)
            manifest.add(path, data, essay_id)

        for part in parts:
            for path, data, essay_id in _members(part):
                paths[essay_id].append(path)
                add(path, data, essay_id, packed=True)
        if report is not None:
            add("class-list.csv", csv_of(collection), packed=False)
            add("class-list.xlsx", workbook_of(collection, report.pairs), packed=True)
            add("index.html", index_of(collection, _short(report), paths), packed=False)
            add("style.css", STYLE.read_bytes(), packed=False)
        archive.writestr(member("manifest.json", collection.at), manifest.bytes())


def _members(part: bytes) -> Iterator[tuple[str, bytes, UUID]]:
    with zipfile.ZipFile(io.BytesIO(part)) as archive:
        for info in archive.infolist():
            yield info.filename, archive.read(info), UUID(info.comment.decode())


def _short(report: Report) -> Report:
    return Report(report.figures, report.pairs[:MAX_PAIRS], report.points, report.n_open)


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
