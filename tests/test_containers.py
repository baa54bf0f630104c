"""Dockerfile and compose.yaml, as far as they can be proved where no container engine runs.

tests/compose_spec.json is the Compose Specification's schema as the docker-compose 1.29.2 package
ships it (compose/config/compose_spec.json, Apache-2.0), unchanged.
"""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.test import Client
from gunicorn.config import Config
from jsonschema import Draft201909Validator
from packaging.specifiers import SpecifierSet

from huleedu import settings as as_written

HOUSE = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((HOUSE / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: s for name, s in COMPOSE["services"].items() if "build" in s}
IGNORED = (HOUSE / ".dockerignore").read_text(encoding="utf-8").split("\n")

Instruction = tuple[str, str]


def dockerfile() -> list[Instruction]:
    """(instruction, argument) pairs, continued lines joined and comments left out."""
    text = (HOUSE / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(line[0], line[1]) for line in lines]


def arguments(name: str) -> list[str]:
    return [argument for instruction, argument in dockerfile() if instruction == name]


def final_stage() -> list[Instruction]:
    instructions = dockerfile()
    last = max(i for i, (name, _) in enumerate(instructions) if name == "FROM")
    return instructions[last:]


def environment_names(text: str) -> set[str]:
    """Names of `.env` lines, commented out or not."""
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, flags=re.MULTILINE))


def settings_names() -> set[str]:
    source = (HOUSE / "huleedu" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z][A-Z0-9_]+)\"", source))


def interpolations() -> list[str]:
    """What stands in ${...} in compose.yaml."""
    return re.findall(r"\$\{([^}]+)\}", (HOUSE / "compose.yaml").read_text(encoding="utf-8"))


def seconds(duration: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([sm])", duration).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "m": 60}[unit]


# --- compose.yaml ---------------------------------------------------------------------------
def test_compose_file_follows_the_specification() -> None:
    schema = json.loads((HOUSE / "tests" / "compose_spec.json").read_text(encoding="utf-8"))

    faults = [
        f"{e.json_path}: {e.message}" for e in Draft201909Validator(schema).iter_errors(COMPOSE)
    ]

    assert not faults


@pytest.mark.parametrize("service", OURS)
def test_command_of_a_service_exists_with_its_options(service: str) -> None:
    command = OURS[service].get("command")
    check = OURS[service].get("healthcheck", {}).get("test", ["CMD"])[1:]

    for python, script, name, *options in filter(None, (command, check)):
        assert (python, script) == ("python", "manage.py")
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        parser.parse_args(options)


@pytest.mark.parametrize("service", OURS)
def test_settings_that_a_service_is_given_exist(service: str) -> None:
    assert set(OURS[service]["environment"]) <= settings_names()


def test_what_compose_asks_of_the_environment_has_no_default() -> None:
    assert interpolations()
    assert all(":?" in interpolation for interpolation in interpolations())


def test_what_compose_asks_of_the_environment_stands_in_the_example() -> None:
    asked = {interpolation.partition(":")[0] for interpolation in interpolations()}
    example = (HOUSE / ".env.example").read_text(encoding="utf-8")

    assert asked <= environment_names(example)
    assert environment_names(example) <= settings_names() | {"POSTGRES_PASSWORD"}


def test_worker_is_given_the_time_that_it_takes_to_stop() -> None:
    assert seconds(OURS["worker"]["stop_grace_period"]) > settings.WORKER_GRACE_S + 10


def test_what_people_hand_in_outlives_the_container() -> None:
    [workdir] = {argument for name, argument in final_stage() if name == "WORKDIR"}
    targets = {mount.split(":")[1] for s in OURS.values() for mount in s["volumes"]}

    assert f"{workdir}/var/content" in targets
    storage = as_written.STORAGES["default"]["OPTIONS"]
    assert storage["location"] == as_written.VAR_DIR / "content"


def test_virus_scanner_is_reached_from_within_alone() -> None:
    scanner = COMPOSE["services"]["clamd"]
    url = urlsplit(OURS["worker"]["environment"]["CLAMD_URL"])

    assert (url.scheme, url.hostname, url.port) == ("tcp", "clamd", 3310)
    assert "ports" not in scanner
    for service in ("web", "worker"):
        [shared] = set(OURS[service]["networks"]) & set(scanner["networks"])
        assert COMPOSE["networks"][shared] == {"internal": True}
    assert "default" not in scanner["networks"]  # where the database is
    assert scanner["healthcheck"]["test"][0] == "CMD"


def test_log_of_the_database_quotes_no_values_and_no_statements() -> None:
    program, *options = COMPOSE["services"]["postgres"]["command"]

    assert program == "postgres"
    assert options[::2] == ["-c"] * 2
    assert set(options[1::2]) == {"log_error_verbosity=terse", "log_min_error_statement=panic"}


# --- the image ------------------------------------------------------------------------------
def test_image_has_a_python_that_the_project_asks_for() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = {re.match(r"python:([\d.]+)-slim", base) for base in arguments("FROM")}

    assert len({version and version[1] for version in versions}) == 1
    assert all(
        version and version[1] in SpecifierSet(project["requires-python"]) for version in versions
    )


def test_image_copies_only_what_exists() -> None:
    sources = [
        source
        for argument in arguments("COPY")
        if not argument.startswith("--from")
        for source in argument.split()[:-1]
    ]

    assert sources
    assert all((HOUSE / source).exists() and source not in IGNORED for source in sources)


def test_image_leaves_secrets_and_data_out() -> None:
    assert {".env", ".env.*", "var", ".git"} <= set(IGNORED)


def test_image_runs_as_somebody_without_rights_and_without_build_tools() -> None:
    stage = final_stage()
    users = [argument for name, argument in stage if name == "USER"]
    [installing] = [argument for name, argument in stage if name == "RUN" and "apt-get" in argument]
    packages = re.findall(r" (?!-)([a-z][\w-]+)", installing.split("install ")[1].split("&&")[0])

    assert users == ["huleedu"]
    assert packages == ["tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-swe"]


def test_image_starts_a_server_that_exists() -> None:
    [command] = arguments("CMD")
    program, *options = json.loads(command)

    parsed = Config().parser().parse_args(options)
    location, _, module = parsed.config.partition(":")
    conf = importlib.import_module(module)

    assert (program, location) == ("gunicorn", "python")
    assert callable(importlib.import_module(conf.wsgi_app).application)
    assert parsed.bind == [f"0.0.0.0:{arguments('EXPOSE')[0]}"]


def test_image_asks_after_its_own_health() -> None:
    [check] = arguments("HEALTHCHECK")
    program, option, code = json.loads(check.partition("CMD ")[2])

    compile(code, "HEALTHCHECK", "exec")

    assert (program, option) == ("python", "-c")
    assert f"http://127.0.0.1:{arguments('EXPOSE')[0]}/healthz" in code


def test_health_is_answered_whatever_name_is_asked_and_without_tls(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["huleedu.example.org"]

    answer = Client().get("/healthz", headers={"host": "127.0.0.1:8000"})

    assert answer.status_code == HTTPStatus.OK
