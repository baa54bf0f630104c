"""django-q2 resolves a path only in the worker: here every path that is queued is resolved."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

APPS = ("accounts", "batches", "content", "events", "files", "jobs", "lifecycle", "pipelines")
FACES_AND_PHASES = ("api", "pages", "spellcheck")
TASK = re.compile(r"^[a-z_]+\.tasks\.\w+$")


def task_paths() -> Iterator[str]:
    """Every text in the code that has the shape of a task's path."""
    for app in (*APPS, *FACES_AND_PHASES):
        for file in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and TASK.match(text):
                    yield text


def test_the_tasks_of_the_main_job_are_found() -> None:
    assert {
        "files.tasks.extract_text",
        "pipelines.tasks.start_if_automatic",
        "spellcheck.tasks.check_text",
    } <= set(task_paths())


@pytest.mark.parametrize("path", sorted(set(task_paths())))
def test_queued_path_leads_to_a_function(path: str) -> None:
    assert callable(import_string(path))
