"""Sets essays, makes scans and photographs of them, reads them and prints JSON, one line a kind.

    python bench/extraction_ocr.py [--texts FOLDER] [--pages N]

FOLDER holds .txt files as for bench/extraction_typeset.py, in folders of which the Swedish ones
begin with "SV". Chromium sets them; the first page of each is scanned at 200 dpi:

clean        as it is (PNG)
scan         turned by 0.8 degrees, a little blurred, JPEG at quality 55
photograph   4000 x 3000 pixels of it, with a shadow over one half, JPEG at quality 80

Word error = Levenshtein distance over words / words, quotes and dashes unified.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pypdfium2 as pdfium
from PIL import Image, ImageFilter
from rapidfuzz.distance import Levenshtein

from bench.extraction_typeset import SAMPLES, by_chromium, words_and_breaks
from files.extraction import extract, ocr

DPI = 200
PHOTOGRAPH = (3000, 4000)


def clean(page: Image.Image) -> bytes:
    return _saved(page, "PNG")


def scan(page: Image.Image) -> bytes:
    turned = page.rotate(0.8, fillcolor=255).filter(ImageFilter.GaussianBlur(0.6))
    return _saved(turned, "JPEG", quality=55)


def photograph(page: Image.Image) -> bytes:
    large = page.resize(PHOTOGRAPH, Image.Resampling.BICUBIC)
    width, height = PHOTOGRAPH
    light = Image.linear_gradient("L").rotate(90).point(lambda value: 110 + value // 2)
    shadow = Image.composite(large, Image.new("L", PHOTOGRAPH), light.resize((width, height)))
    return _saved(shadow.rotate(0.5, fillcolor=90), "JPEG", quality=80)


def _saved(picture: Image.Image, kind: str, **options: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


KINDS: dict[str, Callable[[Image.Image], bytes]] = {
    "clean": clean,
    "scan": scan,
    "photograph": photograph,
}


def pages(texts: Path, folder: Path) -> Iterator[tuple[str, list[str], Image.Image]]:
    """(language, words, picture) of the first page of each text."""
    for number, path in enumerate(sorted(texts.rglob("*.txt"))):
        language = "sv" if path.parent.name.startswith("SV") else "en"
        paragraphs = [" ".join(p.split()) for p in path.read_text("utf-8").strip().split("\n\n")]
        target = folder / f"{number}.pdf"
        by_chromium(paragraphs, target, "plain")
        document = pdfium.PdfDocument(target.read_bytes())
        for last in range(len(document) - 1, 0, -1):
            document.del_page(last)
        document.save(target)
        picture = document[0].render(scale=DPI / 72, grayscale=True).to_pil()
        truth = extract(target.read_bytes(), file_name=target.name).text
        yield language, words_and_breaks(truth)[0], picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--texts", type=Path, default=SAMPLES)
    parser.add_argument("--pages", type=int, default=40, help="at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        made = list(islice(pages(options.texts, Path(temporary)), options.pages))
    for language in ("en", "sv"):
        mine = [(words, picture) for of, words, picture in made if of == language]
        for kind, make in KINDS.items():
            n_words = n_wrong = 0
            took: list[float] = []
            for words, picture in mine:
                data = make(picture)
                begun = time.perf_counter()
                found = ocr.extract_scan(data, language=language)
                took.append(time.perf_counter() - begun)
                n_words += len(words)
                n_wrong += Levenshtein.distance(words, words_and_breaks(found.text)[0])
            row = {
                "language": language,
                "kind": kind,
                "pages": len(mine),
                "words": n_words,
                "word_error_percent": round(100 * n_wrong / max(n_words, 1), 2),
                "seconds_per_page": round(sum(took) / max(len(took), 1), 2),
                "slowest_s": round(max(took, default=0.0), 2),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
