from __future__ import annotations

import pytest

from spellcheck.patterns import Pattern, pattern_of


@pytest.mark.parametrize(
    ("written", "meant", "kind", "pattern"),
    [
        ("class mates", "classmates", "split", Pattern.TOGETHER),
        ("alot", "a lot", "spelling", Pattern.APART),
        ("Ofcourse", "Of course", "joined", Pattern.APART),
        ("there", "their", "confusion", Pattern.CONFUSED),
        ("dont", "don't", "spelling", Pattern.APOSTROPHE),
        ("english", "English", "spelling", Pattern.CAPITAL),
        ("untill", "until", "spelling", Pattern.DOUBLE),
        ("realy", "really", "spelling", Pattern.DOUBLE),
        ("freind", "friend", "spelling", Pattern.SWAPPED),
        ("definately", "definitely", "spelling", Pattern.VOWEL),
        ("igentligen", "egentligen", "spelling", Pattern.VOWEL),
        ("thougt", "thought", "spelling", Pattern.BY_HEART),
    ],
)
def test_pattern_names_what_there_is_to_practise(
    written: str, meant: str, kind: str, pattern: Pattern
) -> None:
    assert pattern_of(written, meant, kind) == pattern
