"""The Word files, read by python-docx, which has not written them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import docx
import pytest
from django.utils import translation
from docx.document import Document
from hypothesis import given
from hypothesis import strategies as st

from batches.models import Batch
from exports import word
from exports.gather import Mark, Paper, gather

NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)
BATCH = Batch(title="Krönika", language="sv", registered_at=NOON)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def mark_at(start: int, length: int, **told: Any) -> Mark:
    columns: dict[str, Any] = {
        "word": "x",
        "kind": "spelling",
        "suggestions": (),
        "decision": "open",
        "replacement": "",
        "decided_by": "",
        "at": NOON,
    }
    return Mark(start=start, length=length, **(columns | told))


def paper_of(body: str, *marks: Mark) -> Paper:
    return Paper(uuid4(), "Åsa.docx", "1", "Checked", 3, len(marks), body, None, marks, NOON)


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def with_comments(paper: Paper, batch: Batch = BATCH, language: str = "en") -> Document:
    with translation.override(language):
        return opened(word.with_comments(paper, batch, language=language))


def commented(document: Document) -> dict[int, str]:
    """Comment → the text that stands between its two ends."""
    found: dict[int, str] = {}
    under_way: set[int] = set()
    for node in document.element.body.iter():
        if node.tag == f"{W}commentRangeStart":
            under_way.add(int(node.get(f"{W}id")))
            found[int(node.get(f"{W}id"))] = ""
        elif node.tag == f"{W}commentRangeEnd":
            under_way.remove(int(node.get(f"{W}id")))
        elif node.tag in (f"{W}t", f"{W}br", f"{W}tab"):
            for i in under_way:
                found[i] += {"br": "\n", "tab": "\t"}.get(node.tag[len(W) :], node.text or "")
    assert not under_way
    return found


def test_each_mark_that_counts_has_a_comment_on_its_word(class_of_three: Batch) -> None:
    of_asa = gather(class_of_three).papers[1]

    document = with_comments(of_asa, class_of_three)

    words = commented(document)
    said = {words[c.comment_id]: (c.author, c.text) for c in document.comments}
    assert said["becouse"] == ("Karin Ek", "Spelling: because")
    author, text = said["recieve"]
    assert author == "HuleEdu"
    assert text.startswith("Spelling, perhaps: receive, ")
    assert text.endswith("\nNot decided yet")
    assert set(said) == {"becouse", "recieve", "freinds"}  # “intresting” was ignored


def test_comments_speak_the_teacher_s_language_and_the_text_its_own(class_of_three: Batch) -> None:
    document = with_comments(gather(class_of_three).papers[1], class_of_three, "sv")

    assert next(c.text for c in document.comments) == "Stavning: because"
    defaults = document.styles.element.find(f".//{W}rPrDefault//{W}lang")
    assert defaults.get(f"{W}val") == "en-GB"
    languages = [
        lang.get(f"{W}val") for lang in document.part._comments_part.element.iter(f"{W}lang")
    ]
    assert languages[:2] == ["sv-SE", "en-GB"]


def test_text_stands_in_its_paragraphs_under_whose_it_is(class_of_three: Batch) -> None:
    document = with_comments(gather(class_of_three).papers[1], class_of_three)

    heading, facts, *text = document.paragraphs
    assert (heading.text, heading.style and heading.style.name) == ("Åsa Öberg", "Heading 1")
    assert facts.text == "A place I know · 9C · 18 words · 3 comments"
    assert [p.text for p in text] == [
        "I like my school becouse we learn.",
        "It is intresting, and I recieve many freinds there. By me.",
    ]


def test_corrected_text_has_the_accepted_corrections_and_no_comment(class_of_three: Batch) -> None:
    of_asa = gather(class_of_three).papers[1]

    document = opened(word.corrected(of_asa, class_of_three, language="en"))

    assert document.paragraphs[2].text == "I like my school because we learn."
    assert "intresting" in document.paragraphs[3].text
    assert not list(document.comments)


@pytest.mark.parametrize(
    ("body", "mark", "marked"),
    [
        ("ett sjuk\nhus här", mark_at(4, 8), "sjuk\nhus"),
        ("slutet ordt", mark_at(7, 4), "ordt"),
        ("ordt", mark_at(0, 4), "ordt"),
        ("ett\n\ntvå", mark_at(0, 6), "ett"),
        ("😀 ordt", mark_at(2, 4), "ordt"),
        ("a\tordt", mark_at(2, 4), "ordt"),
        ("a\x0b ordt", mark_at(3, 4), "ordt"),
    ],
    ids=["over a line", "last", "whole", "over a paragraph", "emoji", "tab", "control character"],
)
def test_comment_stands_on_its_word_wherever_that_is(body: str, mark: Mark, marked: str) -> None:
    assert commented(with_comments(paper_of(body, mark))) == {0: marked}


def test_marks_that_overlap_have_a_comment_each() -> None:
    document = with_comments(paper_of("en mycket bra dag", mark_at(3, 10), mark_at(10, 3)))

    assert commented(document) == {0: "mycket bra", 1: "bra"}


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 9)), max_size=4),
)
def test_any_text_with_any_marks_is_a_document_that_opens(
    body: str, places: list[tuple[int, int]]
) -> None:
    marks = [mark_at(start, length) for start, length in sorted(dict(places).items())]

    document = with_comments(paper_of(body, *marks))

    shown = "".join("".join(p.text for p in document.paragraphs[2:]).split())
    assert len(shown) == len("".join(body.split()))
    assert len(commented(document)) <= len(list(document.comments)) == len(marks)


def test_same_paper_gives_the_same_bytes() -> None:
    paper = paper_of("Jag trodde ordt.", mark_at(11, 4))

    first, second = (word.with_comments(replace(paper), BATCH, language="sv") for _ in range(2))

    assert first == second
    moments = {info.date_time for info in zipfile.ZipFile(io.BytesIO(first)).infolist()}
    assert moments == {(2026, 6, 4, 12, 0, 0)}
