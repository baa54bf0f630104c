"""What the documents name exists: commands, files, functions, and the targets of their links."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.utils.module_loading import import_string

HOUSE = Path(settings.BASE_DIR)
DOCUMENTS = sorted(
    [*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md"), HOUSE / "samples" / "README.md"]
)
ROOMS = (
    "huleedu|pages|api|exports|spellcheck|pipelines|files|lifecycle|batches|content|jobs"
    "|events|accounts"
)
PATHS = re.compile(
    rf"`((?:{ROOMS}|docs|tests|bench|samples|templates|static|locale)/[\w./*-]*|[\w.-]+\.(?:md|py|yaml|txt))`"
)
DOTTED = re.compile(rf"`((?:{ROOMS})(?:\.\w+)+)(?:\(.*?\))?`")
LINKS = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(HOUSE))
)


@cache
def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def anchors(document: Path) -> set[str]:
    """The anchors that a renderer gives to a document's headings."""
    headings = re.findall(r"^#+ (.*)$", text_of(document), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def resolves(dotted: str) -> bool:
    """Whether a module, class, function, method or constant has this name."""
    try:
        __import__(dotted)
        return True
    except ImportError:
        module, _, name = dotted.rpartition(".")
    try:
        import_string(dotted)
        return True
    except ImportError:
        return bool(module.count(".")) and hasattr(import_string(module), name)


def test_there_are_documents() -> None:
    names = {str(document.relative_to(HOUSE)) for document in DOCUMENTS}

    assert {"README.md", "CHANGELOG.md", "docs/architecture.md", "docs/running.md"} <= names


@every_document
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for link in LINKS.findall(text_of(document)):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert not broken


@every_document
def test_paths_that_are_named_exist(document: Path) -> None:
    named = {path.rstrip("/") for path in PATHS.findall(text_of(document))}

    missing = {path for path in named if not any(_places(document, path))}

    assert not missing


def _places(document: Path, path: str) -> list[Path]:
    """Where a path may be meant from: the house, or the document's own folder."""
    found = [match for folder in (HOUSE, document.parent) for match in folder.glob(path)]
    return found or [match for match in HOUSE.glob(f"*/{path}") if "/" not in path]


@every_document
def test_functions_and_classes_that_are_named_exist(document: Path) -> None:
    named = {name for name in DOTTED.findall(text_of(document)) if not (HOUSE / name).exists()}

    assert not {name for name in named if not resolves(name)}


@every_document
def test_management_commands_that_are_named_exist(document: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", text_of(document)))

    assert named <= set(get_commands())


@every_document
def test_make_targets_that_are_named_exist(document: Path) -> None:
    makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([\w./%-]+):", makefile, flags=re.MULTILINE)
    patterns = [re.compile(target.replace("%", r"[\w-]+")) for target in targets]
    named = set(re.findall(r"(?:^|[` &])make ([a-z./-]+[a-z])", text_of(document), re.MULTILINE))

    assert not {name for name in named if not any(p.fullmatch(name) for p in patterns)}


@pytest.mark.parametrize(
    "target", ["demo", "serve", "test", "check", "faults", "fuzz", "lock", "clean", "help"]
)
def test_make_knows_what_each_target_needs(target: str) -> None:
    dry = subprocess.run(
        ["make", "--dry-run", target], cwd=HOUSE, capture_output=True, text=True, check=False
    )

    assert dry.returncode == 0, dry.stderr


STATES = {
    "Batch": "batches.models.NEXT",
    "Essay": "lifecycle.models.NEXT",
    "Upload": "files.models.NEXT",
    "Phase of a run": "pipelines.models.NEXT_OF_PHASE_RUN",
    "Phase of an essay": "pipelines.models.NEXT_OF_ESSAY_PHASE",
    "Export": "exports.models.NEXT",
    "Decision on a misspelling": "spellcheck.models.NEXT",
}


@pytest.mark.parametrize("heading", STATES)
def test_documented_moves_are_those_of_the_code(heading: str) -> None:
    section = text_of(HOUSE / "docs" / "architecture.md").partition(f"### {heading}\n")[2]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section.partition("\n#")[0], flags=re.MULTILINE)

    documented = {source: set(re.findall(r"`(\w+)`", targets)) for source, targets in rows}

    table = import_string(STATES[heading])
    assert documented == {str(source): set(map(str, targets)) for source, targets in table.items()}
