"""Tests of what only one of the two databases has."""

from __future__ import annotations

import os

import pytest

needs_postgres = pytest.mark.skipif(
    "postgres" not in os.environ.get("DATABASE_URL", ""), reason="SQLite has no server"
)
