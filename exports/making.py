"""Making an export, a few seconds at a time, from what is kept of it so far."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from typing import IO

from django.utils import translation

from content import store
from content.models import StoredContent
from exports import bundle, flow
from exports.gather import Collection, fingerprint, gather
from exports.models import Export
from exports.table import csv_of
from exports.workbook import workbook_of

BUNDLES = (Export.Kind.DOCX, Export.Kind.ZIP)
TURN_S = 4.0  # then others have theirs: a task holds one of few workers


def make(export: Export) -> None:
    """Go on with an export until it is done, or its turn is over and it is queued again.

    Parts are kept under the key of their contents. What was changed while the others were made is
    made again, so that a bundle shows one moment. Raises StorageUnavailable.
    """
    with translation.override(export.language):
        key = fingerprint(export.batch)
        collection = gather(export.batch)
        if export.kind in BUNDLES and not _make_parts(export, collection):
            return
        with tempfile.TemporaryFile() as stream:
            _write(export, collection, stream)
            content = put(stream, export)
        flow.finish(export, content, key, n_total=len(collection.with_text))


def put(stream: IO[bytes], export: Export) -> StoredContent:
    size_bytes, sha256 = store.digest(stream)
    return store.put(stream, owner_id=export.batch.owner_id, size_bytes=size_bytes, sha256=sha256)


def _make_parts(export: Export, collection: Collection) -> bool:
    """Make the parts that are missing. False: the turn is over, or nobody wants them any more."""
    began = time.monotonic()
    parts = _parts(export, collection)
    kept = set(export.parts.values_list("key", flat=True))
    missing = [part for part in parts if part.key not in kept]
    n_total = len(collection.with_text)
    n_done = n_total - sum(part.n for part in missing)
    for i, part in enumerate(missing):
        if i and time.monotonic() - began > TURN_S * part.latest:
            flow.go_on(export)
            return False
        content = put(io.BytesIO(bundle.part_bytes(part, collection)), export)
        n_done += part.n
        if not flow.keep_part(export, part.key, content, n_done=n_done, n_total=n_total):
            return False
    return True


def _write(export: Export, collection: Collection, stream: IO[bytes]) -> None:
    match Export.Kind(export.kind):
        case Export.Kind.CSV:
            stream.write(csv_of(collection))
        case Export.Kind.XLSX:
            stream.write(workbook_of(collection, collection.report.pairs))
        case Export.Kind.DOCX | Export.Kind.ZIP:
            bundle.write_bundle(stream, collection, _kept(export, collection))


def _parts(export: Export, collection: Collection) -> list[bundle.Part]:
    return bundle.parts_of(collection, with_tables=export.kind == Export.Kind.ZIP)


def _kept(export: Export, collection: Collection) -> Iterator[bytes]:
    by_key = {part.key: part for part in export.parts.select_related("content")}
    for part in _parts(export, collection):
        yield store.read(by_key[part.key].content)
