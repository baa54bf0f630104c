"""Damaged copies of the samples: a text or a code, soon, and the worker lives on."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from files.extraction import ExtractionFailed, FailureCode
from files.sandbox import extract_in_sandbox

SAMPLES = Path(__file__).parents[2] / "samples"
WHOLE = {
    path.name: path.read_bytes()
    for path in (
        SAMPLES / "ENG6" / "alva_b.docx",
        SAMPLES / "ENG6" / "last_ditch.pdf",
        SAMPLES / "SV2" / "tuva_reportage.pdf",
    )
}
PATCHES = st.lists(
    st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8), st.booleans()), max_size=6
)


def damaged(data: bytes, patches: list[tuple[float, bytes, bool]], keep: float) -> bytes:
    """Patches overwrite or are inserted at a share of the length; then the tail is cut off."""
    broken = bytearray(data)
    for share, patch, is_inserted in patches:
        at = int(share * len(broken))
        broken[at : at + (0 if is_inserted else len(patch))] = patch
    return bytes(broken[: int(keep * len(broken))])


def survives(data: bytes, name: str) -> None:
    try:
        extract_in_sandbox(data, file_name=name).text.encode("utf-8")
    except ExtractionFailed as failed:
        assert failed.code in FailureCode
        assert failed.code != FailureCode.TIMEOUT


KEPT = st.one_of(st.just(1.0), st.floats(0.1, 1))


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(WHOLE)), patches=PATCHES, keep=KEPT)
def test_a_damaged_file_gives_a_text_or_a_code(
    name: str, patches: list[tuple[float, bytes, bool]], keep: float
) -> None:
    survives(damaged(WHOLE[name], patches, keep), name)


@settings(max_examples=60, deadline=None)
@given(patches=PATCHES, keep=KEPT)
def test_damaged_xml_in_a_sound_zip_gives_a_text_or_a_code(
    patches: list[tuple[float, bytes, bool]], keep: float
) -> None:
    rewritten = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(WHOLE["alva_b.docx"])) as whole,
        zipfile.ZipFile(rewritten, "w") as broken,
    ):
        for part in ("[Content_Types].xml", "_rels/.rels", "word/styles.xml"):
            broken.writestr(part, whole.read(part))
        document = whole.read("word/document.xml")
        broken.writestr("word/document.xml", damaged(document, patches, keep))

    survives(rewritten.getvalue(), "alva_b.docx")
