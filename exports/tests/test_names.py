from __future__ import annotations

import pytest

from exports.names import stem, unique


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Åsa Öberg.docx", "Åsa Öberg"),
        ("A\u030asa.pdf", "Åsa"),
        ("essay.docx.txt", "essay"),
        ("v1.2 final.pdf", "v1.2 final"),
        ("../../etc/passwd", "etc passwd"),
        ('a<b>:"c|d?*.txt', "a b c d"),
        ("con.txt", "_con"),
        ("LPT1", "_LPT1"),
        ("\u202egnp.exe", "gnp.exe"),
        ("...", "_"),
        (".docx", "docx"),
        ("  .hidden. ", "hidden"),
        ("x" * 300, "x" * 80),
    ],
)
def test_name_is_safe_on_every_system_and_still_the_pupil_s(label: str, name: str) -> None:
    assert stem(label) == name


def test_names_that_differ_in_capitals_alone_are_numbered() -> None:
    assert list(unique(["Bo", "bo", "Bo (2)", "BO"])) == ["Bo", "bo (2)", "Bo (2) (2)", "BO (3)"]
