"""What is kept of an error: its type and place. Its message may quote an essay."""

from __future__ import annotations

import re
from typing import Any

from django_q.exceptions import TimeoutException

_RAISED = re.compile(
    r'^  File "[^"\n]*", line (?P<line>\d+), in (?P<name>\S+)\n'
    r"(?:    .*\n|  \[.*\n)*"  # the source line, its marks, and how often it was repeated
    r"(?P<type>[A-Za-z_][\w.]*)(?=:|$)",
    re.MULTILINE,
)


def forget_the_message(task: dict[str, Any], **_: object) -> None:
    """In a worker, after a task: django-q2 logs and stores the whole error. What came first stands
    at the front."""
    if not task["success"]:
        raised = _RAISED.finditer(task["result"])
        task["result"] = ", then ".join(f"{r['type']} in {r['name']}:{r['line']}" for r in raised)


def took_too_long(task: dict[str, Any]) -> bool:
    """Whether a task, as `forget_the_message` has left it, failed because its time was over."""
    return not task["success"] and TimeoutException.__name__ in task["result"]


def place_of(error: BaseException) -> str:
    """Type and innermost place of an error, without its message."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" in {frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__}{place}"
