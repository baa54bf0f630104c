"""How a log line is written: of an error its types and places, and nothing that others attach.

A database's error quotes values in its message, a parser's what it read, and a request attached to
a line what somebody searched for: any of it may be a pupil's name or text.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # as another formatter may have put it, with its message
        return super().format(record)

    def formatException(self, ei: ErrorInfo) -> str:
        chain: list[BaseException] = []
        error = ei[1]
        while error is not None and not any(error is other for other in chain):
            chain.append(error)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(
            "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__
            for error in reversed(chain)  # what came first stands first, as usual
        )


class Json(Plain, JsonFormatter):
    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        ours = {*self._required_fields, "exc_info", "stack_info"}
        return {name: value for name, value in log_data.items() if name in ours}


class WithoutQueries(logging.Filter):
    """The web server quotes whole addresses, in whose query stands what somebody searched for."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                given.partition("?")[0] if isinstance(given, str) else given
                for given in record.args
            )
        return True
