"""The floors of the house: the contracts in pyproject.toml hold, and notice who breaks them."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

HOUSE = Path(settings.BASE_DIR)
CONFIG = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: list[str] = CONFIG["tool"]["importlinter"]["root_packages"]
FACES = {"huleedu", "pages", "api"}
OF_HTTP = ("django.http", "django.shortcuts", "django.urls.path", "django.views")
LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def python_files(*rooms: str) -> list[Path]:
    return [
        path
        for room in rooms
        for path in sorted((HOUSE / room).rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(HOUSE).parts)
    ]


def imported(path: Path) -> set[str]:
    """Dotted names that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_app_of_ours_stands_on_a_floor() -> None:
    own = {name for name in settings.INSTALLED_APPS if (HOUSE / name / "apps.py").exists()}

    assert own | {"huleedu"} == set(ROOMS)


def test_nobody_imports_upward(capsys: pytest.CaptureFixture[str]) -> None:
    config = str(HOUSE / "pyproject.toml")

    status = lint_imports(config_filename=config, cache_dir=None, no_logo=True)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("house")
    only_code = shutil.ignore_patterns("data", "__pycache__", "*.pyc", "tests")
    for room in ROOMS:
        shutil.copytree(HOUSE / room, copy / room, ignore=only_code)
    shutil.copy(HOUSE / "pyproject.toml", copy)
    return copy


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        pytest.param("events/bus.py", "import batches.flow", "floors", id="ground-imports-core"),
        pytest.param(
            "lifecycle/slots.py",
            "def late(): from pipelines import flow",
            "floors",
            id="upward-inside-a-function",
        ),
        pytest.param("pipelines/work.py", "import files.models", "floors", id="sideways"),
        pytest.param("api/apps.py", "import pages.apps", "floors", id="face-imports-face"),
        pytest.param(
            "spellcheck/flow.py", "import files.models", "phases-know-no-files", id="phase-and-file"
        ),
        pytest.param(
            "batches/courses.py", "import django_q.tasks", "one-door-to-the-queue", id="queue"
        ),
        pytest.param(
            "files/flow.py", "import rest_framework", "no-http-below-the-faces", id="http-below"
        ),
        pytest.param(
            "spellcheck/tokens.py",
            "import django.conf",
            "pure-code-knows-no-django",
            id="django-in-pure-code",
        ),
    ],
)
def test_a_forbidden_import_is_noticed(
    copied_house: Path, file: str, line: str, contract: str
) -> None:
    path = copied_house / file
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")

    command = [sys.executable, "-c", LINT, "--no-logo", "--no-cache", "--contract", contract]
    lint = subprocess.run(command, cwd=copied_house, capture_output=True, text=True, check=False)
    path.write_text(before, encoding="utf-8")

    assert (lint.returncode, "1 broken" in lint.stdout) == (1, True), lint.stdout + lint.stderr


def test_rooms_below_the_faces_speak_no_http() -> None:
    below = [room for room in ROOMS if room not in FACES | {"accounts"}]  # accounts: a middleware

    offenders = {
        str(path.relative_to(HOUSE))
        for path in python_files(*below)
        if any(name.startswith(OF_HTTP) for name in imported(path))
    }

    assert not offenders
