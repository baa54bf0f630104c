"""The sample classes: every readable file gives exactly the text it was made from."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from files.extraction import ExtractionFailed, FailureCode, extract

SAMPLES = Path(__file__).parents[2] / "samples"
BROKEN = {"last_ditch.pdf": FailureCode.ENCRYPTED, "theo_inlämning.docx": FailureCode.EMPTY}
FILES = [path for course in ("ENG6", "SV2") for path in sorted((SAMPLES / course).iterdir())]
READABLE = [path for path in FILES if unicodedata.normalize("NFC", path.name) not in BROKEN]


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_a_sample_gives_its_paragraphs_back(path: Path) -> None:
    source = SAMPLES / "src" / path.parent.name / f"{path.stem}.txt"

    found = extract(path.read_bytes(), file_name=path.name)

    written = source.read_text(encoding="utf-8").strip().split("\n\n")
    assert found.text.split("\n\n") == written
    assert found.warnings == ()


@pytest.mark.parametrize(("name", "code"), BROKEN.items())
def test_the_samples_that_are_broken_on_purpose_say_so(name: str, code: FailureCode) -> None:
    with pytest.raises(ExtractionFailed) as failed:
        extract((SAMPLES / "ENG6" / name).read_bytes(), file_name=name)

    assert failed.value.code == code
