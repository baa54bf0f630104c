from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from spellcheck.management.commands.spellcheck import NotText, decoded


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encodings_that_schools_have(encoding: str) -> None:
    assert decoded("Åsa åt “glögg”.".encode(encoding)) == "Åsa åt “glögg”."


def test_bytes_with_control_characters_are_not_text() -> None:
    with pytest.raises(NotText):
        decoded(b"PK\x03\x04\x00\x00")


def test_every_file_gets_its_line_and_a_bad_one_fails_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "essay.txt").write_text("Jag har ett abonemang.")

    with pytest.raises(CommandError, match="1 of 2"):
        call_command(
            "spellcheck", "--language", "sv", tmp_path / "missing.txt", tmp_path / "essay.txt"
        )

    missing, essay = map(json.loads, capsys.readouterr().out.splitlines())
    assert missing["code"] == "unreadable"
    assert essay["word_count"] == 4
    assert essay["misspellings"][0]["suggestions"][0] == "abonnemang"
