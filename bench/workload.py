"""Essays for benchmarks: of real size, in real formats, each with a text and slips of its own."""

from __future__ import annotations

import io
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
sys.path.insert(0, str(SAMPLES))

from make_samples import as_docx, cp1252  # noqa: E402

FOLDERS = {"ENG6": "en", "SV2": "sv"}  # course code → language
WORDS = (300, 600)  # of an essay, as pupils of sixteen write them in a lesson or two
SLIPS = 0.03  # of the words of four letters and more
SENTENCES_A_PARAGRAPH = 5

SENTENCE = re.compile(r"[^.!?]+[.!?]+[\"”’]?")
LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def as_pdf(paragraphs: list[str]) -> bytes:
    """As word processors export it: with the letters of its fonts inside, some 45 kB."""
    written = io.BytesIO()
    for font in ("Vera", "VeraBd"):
        registerFont(TTFont(font, f"{font}.ttf"))
    title = ParagraphStyle("title", fontName="VeraBd", fontSize=15, leading=20, spaceAfter=14)
    body = ParagraphStyle("body", fontName="Vera", fontSize=11, leading=18, spaceAfter=10)
    story = [Paragraph(paragraphs[0], title), *(Paragraph(text, body) for text in paragraphs[1:])]
    SimpleDocTemplate(written, pagesize=A4, invariant=1).build(story)
    return written.getvalue()


MAKERS: list[tuple[str, Callable[[list[str]], bytes]]] = [
    ("docx", as_docx),
    ("pdf", as_pdf),
    ("docx", as_docx),
    ("pdf", as_pdf),
    ("txt", cp1252),
]


@dataclass(frozen=True, slots=True)
class Essay:
    name: str
    data: bytes
    language: str


def essays(course: str, n: int, batch: int) -> list[Essay]:
    """n readable essays of a course, as docx, pdf and txt; no two of all batches are equal."""
    return [_essay(course, batch, number) for number in range(n)]


def _essay(course: str, batch: int, number: int) -> Essay:
    chance = random.Random(f"{course} {batch} {number}")
    ending, make = MAKERS[number % len(MAKERS)]
    title = f"{course} {batch} {number}"
    return Essay(f"{title}.{ending}", make([title, *_paragraphs(course, chance)]), FOLDERS[course])


def _paragraphs(course: str, chance: random.Random) -> Iterator[str]:
    left = chance.randint(*WORDS)
    while left > 0:
        paragraph = " ".join(chance.sample(_sentences(course), SENTENCES_A_PARAGRAPH))
        left -= len(paragraph.split())
        yield LONG_WORD.sub(lambda word: _perhaps_misspelt(word[0], chance), paragraph)


@cache
def _sentences(course: str) -> list[str]:
    """What the sample essays say."""
    sources = sorted((SAMPLES / "src" / course).iterdir())
    found = (SENTENCE.findall(source.read_text(encoding="utf-8")) for source in sources)
    return [" ".join(sentence.split()) for sentences in found for sentence in sentences]


def _perhaps_misspelt(word: str, chance: random.Random) -> str:
    """Now and then the word with a letter left out, doubled, or changed with its neighbour."""
    if chance.random() > SLIPS:
        return word
    at = chance.randrange(1, len(word) - 1)
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    return chance.choice(slips)
