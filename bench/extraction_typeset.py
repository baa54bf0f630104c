"""Sets essays as PDF with every program at hand, reads them back and prints JSON, one line a style.

    python bench/extraction_typeset.py [--texts FOLDER] [--keep FOLDER]

FOLDER holds .txt files (UTF-8, paragraphs separated by a blank line, the title first); default are
the samples. Word error = Levenshtein distance over words / words, quotes and dashes unified.
Paragraph recall and precision: breaks found at the same place of the text. A program that is not
installed is named and skipped.
"""

from __future__ import annotations

import argparse
import html
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rapidfuzz.distance import Levenshtein

from files.sandbox import extract_in_sandbox

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "src"
UNIFIED = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-"})
PROGRAM_TIMEOUT_S = 180

Setter = Callable[[list[str], Path, str], None]  # paragraphs, target, style


@dataclass(frozen=True, slots=True)
class Score:
    """Sums over essays; add them up, then report."""

    n_words: int = 0
    n_wrong: int = 0
    n_breaks: int = 0
    n_breaks_found: int = 0
    n_breaks_right: int = 0
    n_pages: int = 0
    seconds: float = 0.0

    def __add__(self, other: Score) -> Score:
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Score(*(a + b for a, b in pairs))

    def report(self) -> dict[str, object]:
        return {
            "words": self.n_words,
            "word_error_percent": round(100 * self.n_wrong / max(self.n_words, 1), 3),
            "paragraph_recall": round(self.n_breaks_right / max(self.n_breaks, 1), 3),
            "paragraph_precision": round(self.n_breaks_right / max(self.n_breaks_found, 1), 3),
            "ms_per_page": round(1000 * self.seconds / max(self.n_pages, 1), 1),
        }


def words_and_breaks(text: str) -> tuple[list[str], set[int]]:
    """The words, and how many of them stand before each paragraph break."""
    words: list[str] = []
    breaks: set[int] = set()
    for paragraph in text.translate(UNIFIED).split("\n\n"):
        breaks.add(len(words))
        words += paragraph.split()
    return words, breaks - {0}


def score(truth: str, pdf: Path) -> Score:
    begun = time.perf_counter()
    found = extract_in_sandbox(pdf.read_bytes(), file_name=pdf.name)
    seconds = time.perf_counter() - begun
    words, breaks = words_and_breaks(truth)
    read, read_breaks = words_and_breaks(found.text)
    place = {}  # of a word end in what was read: the same end in the truth
    for step in Levenshtein.opcodes(words, read):
        if step.tag == "equal":
            n = step.src_end - step.src_start
            place.update({step.dest_start + i: step.src_start + i for i in range(1, n + 1)})
        place[step.dest_end] = step.src_end
    right = {place.get(at) for at in read_breaks} & breaks
    return Score(
        n_words=len(words),
        n_wrong=Levenshtein.distance(words, read),
        n_breaks=len(breaks),
        n_breaks_found=len(read_breaks),
        n_breaks_right=len(right),
        n_pages=found.page_count or 1,
        seconds=seconds,
    )


# --- programs that set text -------------------------------------------------------------------

CHROMIUM = {
    "plain": "",
    "justified": "p{text-align:justify;hyphens:auto} body{font:12pt serif}",
    "columns": "body{columns:2}",
    "indented": "p{margin:0;text-indent:2em;line-height:1.5}",
    "with header": "",
    "drop cap": "h1+p::first-letter{float:left;font-size:3.4em;line-height:.8}",
    "book": "@page{size:A5;margin:18mm} p{margin:0;text-indent:1.2em;text-align:justify}",
    "three columns": "body{columns:3;font:10pt serif} p{margin:0;text-indent:1em}",
}
LATEX = {
    "one column": (r"a4paper", ""),
    "two columns": (r"a4paper,twocolumn", ""),
    "parskip": (r"a4paper,12pt", r"\usepackage{parskip}"),
    "double spaced": (r"a4paper,11pt", r"\usepackage{lmodern}\linespread{1.6}"),
    "Times": (r"a4paper,12pt", r"\usepackage{mathptmx}\linespread{1.3}"),
}
REPORTLAB: dict[str, dict[str, float]] = {
    "gap": {"fontSize": 10, "leading": 12, "spaceAfter": 6},
    "indented": {"fontSize": 12, "leading": 18, "firstLineIndent": 18},
    "justified": {"fontSize": 11, "leading": 14, "spaceBefore": 10, "alignment": 4},
    "double spaced": {"fontSize": 12, "leading": 24, "firstLineIndent": 24},
}
OFFICE: dict[str, dict[str, float]] = {
    "Word default": {"space_after": 8, "line_spacing": 1.08},
    "double spaced": {"space_after": 0, "line_spacing": 2.0, "first_line_indent": 36},
    "indented": {"space_after": 0, "line_spacing": 1.5, "first_line_indent": 20},
    "with header": {"space_after": 8},
    "columns": {"space_after": 0, "first_line_indent": 14},
    "title page": {"space_after": 6, "line_spacing": 1.5},
}


def call(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=PROGRAM_TIMEOUT_S)


def by_chromium(paragraphs: list[str], target: Path, style: str) -> None:
    title, *rest = (html.escape(text) for text in paragraphs)
    page = (
        f"<!doctype html><meta charset=utf-8><title>Essay</title><style>{CHROMIUM[style]}</style>"
    )
    source = target.with_suffix(".html")
    source.write_text(page + f"<h1>{title}</h1>" + "".join(f"<p>{p}</p>" for p in rest), "utf-8")
    bare = [] if style == "with header" else ["--no-pdf-header-footer"]
    call("chromium", "--headless", "--no-sandbox", "--disable-gpu", *bare,
         f"--print-to-pdf={target}", str(source), cwd=target.parent)  # fmt: skip


def by_latex(paragraphs: list[str], target: Path, style: str) -> None:
    options, preamble = LATEX[style]
    escapes = {ord(c): f"\\{c}" for c in "&%$#_{}"}
    title, *rest = (text.translate(escapes) for text in paragraphs)
    source = target.with_suffix(".tex")
    source.write_text(
        rf"\documentclass[{options}]{{article}}\usepackage[T1]{{fontenc}}{preamble}"
        rf"\begin{{document}}\section*{{{title}}}" + "\n\n".join(["", *rest]) + r"\end{document}",
        "utf-8",
    )
    call("pdflatex", "-interaction=batchmode", source.name, cwd=target.parent)


def by_reportlab(paragraphs: list[str], target: Path, style: str) -> None:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    title = ParagraphStyle("title", fontSize=16, leading=20, spaceAfter=12)
    body = ParagraphStyle("body", **REPORTLAB[style])
    story = [Paragraph(html.escape(t), body if n else title) for n, t in enumerate(paragraphs)]
    SimpleDocTemplate(str(target)).build(story)


def by_libreoffice(paragraphs: list[str], target: Path, style: str) -> None:
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = docx.Document()
    shape = document.styles["Normal"].paragraph_format
    for name, value in OFFICE[style].items():
        setattr(shape, name, value if name == "line_spacing" else Pt(value))
    if style == "with header":
        document.sections[0].header.paragraphs[0].text = "Svenska 2, klass 9B"
        document.sections[0].footer.paragraphs[0].text = "Sida 1"
    if style == "columns":
        document.sections[0]._sectPr.xpath("./w:cols")[0].set(qn("w:num"), "2")
    document.add_heading(paragraphs[0], 1)
    if style == "title page":
        document.add_page_break()  # type: ignore[no-untyped-call]
    for text in paragraphs[1:]:
        document.add_paragraph(text)
    source = target.with_suffix(".docx")
    document.save(str(source))
    profile = f"-env:UserInstallation={(target.parent / 'profile').as_uri()}"
    call("soffice", profile, "--headless", "--convert-to", "pdf", source.name, cwd=target.parent)


PROGRAMS: dict[str, tuple[Setter, list[str], str]] = {  # setter, styles, executable
    "reportlab": (by_reportlab, list(REPORTLAB), ""),
    "LaTeX": (by_latex, list(LATEX), "pdflatex"),
    "Chromium": (by_chromium, list(CHROMIUM), "chromium"),
    "LibreOffice": (by_libreoffice, list(OFFICE), "soffice"),
}


def essays(folder: Path) -> Iterator[list[str]]:
    """Every text, and all texts of a folder as one long one, which crosses pages."""
    for inner in sorted({path.parent for path in folder.rglob("*.txt")}):
        together: list[str] = []
        for path in sorted(inner.glob("*.txt")):
            text = path.read_text(encoding="utf-8").strip()
            paragraphs = [" ".join(p.split()) for p in text.split("\n\n")]
            together += paragraphs
            yield paragraphs
        yield together


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, default=SAMPLES)
    parser.add_argument("--keep", type=Path, help="where the PDF files stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        total = Score()
        for program, (set_text, styles, executable) in PROGRAMS.items():
            if executable and not shutil.which(executable):
                print(json.dumps({"program": program, "not_installed": executable}), flush=True)
                continue
            for style in styles:
                result = Score()
                for number, paragraphs in enumerate(essays(options.texts)):
                    target = folder / f"{program}_{style}_{number}.pdf".replace(" ", "_")
                    set_text(paragraphs, target, style)
                    result += score("\n\n".join(paragraphs), target)
                total += result
                row = {"program": program, "style": style, **result.report()}
                print(json.dumps(row), flush=True)
        print(json.dumps({"program": "all", **total.report()}), flush=True)


if __name__ == "__main__":
    main()
