"""What is kept of a task that raised: django-q2 logs and stores the whole error."""

from __future__ import annotations

import re
from typing import Any

_RAISED = re.compile(
    r'^  File "[^"\n]*", line (?P<line>\d+), in (?P<name>\S+)\n'
    r"(?:    .*\n|  \[.*\n)*"  # the source line, its marks, and how often it was repeated
    r"(?P<type>[A-Za-z_][\w.]*)(?=:|$)",
    re.MULTILINE,
)


def forget_the_message(task: dict[str, Any], **_: object) -> None:
    """In a worker, after a task: an error's message may quote an essay, so types and places stay,
    what came first at the front."""
    if not task["success"]:
        raised = _RAISED.finditer(task["result"])
        task["result"] = ", then ".join(f"{r['type']} in {r['name']}:{r['line']}" for r in raised)
