"""Other programs and libraries that read documents, in their plainest use."""

from __future__ import annotations

import importlib
import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEER_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Peer:
    """missing: "" when it can be used, else how to install it."""

    name: str
    read: Callable[[Path], str]
    missing: str


def peers_for(kind: str) -> list[Peer]:
    """The peers that read this format, installed or not."""
    if kind == "pdf":
        missing = "" if shutil.which("pdftotext") else "apt install poppler-utils"
        return [
            Peer("pdftotext", _pdftotext, missing),
            _python("pypdf", "pypdf", _pypdf),
            _python("pdfminer.six", "pdfminer.high_level", _pdfminer),
        ]
    if kind == "docx":
        return [
            _python("python-docx", "docx", _python_docx),
            _python("docx2txt", "docx2txt", _docx2txt),
            _python("mammoth", "mammoth", _mammoth),
        ]
    return []


def _python(name: str, module: str, read: Callable[[Path], str]) -> Peer:
    try:
        importlib.import_module(module)
    except ImportError:
        return Peer(name, read, f"pip install {name}")
    return Peer(name, read, "")


def _module(name: str) -> Any:
    return importlib.import_module(name)


def _pdftotext(path: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(path), "-"],
        capture_output=True,
        timeout=PEER_TIMEOUT_S,
        check=True,
    )
    return done.stdout.decode("utf-8", errors="replace")


def _pypdf(path: Path) -> str:
    return "\n".join(page.extract_text() for page in _module("pypdf").PdfReader(path).pages)


def _pdfminer(path: Path) -> str:
    return str(_module("pdfminer.high_level").extract_text(str(path)))


def _python_docx(path: Path) -> str:
    document = _module("docx").Document(str(path))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def _docx2txt(path: Path) -> str:
    return str(_module("docx2txt").process(str(path)))


def _mammoth(path: Path) -> str:
    data = io.BytesIO(path.read_bytes())
    return str(_module("mammoth").extract_raw_text(data).value)
