"""What people call an essay, and the order in which a class list has them."""

from __future__ import annotations

import re

from django.utils.translation import gettext

from lifecycle.models import Essay

_GENERATED = re.compile(r"essay-(\d+)")
_SWEDISH_LAST = str.maketrans({"å": "{", "ä": "|", "ö": "}"})  # these three follow z


def name_of(essay: Essay) -> str:
    """What a teacher calls an essay: its file's name, or “Essay 7” as long as there is none."""
    number = _GENERATED.fullmatch(essay.reference)
    if essay.file_name or not number:
        return essay.label
    return gettext("Essay %(n)d") % {"n": int(number[1])}


def in_order(essay: Essay) -> tuple[bool, str, int]:
    """Key that sorts essays like a class list: by name, å ä ö last, then those without a file."""
    name = essay.file_name.casefold().translate(_SWEDISH_LAST)
    return (not name, name, essay.position)
