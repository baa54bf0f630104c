"""Pages of a PDF, a scan or a photograph as pictures for a teacher's eyes.

The untrusted file is opened in the confined child. What leaves it is a picture drawn by our own
code: no script, no link, no place where a photograph was taken.
"""

from __future__ import annotations

import base64
import binascii
import io
from functools import partial
from typing import Any

import pypdfium2 as pdfium
from PIL import Image

from files import sandbox, sniff
from files.extraction import ExtractionFailed, FailureCode, Limits, ocr

DRAWABLE = ocr.READABLE
_LONGEST_SIDES = 4  # of a page, in its widths: a till receipt is not drawn by the metre
_JPEG_START = b"\xff\xd8\xff"


def draw_page(data: bytes, number: int, *, width: int, limits: Limits | None = None) -> bytes:
    """One page as a JPEG. number: from 0. width: pixels. Raises ExtractionFailed."""
    answer = sandbox.run(partial(_drawn, data, number, width), limits or Limits())
    try:
        jpeg = base64.b64decode(str(answer.get("jpeg")), validate=True)
    except binascii.Error as error:
        raise ExtractionFailed(FailureCode.CORRUPT) from error
    if not jpeg.startswith(_JPEG_START):
        raise ExtractionFailed(FailureCode.CORRUPT)
    return jpeg


# --- in the child ----------------------------------------------------------------------------
def _drawn(data: bytes, number: int, width: int) -> dict[str, Any]:
    is_pdf = sniff.sniff(data) == sniff.PDF
    picture = _pdf_page(data, number, width) if is_pdf else ocr.frame_of(data, number)
    flat = picture.convert("RGB")
    flat.thumbnail((width, width * _LONGEST_SIDES))
    jpeg = io.BytesIO()
    flat.save(jpeg, "JPEG", quality=80)
    return {"jpeg": base64.b64encode(jpeg.getvalue()).decode("ascii")}


def _pdf_page(data: bytes, number: int, width: int) -> Image.Image:
    document = pdfium.PdfDocument(data)
    document.init_forms()  # what a pupil has written into fields
    page = document[number]
    page_width, page_height = page.get_size()
    scale = min(width / page_width, width * _LONGEST_SIDES / page_height)
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture
