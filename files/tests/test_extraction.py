"""What `extract` promises for every format, on files made here."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from files.extraction import ExtractionFailed, FailureCode, Limits, extract

SWEDISH = "Jag åkte till mormor i går. Vi åt våfflor med sylt, och sedan höll vi på hela kvällen."


def test_plain_text_comes_back_as_written() -> None:
    found = extract(SWEDISH.encode(), file_name="alva_b.txt")

    assert found.text == SWEDISH
    assert (found.media_type, found.page_count) == ("text/plain", None)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman", "cp850"],
)
def test_swedish_text_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert extract(SWEDISH.encode(encoding), file_name="a.txt").text == SWEDISH


@pytest.mark.parametrize("encoding", ["cp1252", "mac-roman"])
def test_typographic_quotes_survive_the_old_encodings(encoding: str) -> None:
    text = "“It’s raining,” she said – and it didn’t stop. Café… naïve."

    assert extract(text.encode(encoding), file_name="a.txt").text == text


def test_one_broken_byte_does_not_spoil_utf8() -> None:
    data = SWEDISH.encode() + b" \x96 slut"

    assert extract(data, file_name="a.txt").text == SWEDISH + " – slut"


def test_text_is_nfc_with_unix_line_ends() -> None:
    decomposed = unicodedata.normalize("NFD", SWEDISH)

    found = extract(f"{decomposed}\r\nNy rad \x07\r\r\rSlut".encode(), file_name="a.txt")

    assert found.text == f"{SWEDISH}\nNy rad\n\nSlut".replace("rad\n", "rad \n").replace(
        " \n", "\n"
    )


def test_short_text_is_kept_with_a_warning() -> None:
    assert extract(b"Too short.", file_name="a.txt").warnings == ("too_short",)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.docx", FailureCode.EMPTY),
        (b"  \n\t ", "a.txt", FailureCode.EMPTY),
        (b"\x89PNG\r\n\x1a\n", "photo.png", FailureCode.UNSUPPORTED_TYPE),
        (b"\x89PNG\r\n\x1a\n", "essay.txt", FailureCode.TYPE_MISMATCH),
        (b"{\\rtf1 Hello}", "essay.docx", FailureCode.TYPE_MISMATCH),
        (b"Hello there", "essay.pdf", FailureCode.TYPE_MISMATCH),
        (b"%PDF-1.7\n" + bytes(range(256)) * 9, "essay.pdf", FailureCode.CORRUPT),
        (b"PK\x03\x04" + bytes(26) + b"word/document.xml", "essay.docx", FailureCode.CORRUPT),
        (b"x" * 5001, "essay.txt", FailureCode.TOO_LARGE),
    ],
)
def test_a_file_without_text_gets_its_code(data: bytes, name: str, code: FailureCode) -> None:
    with pytest.raises(ExtractionFailed) as failed:
        extract(data, file_name=name, limits=Limits(file_bytes=5000))

    assert failed.value.code == code
    assert failed.value.detail.endswith(".")


def test_reading_needs_no_django() -> None:
    program = "import sys, files.sandbox; sys.exit('django' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2])

    assert done.returncode == 0


_NAMES = st.sampled_from(["a.txt", "a.pdf", "a.docx", "a.doc", "a", "å.PDF"])
_STARTS = st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"{\\rtf1 ", b"\xff\xfe", b"<html>"])


@settings(max_examples=300, deadline=None)
@given(start=_STARTS, rest=st.binary(max_size=400), name=_NAMES)
def test_any_bytes_give_a_text_or_a_code(start: bytes, rest: bytes, name: str) -> None:
    try:
        found = extract(start + rest, file_name=name)
    except ExtractionFailed as failed:
        assert failed.code in FailureCode
    else:
        assert found.text == unicodedata.normalize("NFC", found.text).strip()
        found.text.encode("utf-8")
