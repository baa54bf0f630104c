"""Shows what text a file gives, or why it gives none. Needs no database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from files.extraction import ExtractionFailed
from files.sandbox import extract_in_sandbox


class Command(BaseCommand):
    """One JSON object a file and line; exit code 1 when any file gave no text."""

    help = "Read files into text, each in a confined child, and print one JSON object a file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="pdf, docx, txt ...")
        parser.add_argument("--language", choices=["en", "sv"], help="of the texts; a hint")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = [self._show(name, options["language"]) for name in options["files"]]
        if not all("text" in answer for answer in answers):
            sys.exit(1)

    def _show(self, name: str, language: str | None) -> dict[str, Any]:
        answer = {"file": name, **read(Path(name), language)}
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        return answer


def read(path: Path, language: str | None) -> dict[str, Any]:
    """media_type, page_count, warnings and text of a file; or code and detail."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return {"code": "unreadable", "detail": f"The file cannot be opened: {error.strerror}."}
    try:
        found = asdict(extract_in_sandbox(data, file_name=path.name, language=language))
    except ExtractionFailed as failure:
        return {"code": failure.code, "detail": failure.detail}
    return {key: found[key] for key in ("media_type", "page_count", "warnings", "text")}
