"""Time and memory against frames, both axes logarithmic, drawn with Pillow."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

SIZE = (820, 560)
"""Pixels of one panel, before it is made half as large for smooth lines."""

SHARP = 2
COLOURS = (
    "#1f5fa8",
    "#d1603d",
    "#2e8b57",
    "#8a4fa3",
    "#b8860b",
    "#c0426e",
    "#4aa3b5",
    "#6b7280",
    "#7a4a2b",
    "#94a81e",
    "#111827",
)
INK, GRID, PAPER = "#26292e", "#e3e6ea", "#ffffff"
LEFT, RIGHT, TOP, BOTTOM = 76, 190, 60, 62
LINE = 22
"""Least pixels from one name at the right edge to the next."""


@dataclass(frozen=True)
class Panel:
    """One diagram.

    Attributes:
        title: Above it.
        sizes: Frames.
        lines: By name, a value at each size.
    """

    title: str
    sizes: Sequence[int]
    lines: Mapping[str, Sequence[float]]

    @property
    def decades(self) -> tuple[int, int]:
        """Powers of ten between which all values lie."""
        values = [value for line in self.lines.values() for value in line if value > 0]
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return low, max(high, low + 1)

    def x(self, frames: float) -> float:
        """Pixels from the left."""
        first, last = math.log10(self.sizes[0]), math.log10(max(self.sizes[-1], 10 * self.sizes[0]))
        share = (math.log10(frames) - first) / (last - first)
        return SHARP * (LEFT + share * (SIZE[0] - LEFT - RIGHT))

    def y(self, value: float) -> float:
        """Pixels from the top."""
        low, high = self.decades
        share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
        return SHARP * (SIZE[1] - BOTTOM - share * (SIZE[1] - TOP - BOTTOM))


def draw(report: Mapping[str, Any], path: Path) -> None:
    """Write a PNG of both diagrams beside each other.

    Args:
        report: What ``python -m benchmark growth --json`` prints.
        path: Where to.
    """
    from benchmark.growth import memory, series

    sizes = report["sizes"]
    panels = (
        Panel("seconds", sizes, series(dict(report))),
        Panel("peak memory of its own, MB", sizes, memory(dict(report))),
    )
    canvas = Image.new("RGB", (2 * SHARP * SIZE[0], SHARP * SIZE[1]), PAPER)
    for number, panel in enumerate(panels):
        canvas.paste(picture_of(panel), (number * SHARP * SIZE[0], 0))
    smooth = canvas.resize((2 * SIZE[0], SIZE[1]), Image.Resampling.LANCZOS)
    smooth.quantize(128).save(path, optimize=True)


def picture_of(panel: Panel) -> Image.Image:
    """One diagram, twice as large as it will be."""
    picture = Image.new("RGB", (SHARP * SIZE[0], SHARP * SIZE[1]), PAPER)
    pen = ImageDraw.Draw(picture)
    _axes(panel, pen)
    last = panel.sizes[-1]
    lines = sorted(panel.lines.items(), key=lambda line: -line[1][-1])
    below = 0.0
    for number, (name, values) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        points = [(panel.x(n), panel.y(v)) for n, v in zip(panel.sizes, values, strict=True)]
        pen.line(points, fill=colour, width=3 * SHARP, joint="curve")
        for x, y in points:
            radius = 4 * SHARP
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
        # Names keep apart; those of the lines below move down.
        below = max(points[-1][1], below + LINE * SHARP)
        end = panel.x(last)
        pen.line([points[-1], (end + 16 * SHARP, below)], fill=colour, width=SHARP)
        pen.text((end + 20 * SHARP, below), name, fill=colour, font=_font(15), anchor="lm")
    return picture


def _axes(panel: Panel, pen: ImageDraw.ImageDraw) -> None:
    low, high = panel.decades
    left, right = panel.x(panel.sizes[0]), panel.x(panel.sizes[-1])
    top, bottom = panel.y(10.0**high), panel.y(10.0**low)
    pen.text((left, top - 34 * SHARP), panel.title, fill=INK, font=_font(19), anchor="lm")
    for power in range(low, high + 1):
        y = panel.y(10.0**power)
        pen.line([(left, y), (right, y)], fill=GRID, width=SHARP)
        label = f"{10.0**power:,.{max(0, -power)}f}"
        pen.text((left - 12 * SHARP, y), label, fill=INK, font=_font(15), anchor="rm")
    for frames in panel.sizes:
        x = panel.x(frames)
        pen.line([(x, top), (x, bottom)], fill=GRID, width=SHARP)
        pen.text((x, bottom + 10 * SHARP), f"{frames:,}", fill=INK, font=_font(15), anchor="mt")
    pen.text(
        ((left + right) / 2, bottom + 34 * SHARP), "frames", fill=INK, font=_font(15), anchor="mt"
    )


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own, so that the picture is the same everywhere."""
    return ImageFont.load_default(size * SHARP)
