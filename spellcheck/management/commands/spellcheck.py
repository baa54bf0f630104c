"""Checks text files from the shell; needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from spellcheck import engine
from spellcheck.dictionaries import LANGUAGES

CONTROL = frozenset(range(32)) - {9, 10, 12, 13}


class NotText(Exception):
    """The bytes are not text in UTF-8, UTF-16 with a byte order mark, or cp1252."""


class Command(BaseCommand):
    """One JSON object a file, one a line; exit code 1 when a file could not be read."""

    help = "Check the spelling of text files and print one JSON object a file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", required=True, choices=LANGUAGES)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        n_failed = 0
        for file in options["files"]:
            found = answer(file, options["language"])
            n_failed += "code" in found
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        if n_failed:
            raise CommandError(f"{n_failed} of {len(options['files'])} files could not be checked")


def answer(file: Path, language: str) -> dict[str, Any]:
    """The report of one file, or {"file", "code", "detail"}; code: unreadable or not_text."""
    try:
        text = decoded(file.read_bytes())
    except OSError as error:
        return {"file": str(file), "code": "unreadable", "detail": error.strerror or "unreadable"}
    except NotText:
        return {"file": str(file), "code": "not_text", "detail": "the file is not plain text"}
    report = asdict(engine.check(text, language=language))
    return {"file": str(file), **report}


def decoded(data: bytes) -> str:
    """Text of UTF-8 (with or without mark), UTF-16 with mark, or cp1252; else NotText."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif CONTROL.isdisjoint(data):
        encodings = ["utf-8-sig", "cp1252"]
    else:
        raise NotText
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotText
