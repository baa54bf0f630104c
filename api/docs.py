"""A page of our own that shows the schema: no script, so the strict content policy holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address. parameters and body: (name, type, meaning) of each field."""

    method: str
    path: str
    summary: str
    parameters: tuple[tuple[str, str, str], ...]
    body: tuple[tuple[str, str, str], ...]
    answers: tuple[tuple[str, str], ...]


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"groups": groups()})


@cache
def groups() -> dict[str, list[Operation]]:
    """The operations by resource, in the order of their addresses."""
    generator: Any = SchemaGenerator
    schema = generator().get_schema(request=None, public=True)
    by_resource: defaultdict[str, list[Operation]] = defaultdict(list)
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = _operation(schema, path, method, methods[method])
                by_resource[path.split("/")[2]].append(operation)
    return dict(by_resource)


def _operation(
    schema: dict[str, Any], path: str, method: str, described: dict[str, Any]
) -> Operation:
    content = described.get("requestBody", {}).get("content", {})
    media: dict[str, Any] = next(iter(content.values()), {})
    return Operation(
        method=method.upper(),
        path=path,
        summary=described.get("summary", ""),
        parameters=tuple(
            (item["name"], _type(item["schema"]), _meaning(item))
            for item in described.get("parameters", [])
            if item["in"] == "query"
        ),
        body=tuple(_fields(schema, media.get("schema", {}))),
        answers=tuple(
            (code, ", ".join(name for name, _, _ in _fields(schema, _content(answer))))
            for code, answer in described["responses"].items()
            if code.startswith("2")
        ),
    )


def _content(answer: dict[str, Any]) -> dict[str, Any]:
    media: dict[str, Any] = next(iter(answer.get("content", {}).values()), {})
    found: dict[str, Any] = media.get("schema", {})
    return found


def _fields(schema: dict[str, Any], part: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    part = _resolved(schema, part)
    for name, field in part.get("properties", {}).items():
        if name == "results":
            yield from _fields(schema, field.get("items", {}))
        else:
            need = ", required" if name in part.get("required", ()) else ""
            yield name, _type(_resolved(schema, field)) + need, _meaning(field)


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[1]
        found: dict[str, Any] = schema["components"]["schemas"][name]
        return found
    return part


def _meaning(described: dict[str, Any]) -> str:
    """The words about a field, without the list of its choices, which its type shows."""
    words: str = described.get("description", "")
    return words.split("* `")[0].strip()


def _type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("format") or field.get("type") or "object")
