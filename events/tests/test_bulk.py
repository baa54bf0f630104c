"""Rows that are written by the shortest way are the rows that were meant."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import BigIntegerField, CharField, JSONField
from hypothesis import given
from hypothesis import strategies as st

from events import bulk
from events.models import Event
from tests.engines import needs_postgres

pytestmark = pytest.mark.django_db

# PostgreSQL keeps no NUL in a text; no database keeps half a surrogate pair.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
awkward = st.sampled_from(["\\N", "\\.", "a\tb\nc\r\\d", "'quoted' %s %(name)s", "", "åäö 🎓"])
data = st.dictionaries(texts, st.one_of(awkward, texts, st.integers(-(2**40), 2**40), st.none()))


def event(**columns: Any) -> Event:
    columns = {"event_type": "test.v1", "source_service": "tests"} | columns
    return Event(correlation_id=uuid.uuid4(), batch_id=uuid.uuid4(), **columns)


def columns_of(row: Event) -> dict[str, Any]:
    return {name: getattr(row, name) for name in vars(row) if name not in ("_state", "seq")}


@given(
    st.lists(
        st.tuples(st.one_of(awkward, texts), data, st.none() | st.integers(1, 2**62)), max_size=5
    )
)
def test_rows_are_kept_as_they_are(given: list[tuple[str, dict[str, Any], int | None]]) -> None:
    rows = [event(event_type=name, data=said, actor_id=pk) for name, said, pk in given]

    bulk.insert(rows)

    kept = Event.objects.in_bulk(field_name="event_id")
    for row in rows:
        assert columns_of(kept[row.event_id]) == columns_of(row)
        assert not row._state.adding


@given(st.lists(st.one_of(awkward, texts), min_size=1, max_size=5))
def test_rows_are_updated_each_to_its_own_value(values: list[str]) -> None:
    rows = [event() for _ in values]
    left_alone = event(event_type="stays")
    bulk.insert([*rows, left_alone])
    stored = dict(Event.objects.values_list("event_id", "pk"))
    of_each = {stored[row.event_id]: value for row, value in zip(rows, values, strict=True)}

    Event.objects.filter(pk__in=of_each).update(event_type=bulk.ByKey(of_each, CharField()))

    kept = dict(Event.objects.values_list("pk", "event_type"))
    assert kept.pop(stored[left_alone.event_id]) == "stays"
    assert {pk: kept[pk] for pk in of_each} == of_each


@given(st.lists(st.none() | st.integers(-(2**62), 2**62), min_size=1, max_size=3))
def test_update_takes_numbers_of_any_size_and_none_at_all(values: list[int | None]) -> None:
    bulk.insert([event() for _ in values])
    of_each = dict(zip(Event.objects.values_list("pk", flat=True), values, strict=False))

    Event.objects.filter(pk__in=of_each).update(actor_id=bulk.ByKey(of_each, BigIntegerField()))

    kept = dict(Event.objects.values_list("pk", "actor_id"))
    assert {pk: kept[pk] for pk in of_each} == of_each


@given(st.lists(data, min_size=1, max_size=3))
def test_update_takes_json(values: list[dict[str, Any]]) -> None:
    bulk.insert([event() for _ in values])
    of_each = dict(zip(Event.objects.values_list("pk", flat=True), values, strict=False))

    Event.objects.filter(pk__in=of_each).update(data=bulk.ByKey(of_each, JSONField()))

    kept = dict(Event.objects.values_list("pk", "data"))
    assert {pk: kept[pk] for pk in of_each} == of_each


def test_columns_that_are_not_named_get_their_defaults_row_by_row() -> None:
    batch_id = uuid.uuid4()
    names = ("event_type", "source_service", "correlation_id", "batch_id", "data")

    bulk.insert_values(
        Event, names, [(word, "tests", uuid.uuid4(), batch_id, {"n": word}) for word in "ab"]
    )

    first, second = Event.objects.order_by("seq")
    assert [row.data for row in (first, second)] == [{"n": "a"}, {"n": "b"}]
    assert first.event_id != second.event_id
    assert (first.schema_version, first.essay_id) == (1, None)
    assert first.event_timestamp is not None


@pytest.mark.django_db(transaction=True)
def test_all_rows_are_inserted_or_none() -> None:
    same = uuid.uuid4()

    with pytest.raises(IntegrityError):
        bulk.insert([event(), event(event_id=same), event(event_id=same)])

    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
@needs_postgres
def test_lost_session_is_djangos_own_error() -> None:
    with transaction.atomic():
        connection.ensure_connection()
        pid = connection.connection.info.backend_pid
        with psycopg.connect(connection.connection.info.dsn) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        with pytest.raises(OperationalError):
            bulk.insert([event()])
        connection.close()
        transaction.set_rollback(True)
