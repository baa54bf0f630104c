"""Makes the sample files from samples/src. The same input gives the same bytes.

Needs python-docx and reportlab (development packages):  python samples/make_samples.py
The generated files are committed, so nobody has to run this but who changes an essay.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import docx
from docx.shared import Pt
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.platypus import Paragraph, SimpleDocTemplate

HERE = Path(__file__).parent
PASSWORD = "hemligt"  # noqa: S105  of the file that is locked on purpose
_ZIP_DATE = (2026, 1, 1, 0, 0, 0)

Maker = Callable[[list[str]], bytes]  # paragraphs (the first is the title) to the bytes of a file


def as_text(paragraphs: list[str], *, encoding: str, line_end: str) -> bytes:
    return (line_end * 2).join(paragraphs).replace("\n", line_end).encode(encoding)


def as_docx(paragraphs: list[str], *, header: str = "") -> bytes:
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(12)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.add_heading(paragraphs[0], level=1)
    for paragraph in paragraphs[1:]:
        document.add_paragraph(paragraph)
    written = io.BytesIO()
    document.save(written)
    return _with_fixed_dates(written.getvalue())


def as_pdf(paragraphs: list[str], *, password: str = "", numbered: bool = False) -> bytes:
    written = io.BytesIO()
    template = SimpleDocTemplate(
        written,
        pagesize=A4,
        leftMargin=2.5 * cm,
        rightMargin=2.5 * cm,
        encrypt=StandardEncryption(password) if password else None,
        invariant=1,
    )
    title = ParagraphStyle("title", fontName="Times-Bold", fontSize=16, leading=20, spaceAfter=14)
    body = ParagraphStyle(
        "body", fontName="Times-Roman", fontSize=12, leading=20, spaceAfter=10, alignment=TA_JUSTIFY
    )
    story = [Paragraph(paragraphs[0], title)]
    story += [Paragraph(text.replace("\n", "<br/>"), body) for text in paragraphs[1:]]

    def number_page(canvas: Any, template: Any) -> None:
        canvas.drawCentredString(A4[0] / 2, 1.2 * cm, str(canvas.getPageNumber()))

    first = number_page if numbered else (lambda canvas, template: None)
    template.build(story, onFirstPage=first, onLaterPages=first)
    return written.getvalue()


def _with_fixed_dates(data: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            target.writestr(member, source.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()


utf8: Maker = partial(as_text, encoding="utf-8", line_end="\n")
cp1252: Maker = partial(as_text, encoding="cp1252", line_end="\r\n")

SAMPLES: dict[str, dict[str, Maker]] = {
    "ENG6": {
        "alva_b.docx": as_docx,
        "hugo_L_essay.pdf": as_pdf,
        "Åke s uppsats.txt": cp1252,
        "elin_k.docx": partial(as_docx, header="English 6, argumentative writing"),
        "essay final FINAL.pdf": partial(as_pdf, numbered=True),
        "Noor.txt": utf8,
        "sofia_eng6.docx": as_docx,
        "last_ditch.pdf": partial(as_pdf, password=PASSWORD),
    },
    "SV2": {
        "melker_novell.docx": as_docx,
        "Åsa_arg_text.txt": cp1252,
        "bokanalys Linus.pdf": as_pdf,
        "ida_kronika.txt": utf8,
        "Yusuf_klar.docx": partial(as_docx, header="Svenska 2 – argumenterande text"),
        "tuva_reportage.pdf": partial(as_pdf, numbered=True),
        "SV2 utredande text_olle.docx": as_docx,
    },
}
EMPTY = {"ENG6": "theo_inlämning.docx"}


def main() -> None:
    for course, files in SAMPLES.items():
        folder = HERE / course
        folder.mkdir(exist_ok=True)
        for name, make in files.items():
            source = HERE / "src" / course / f"{Path(name).stem}.txt"
            paragraphs = source.read_text(encoding="utf-8").strip().split("\n\n")
            (folder / name).write_bytes(make(paragraphs))
        if course in EMPTY:
            (folder / EMPTY[course]).write_bytes(b"")


if __name__ == "__main__":
    main()
