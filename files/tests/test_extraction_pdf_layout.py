"""PDF: what programs set that is no plain line of text: drop caps, lists, tables, title pages."""

from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas

from files.extraction import pdf_tex
from files.extraction.pdf_dropcaps import with_drop_caps
from files.extraction.pdf_lines import Line
from files.tests.test_extraction_pdf import HEIGHT, pdf, read


def line(text: str, *, left: float, y: float, size: float = 12.0) -> Line:
    right = left + 0.5 * size * len(text)
    return Line(text, left=left, right=right, y=y, size=size, page_height=HEIGHT)


@pytest.mark.parametrize(
    ("letter", "rest", "begun"),
    [
        ("W", "hen I was young, winter was winter.", "When I was young"),
        ("I", "remember the snow.", "I remember the snow"),
        ("I", "t was cold.", "It was cold"),
        ("Å", "ret var 1917.", "Året var 1917"),
    ],
)
def test_drop_cap_begins_its_line(letter: str, rest: str, begun: str) -> None:
    page = [
        line(rest, left=100, y=100),
        line("and the others remember it too", left=100, y=114),
        line("when it was over.", left=60, y=142),
        line(letter, left=60, y=128, size=48.0),
    ]

    lines = with_drop_caps(page)

    assert lines[0].text.startswith(begun)
    assert [seen.left for seen in lines] == [60, 60, 60]


def test_letter_beside_nothing_stays() -> None:
    page = [line("A", left=60, y=100, size=20.0), line("The first part", left=60, y=140)]

    assert with_drop_caps(page) == page


def test_title_page_is_no_part_of_the_first_paragraph() -> None:
    pages = iter(["title", "text"])

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 12)
        if next(pages) == "title":
            canvas.drawCentredString(300, HEIGHT - 300, "A study of foxes in our street")
            return
        for n in range(40):
            canvas.drawString(72, HEIGHT - 72 - 14 * n, "The fox stood still and looked at us all.")

    text = read(pdf(draw, n_pages=2)).text

    assert text.startswith("A study of foxes in our street\n\nThe fox")


def test_rows_of_a_table_stay_apart_from_the_text_below() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 12)
        for column, cell in enumerate(["Yes", "No", "12"]):
            canvas.drawString(72 + 150 * column, HEIGHT - 100, cell)
        for n in range(3):
            canvas.drawString(
                72, HEIGHT - 116 - 14 * n, "When we asked the class, most of them said so. " * 2
            )

    text = read(pdf(draw)).text

    assert text.split("\n\n")[0] == "Yes No 12"


def test_number_of_a_list_stands_apart_from_its_text() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 12)
        for n in (9, 10, 11):
            canvas.drawString(
                72, HEIGHT - 100 - 14 * n, f"{n}.Because of the weather, the fox stayed at home."
            )

    paragraphs = read(pdf(draw)).text.split("\n\n")

    assert [p.split()[:2] for p in paragraphs] == [[f"{n}.", "Because"] for n in (9, 10, 11)]


@pytest.mark.parametrize(
    ("printed", "meant"), [("\x0f one", "• one"), ("\x88 one", "• one"), ("o\x0ece", "office")]
)
def test_characters_of_tex_fonts_are_decoded(printed: str, meant: str) -> None:
    assert pdf_tex.decoded(printed) == meant
