"""The settings: safe when nothing is said, and each of them explained."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from content.tests import s3
from files.extraction import ocr
from files.sandbox import REUSED_WALL_S
from jobs.attempts import TOGETHER_S
from tests.engines import needs_postgres

HOUSE = Path(settings.BASE_DIR)
SOURCE = HOUSE / "huleedu" / "settings.py"
NO_DEFAULT = object()
SHOW = "import json, huleedu.settings as s; print(json.dumps([getattr(s, n) for n in {names!r}]))"


def in_an_empty_house(
    folder: Path, code: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run code with the settings alone, where there is no .env and nothing in the environment."""
    (folder / "huleedu").mkdir()
    shutil.copy(SOURCE, folder / "huleedu")
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def read_settings() -> dict[str, Any]:
    """Name → default of every setting that is read from the environment, as the source has it."""
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.")):
            continue
        if node.args and isinstance(node.args[0], ast.Constant):
            name = str(node.args[0].value)
            defaults = [item.value for item in node.keywords if item.arg == "default"]
            found[name] = ast.unparse(defaults[0]) if defaults else NO_DEFAULT
    return found


def documented_settings() -> dict[str, str]:
    """Name → what the table of docs/running.md gives as its default."""
    text = (HOUSE / "docs" / "running.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \| (.*?) \|", text, flags=re.MULTILINE))


def test_nothing_starts_without_a_secret_key(tmp_path: Path) -> None:
    start = in_an_empty_house(tmp_path, "import huleedu.settings")

    assert start.returncode != 0
    assert "SECRET_KEY" in start.stderr


def test_a_site_of_which_nothing_is_said_is_safe(tmp_path: Path) -> None:
    names = ["DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]

    shown = in_an_empty_house(tmp_path, SHOW.format(names=names), SECRET_KEY="x" * 50)

    assert json.loads(shown.stdout) == [False, True, True, True], shown.stderr


def test_database_and_files_are_kept_in_var(tmp_path: Path) -> None:
    code = "import huleedu.settings as s; print(s.DATABASES['default']['NAME'], s.VAR_DIR)"

    shown = in_an_empty_house(tmp_path, code, SECRET_KEY="x", VAR_DIR=str(tmp_path / "my data"))

    assert shown.stdout.strip() == f"{tmp_path}/my data/huleedu.sqlite3 {tmp_path}/my data"


def test_what_the_database_url_says_of_statements_wins(tmp_path: Path) -> None:
    code = "import json, huleedu.settings as s; print(json.dumps(s.DATABASES['default']))"
    url = "postgres://user:secret@host/name?prepare_threshold=9&sslmode=require"

    shown = in_an_empty_house(tmp_path, code, SECRET_KEY="x", DATABASE_URL=url)

    options = json.loads(shown.stdout)["OPTIONS"]
    assert (options["prepare_threshold"], options["sslmode"]) == (9, "require")
    assert options["server_side_binding"] is True


@pytest.mark.django_db
@needs_postgres
def test_server_that_says_nothing_is_given_up_in_seconds() -> None:
    connection.ensure_connection()

    asked = connection.connection.info.get_parameters()

    assert (asked["connect_timeout"], asked["tcp_user_timeout"]) == ("5", "10000")


@pytest.mark.django_db
@needs_postgres
def test_statement_that_comes_again_is_no_longer_parsed() -> None:
    for key in range(20):
        User.objects.filter(pk=key).exists()

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        assert any("accounts_user" in statement for (statement,) in cursor)


def test_every_setting_is_explained() -> None:
    assert set(documented_settings()) == set(read_settings())


@pytest.mark.parametrize("name", sorted(read_settings()))
def test_documented_default_is_the_real_one(name: str) -> None:
    written, real = documented_settings()[name], read_settings()[name]
    shown = re.fullmatch(r"`(.*)`", written)

    if real is NO_DEFAULT:
        assert written == "none"
    elif not shown:
        assert real in ("None", "''", "[]")
    elif "VAR_DIR" in real or "BASE_DIR" in real:
        assert shown[1].endswith("var") or shown[1].endswith("huleedu.sqlite3")
    else:
        value = eval(real)  # noqa: S307 - a literal of our own settings
        text = ",".join(value) if isinstance(value, list) else str(value)
        assert shown[1] == (text.lower() if isinstance(value, bool) else text)


def test_work_fits_into_its_lease() -> None:
    cluster = settings.Q_CLUSTER

    assert settings.EXTRACT_TIMEOUT_S < cluster["timeout"] < cluster["retry"]


def test_task_may_take_as_long_as_a_silent_storage_the_scanner_and_the_reading(
    tmp_path: Path,
) -> None:
    code = """if True:
        import json, huleedu.settings as s
        config = s.STORAGES["default"]["OPTIONS"]["client_config"]
        tries = config.retries["total_max_attempts"]
        waits_s = tries * (config.connect_timeout + config.read_timeout) + tries - 1
        print(json.dumps([waits_s, s.Q_CLUSTER["timeout"]]))"""
    given = {"CONTENT_S3_BUCKET": "b", "EXTRACT_TIMEOUT_S": "25", "CLAMD_URL": "tcp://c:1"}

    shown = in_an_empty_house(tmp_path, code, SECRET_KEY="x", CLAMD_TIMEOUT_S="8", **given)

    call_s, task_s = json.loads(shown.stdout)
    small_files_s = TOGETHER_S + REUSED_WALL_S
    assert s3.N_CALLS * call_s + 8 + small_files_s + 25 <= task_s


def test_task_may_take_longer_where_reading_may(tmp_path: Path) -> None:
    code = "import huleedu.settings as s; print(s.Q_CLUSTER['timeout'], s.Q_CLUSTER['retry'])"

    shown = in_an_empty_house(tmp_path, code, SECRET_KEY="x", EXTRACT_TIMEOUT_S="60")

    assert shown.stdout.split() == ["65", "72"]


def test_a_scan_fits_into_its_lease() -> None:
    cluster = settings.Q_CLUSTER["ALT_CLUSTERS"]["long"]

    last_page_s = ocr.PAGE_TIMEOUT_S + settings.EXTRACT_TIMEOUT_S
    assert settings.OCR_TIMEOUT_S + last_page_s < cluster["timeout"] < cluster["retry"]


def test_every_long_task_has_a_queue_that_is_served() -> None:
    assert set(settings.LONG_TASKS.values()) <= set(settings.Q_CLUSTER["ALT_CLUSTERS"])


def test_the_queue_stands_in_the_one_database() -> None:
    assert list(settings.DATABASES) == [settings.Q_CLUSTER["orm"]]
