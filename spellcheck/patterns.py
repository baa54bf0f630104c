"""What there is to practise, told from the difference between what was written and meant."""

from __future__ import annotations

import re
from enum import StrEnum

from spellcheck.models import Misspelling

_DOUBLE = re.compile(r"(.)\1")
_VOWELS = frozenset("aeiouyåäö")


class Pattern(StrEnum):
    """What the difference between written and meant is about."""

    TOGETHER = "together"
    APART = "apart"
    CONFUSED = "confused"
    APOSTROPHE = "apostrophe"
    CAPITAL = "capital"
    DOUBLE = "double"
    SWAPPED = "swapped"
    VOWEL = "vowel"
    BY_HEART = "by_heart"


def pattern_of(written: str, meant: str, kind: str) -> Pattern:
    """What somebody who writes `written` for `meant` has to practise."""
    if kind == Misspelling.Kind.SPLIT or meant.replace(" ", "") == written.replace(" ", ""):
        return Pattern.TOGETHER if " " in written else Pattern.APART
    if kind == Misspelling.Kind.CONFUSION:
        return Pattern.CONFUSED
    if written.lower() == meant.lower():
        return Pattern.CAPITAL
    written, meant = written.lower(), meant.lower()
    if written.replace("'", "") == meant.replace("'", ""):
        return Pattern.APOSTROPHE
    if _DOUBLE.sub(r"\1", written) == _DOUBLE.sub(r"\1", meant):
        return Pattern.DOUBLE
    if sorted(written) == sorted(meant):
        return Pattern.SWAPPED
    different = [pair for pair in zip(written, meant, strict=False) if pair[0] != pair[1]]
    if len(written) == len(meant) and all({*pair} <= _VOWELS for pair in different):
        return Pattern.VOWEL
    return Pattern.BY_HEART
