"""`manage.py extract` for admins: one JSON line a file, one bad file never stops the others."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command


def test_every_file_gets_its_line_and_a_bad_one_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hej på dig", encoding="cp1252")
    (tmp_path / "b.docx").write_bytes(b"")
    out = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        names = [str(tmp_path / name) for name in ("b.docx", "missing.pdf", "a.txt")]
        call_command("extract", *names, stdout=out)

    empty, missing, read = map(json.loads, out.getvalue().splitlines())
    assert ended.value.code == 1
    assert (empty["code"], missing["code"]) == ("empty", "unreadable")
    assert list(read) == ["file", "media_type", "page_count", "warnings", "text"]
    assert read["text"] == "Hej på dig"


def test_only_good_files_end_without_an_exit_code(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hej på dig", encoding="utf-8")
    out = io.StringIO()

    call_command("extract", str(tmp_path / "a.txt"), stdout=out)

    assert json.loads(out.getvalue())["warnings"] == ["too_short"]
