"""What the site's own handler writes."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import dictConfig

from django.conf import settings


@contextmanager
def written_as(form: str) -> Iterator[io.StringIO]:
    """As with LOG_FORMAT set to this form."""
    written = io.StringIO()
    logging_settings = {**settings.LOGGING, "disable_existing_loggers": False}
    console = {**settings.LOGGING["handlers"]["console"], "formatter": form, "stream": written}
    root = logging.getLogger()
    before = root.handlers[:], root.level
    dictConfig({**logging_settings, "handlers": {"console": console}})
    yield written
    dictConfig(settings.LOGGING)
    root.handlers[:], root.level = before
