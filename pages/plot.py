"""A class's numbers as pictures, drawn on the server: one dot an essay, or bars in a table."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 520, 308
LEFT, RIGHT, TOP, BOTTOM = 8, 512, 26, 262
MAX_BINS = 12
LARGEST_RADIUS = 13.0


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    is_high: bool


@dataclass(frozen=True, slots=True)
class Plot:
    dots: Sequence[Dot]
    radius: float
    ticks: Sequence[tuple[float, int]]  # (x, value)
    median_x: float


def bars(values: Sequence[float]) -> list[float]:
    """The width of a bar for each value, in per cent of that of the largest."""
    top = max(values, default=0)
    return [round(100 * value / top, 1) if top else 0.0 for value in values]


def plot(values: Sequence[float], *, median: float, high: float) -> Plot:
    """Dots stacked in bins of equal width. high: from this value on a dot is filled."""
    top = max([*values, 1.0])
    step = max(1, math.ceil(top / MAX_BINS))  # marks per 100 words in a bin
    n_bins = max(4, math.ceil((top + 1e-9) / step))
    bin_width = (RIGHT - LEFT) / n_bins
    bins: defaultdict[int, list[float]] = defaultdict(list)
    for value in sorted(values):
        bins[min(int(value / step), n_bins - 1)].append(value)
    tallest = max((len(column) for column in bins.values()), default=1)
    radius = min(LARGEST_RADIUS, bin_width / 2.6, (BOTTOM - TOP) / (2.6 * tallest))
    dots = [
        Dot(
            round(LEFT + bin_width * (index + 0.5), 1),
            round(BOTTOM - radius * 1.4 - row * radius * 2.5, 1),
            value >= high,
        )
        for index, column in bins.items()
        for row, value in enumerate(column)
    ]
    every = 2 if n_bins > 6 else 1
    ticks = [(round(LEFT + bin_width * i, 1), i * step) for i in range(0, n_bins + 1, every)]
    return Plot(dots, round(radius, 1), ticks, round(LEFT + bin_width * median / step, 1))
