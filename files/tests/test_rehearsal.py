"""The warm process has read a file of each format before a pupil's file comes."""

from __future__ import annotations

from files import rehearsal, sniff
from files.extraction import extract
from files.extraction.registry import READERS


def test_each_format_is_rehearsed_and_read_whole() -> None:
    read = [extract(data, file_name=name) for name, data in rehearsal.files()]

    assert {found.media_type for found in read} == set(READERS)
    assert all("A second paragraph, of few words." in found.text for found in read)
    assert all(set(found.warnings) == {"too_short"} for found in read)


def test_pdf_is_whole_and_needs_no_repair() -> None:
    [pdf] = [data for name, data in rehearsal.files() if name.endswith(".pdf")]

    start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])

    assert pdf[start:].startswith(b"xref")
    assert sniff.sniff(pdf) == sniff.PDF
