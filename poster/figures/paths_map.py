"""The left of the paths' figure: all frames as grey points, and one coloured line a video."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from frameatlas.drawing.compose import Colour
from frameatlas.poster.figures.figure_text import write_line
from frameatlas.search.video_paths import VideoPath, even_rows

FINER = 3
"""Times finer that is drawn before everything is scaled down: smooth lines and points."""

MOST_POINTS = 20_000
"""Grey points: more would be one grey plane."""

MOST_STOPS = 120
"""Frames of a video, evenly spread, through which its line goes."""

LINE, HALO, STOP, DISC, ARROW = 3.6, 2.6, 4.6, 17.0, 26.0
"""Pixels: width of a line, white on both its sides, radius of its frames and of its beginning,
length of its arrow."""

BEND = 14.0
"""Pixels before and behind a frame within which the line bends instead of breaking."""

GREY: Colour = (205, 205, 205)
EDGE: Colour = (170, 170, 170)
WHITE: Colour = (255, 255, 255)

Points = NDArray[np.float64]
"""float64 of shape (n, 2): pixels to the right and down."""


def paths_map(
    coordinates: NDArray[np.float64],
    ways: Sequence[tuple[VideoPath, Colour, str]],
    size: tuple[int, int],
) -> Image.Image:
    """Draw the map and the ways over it.

    Args:
        coordinates: float64 of shape (n, 2) in [-1, 1]: all frames of the atlas.
        ways: Path, colour and short label of each video; the first is drawn above the others.
        size: Width and height in pixels.

    Returns:
        RGB, on white.
    """
    canvas = _Canvas(size)
    canvas.frames(coordinates)
    for path, colour, _ in reversed(ways):
        canvas.way(path.coordinates[even_rows(len(path), MOST_STOPS)], colour)
    for path, colour, _ in reversed(ways):
        canvas.arrow(path.coordinates, colour)
    canvas.starts([(path.coordinates[0], colour, label) for path, colour, label in ways])
    return canvas.finished()


def label_disc(colour: Colour, label: str) -> Image.Image:
    """The disc at the beginning of a line, on white, for its column."""
    side = round(2 * DISC)
    fine = Image.new("RGB", (side * FINER, side * FINER), WHITE)
    ImageDraw.Draw(fine).ellipse((0, 0, side * FINER - 1, side * FINER - 1), fill=colour)
    disc = fine.resize((side, side), Image.Resampling.LANCZOS)
    _write_label(disc, (side / 2, side / 2), label)
    return disc


class _Canvas:
    """Draws in map coordinates, finer than wanted."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._labels: list[tuple[Points, str]] = []
        self._image = Image.new("RGB", (size[0] * FINER, size[1] * FINER), WHITE)
        self._draw = ImageDraw.Draw(self._image)

    def frames(self, coordinates: NDArray[np.float64]) -> None:
        """All frames, smaller the more there are."""
        points = self._pixels(coordinates[even_rows(len(coordinates), MOST_POINTS)])
        room = math.sqrt(self.size[0] * self.size[1] / max(1, len(points)))
        radius = min(5.0, max(1.2, room / 8))
        for point in points:
            self._disc(point, radius, GREY)

    def way(self, coordinates: NDArray[np.float64], colour: Colour) -> None:
        """A line through frames, with a dot on each."""
        points = self._pixels(coordinates)
        line = round_corners(points, BEND * FINER)
        self._line(line, LINE + 2 * HALO, WHITE)
        self._line(line, LINE, colour)
        for point in points:
            self._disc(point, STOP, colour)

    def arrow(self, coordinates: NDArray[np.float64], colour: Colour) -> None:
        """An arrow at the end of a way."""
        arrow = arrow_head(self._pixels(coordinates), ARROW * FINER)
        if arrow is not None:
            wider = arrow.mean(axis=0) + (arrow - arrow.mean(axis=0)) * 1.35
            self._draw.polygon([tuple(p) for p in wider.tolist()], fill=WHITE)
            self._draw.polygon([tuple(p) for p in arrow.tolist()], fill=colour)

    def starts(self, starts: Sequence[tuple[NDArray[np.float64], Colour, str]]) -> None:
        """A disc with its label where each way begins, or beside it where there is one already."""
        points = self._pixels(np.array([place for place, _, _ in starts]).reshape(-1, 2))
        places = apart(points, 2 * (DISC + 1) * FINER, np.array(self.size) * FINER)
        for point, place, (_, colour, _) in zip(points, places, starts, strict=True):
            self._line(np.stack([point, place]), LINE, colour)
        for place, (_, colour, label) in zip(places, starts, strict=True):
            self._disc(place, DISC + HALO, WHITE)
            self._disc(place, DISC, colour)
            self._labels.append((place / FINER, label))

    def finished(self) -> Image.Image:
        """Scaled down, with labels and a thin edge."""
        image = self._image.resize(self.size, Image.Resampling.LANCZOS)
        for place, label in self._labels:
            _write_label(image, (float(place[0]), float(place[1])), label)
        width, height = self.size
        ImageDraw.Draw(image).rectangle((0, 0, width - 1, height - 1), outline=EDGE)
        return image

    def _pixels(self, coordinates: NDArray[np.float64]) -> Points:
        """Map to pixels, with room for discs at the edge; y upwards becomes down."""
        room = DISC + HALO + 2
        half = np.array(self.size, np.float64) / 2
        flipped = np.asarray(coordinates, np.float64) * (1, -1)
        return np.asarray((half + flipped * (half - room)) * FINER, np.float64)

    def _line(self, points: Points, width: float, colour: Colour) -> None:
        if len(points) > 1:
            line = [tuple(point) for point in points.tolist()]
            self._draw.line(line, colour, round(width * FINER), joint="curve")

    def _disc(self, point: Points, radius: float, colour: Colour) -> None:
        x, y = point.tolist()
        r = radius * FINER
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def _write_label(image: Image.Image, place: tuple[float, float], label: str) -> None:
    write_line(image, place, label, 22 if len(label) < 2 else 18, WHITE, "mm")


def apart(points: Points, least: float, size: NDArray[np.float64]) -> Points:
    """Places near points, at least so far from each other; the first points keep theirs.

    Args:
        points: Where they would like to be.
        least: Pixels between any two places.
        size: Width and height within which they must be, with half of ``least`` to spare.
    """
    turns = np.arange(16) * (math.tau / 16)
    circle = np.column_stack([np.cos(turns), np.sin(turns)])
    places: list[Points] = []
    for point in points:
        rings = [point[None], *(point + circle * least * ring for ring in (1.0, 1.5, 2.0, 3.0))]
        tries = np.concatenate(rings)
        inside = ((tries >= least / 2) & (tries <= size - least / 2)).all(axis=1)
        free = np.array([all(math.dist(p, q) >= least * 0.999 for q in places) for p in tries])
        good = np.flatnonzero(inside & free)
        places.append(tries[good[0]] if len(good) else point)
    return np.array(places, np.float64).reshape(-1, 2)


def round_corners(points: Points, reach: float) -> Points:
    """A line whose corners are rounded within so many pixels: it keeps close to every frame.

    Args:
        points: Corners.
        reach: Largest distance from a corner at which the line leaves its straight way.
    """
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)
    line: Points = points[np.concatenate([[True], moved])]
    for part in (reach, reach / 3, reach / 9):
        if len(line) < 3:
            return line
        steps = np.diff(line, axis=0)
        lengths = np.linalg.norm(steps, axis=1, keepdims=True)
        cut = steps / np.maximum(lengths, 1e-9) * np.minimum(part, lengths / 3)
        before, after = line[1:-1] - cut[:-1], line[1:-1] + cut[1:]
        bent = np.stack([before, after], axis=1).reshape(-1, 2)
        line = np.asarray(np.concatenate([line[:1], bent, line[-1:]]), np.float64)
    return line


def arrow_head(points: Points, length: float) -> Points | None:
    """Three corners of an arrow at the end of a way; None where it stays in one place.

    Its direction is that of the last frames that are at least as far away as it is long.
    """
    away = np.linalg.norm(points - points[-1], axis=1)
    if not (away > 0).any():
        return None
    far = np.flatnonzero(away >= length)
    start = points[far[-1]] if len(far) else points[int(np.argmax(away))]
    along = (points[-1] - start) / np.linalg.norm(points[-1] - start)
    aside = np.array([-along[1], along[0]]) * length * 0.42
    foot = points[-1] - along * length * 0.5
    return np.stack([points[-1] + along * length * 0.5, foot + aside, foot - aside])
