"""Pages as pictures: drawn by our own code, of the size that was asked for."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from files.extraction import ExtractionFailed
from files.page_images import draw_page

WHITE = (255, 255, 255)


def photograph(kind: str = "JPEG", **options: object) -> bytes:
    taken = BytesIO()
    Image.new("RGB", (400, 200), WHITE).save(taken, kind, **options)
    return taken.getvalue()


def drawn(data: bytes, number: int = 0, width: int = 100) -> Image.Image:
    return Image.open(BytesIO(draw_page(data, number, width=width)))


def test_photograph_is_turned_as_it_was_held_and_loses_what_the_phone_wrote() -> None:
    exif = Image.Exif()
    exif[0x010F] = "the maker of a phone"
    exif[0x0112] = 6  # a quarter to the right

    picture = drawn(photograph(exif=exif))

    assert picture.size == (100, 200)
    assert not picture.getexif()


def test_each_page_of_a_fax_is_drawn() -> None:
    second = Image.new("RGB", (400, 100), WHITE)
    data = photograph("TIFF", save_all=True, append_images=[second])

    assert [drawn(data, number).size for number in (0, 1)] == [(100, 50), (100, 25)]


@pytest.mark.parametrize(
    ("data", "number"),
    [(b"%PDF-1.7\nnothing", 0), (b"no picture", 0), (photograph(), 1)],
    ids=["broken PDF", "text", "no such page"],
)
def test_what_cannot_be_drawn_says_so(data: bytes, number: int) -> None:
    with pytest.raises(ExtractionFailed):
        draw_page(data, number, width=100)


def test_picture_larger_than_paper_can_be_is_not_opened() -> None:
    huge = BytesIO()
    Image.new("1", (20_000, 20_000)).save(huge, "PNG")

    with pytest.raises(ExtractionFailed):
        draw_page(huge.getvalue(), 0, width=100)
