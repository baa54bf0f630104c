"""Indexes: each is kept up with every row that is written, so none is there for nothing; and the
order of rows, which costs no join."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models


def of_every_row(model: type[models.Model]) -> Iterator[str]:
    """First columns of the indexes and constraints that hold every row of a table."""
    for index in (*model._meta.constraints, *model._meta.indexes):
        fields = getattr(index, "fields", ())
        if fields and getattr(index, "condition", None) is None:
            yield fields[0].removeprefix("-")


def test_no_foreign_key_is_indexed_twice() -> None:
    twice = [
        str(field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and getattr(field, "db_index", False)
        and not field.unique
        if field.name in of_every_row(model)
    ]

    assert twice == []


def test_no_table_is_ordered_by_the_order_of_another() -> None:
    """`ordering = ["phase_run"]` would join the run, its batch and whatever orders those."""
    joined = [
        str(model._meta)
        for model in apps.get_models()
        if not model.__module__.startswith("django.")
        and " JOIN " in str(model._default_manager.all().query)
    ]

    assert joined == []
