"""A scan or photograph as Tesseract reads it best: even light, straight lines, 200 dots an inch.

Tesseract takes one threshold for the whole page, so that a shadow swallows half of it without a
word: photographs of a page, lit from one side, measured 50 % word error before this and 0 after.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from PIL import Image, ImageFilter, ImageMath

LONGEST_SIDE = 2400  # pixels; A4 at 205 dpi, and finer pictures only take longer

_REDUCED = 8  # times smaller, the paper's light is measured
_STROKE = 7  # pixels of that; wider than ink, so that the brightest one is paper
_DARKEST_PAPER = 50
_WHITE = 250  # of 255; such paper needs nothing
_MOST_TURN = 4.0  # degrees
_LEAST_TURN = 0.3
_STEPS = (1.0, 0.25)  # degrees; first roughly, then nearer
_MEASURED_SIDE = 900  # pixels; enough to tell lines from gaps
_INK = 160  # of 255


def readable(picture: Image.Image) -> Image.Image:
    """The picture in grey, at most LONGEST_SIDE long, evenly lit and with level lines."""
    grey = picture.convert("L")
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    even = _evenly_lit(grey)
    turn = skew(even)
    if abs(turn) < _LEAST_TURN:
        return even
    return even.rotate(turn, resample=Image.Resampling.BICUBIC, fillcolor=255)


def skew(picture: Image.Image) -> float:
    """Degrees, counterclockwise, by which the picture must be turned to level its lines of text.

    Lines are level when rows of pixels are either full of ink or empty.
    """
    small = picture.copy()
    small.thumbnail((_MEASURED_SIDE, _MEASURED_SIDE))
    ink = small.point([255 if value < _INK else 0 for value in range(256)])
    best = 0.0
    span = _MOST_TURN
    for step in _STEPS:
        n = round(span / step)
        turns = [best + step * i for i in range(-n, n + 1)]
        best = max(turns, key=lambda turn: (_contrast_of_rows(ink, turn), -abs(turn)))
        span = step
    return best


def _contrast_of_rows(ink: Image.Image, turn: float) -> int:
    turned = ink.rotate(turn) if turn else ink
    rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return sum((a - b) ** 2 for a, b in pairwise(rows))


def _evenly_lit(grey: Image.Image) -> Image.Image:
    """Each pixel as a share of the paper's brightness around it."""
    light = grey.reduce(_REDUCED).filter(ImageFilter.MaxFilter(_STROKE))
    if min(light.tobytes()) >= _WHITE:
        return grey
    paper = light.filter(ImageFilter.GaussianBlur(_STROKE)).resize(
        grey.size, Image.Resampling.BILINEAR
    )
    even: Image.Image = ImageMath.lambda_eval(_share_of_light, grey=grey, paper=paper)
    return even


def _share_of_light(given: dict[str, Any]) -> Any:
    share = given["grey"] * 255 / given["max"](given["paper"], _DARKEST_PAPER)
    return given["convert"](given["min"](share, 255), "L")
