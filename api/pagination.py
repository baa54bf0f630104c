"""Lists come in pages: ?limit=50&offset=0, answered with count, next, previous and results."""

from __future__ import annotations

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    default_limit = 50
    max_limit = 300  # a year group's essays in one answer
