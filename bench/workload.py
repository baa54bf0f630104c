"""Essays for benchmarks: copies of the sample essays, each with bytes of its own."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
BROKEN_ON_PURPOSE = {"last_ditch.pdf", "theo_inlämning.docx"}
FOLDERS = {"ENG6": "en", "SV2": "sv"}  # course code → language


@dataclass(frozen=True, slots=True)
class Essay:
    name: str
    data: bytes
    language: str


def essays(course: str, n: int, batch: int) -> list[Essay]:
    """n readable essays of a course, in turn txt, docx and pdf; no two of all batches are equal."""
    files = [
        path
        for path in sorted((SAMPLES / course).iterdir())
        if path.is_file() and path.name not in BROKEN_ON_PURPOSE
    ]
    return [_copy(files[i % len(files)], f"{batch}-{i}", FOLDERS[course]) for i in range(n)]


def _copy(path: Path, mark: str, language: str) -> Essay:
    data = path.read_bytes()
    if path.suffix == ".docx":
        archive = io.BytesIO(data)
        with zipfile.ZipFile(archive, "a") as changed:
            changed.comment = mark.encode()
        data = archive.getvalue()
    elif path.suffix == ".pdf":
        data += f"\n% {mark}\n".encode()
    else:
        data += f"\n\n{mark}\n".encode()
    return Essay(f"{mark} {path.name}", data, language)
