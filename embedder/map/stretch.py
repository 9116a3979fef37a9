"""Percentile stretch: from the code, dense in the middle, to coordinates that fill the square.

Per direction from the origin, the radius at each percentile is estimated (the article draws
these as curves), and a point's radius becomes the percentile that it stands for. Directions are
equalised first, in the same manner. The result covers a disc evenly; a map that keeps areas
(Shirley and Chiu 1997) turns the disc into the square. Each step is continuous, strictly
increasing and can be undone, and none clamps.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.map.square_disc import disc_to_square, square_to_disc
from frameatlas.errors import FormatError
from frameatlas.store.hdf5_writer import new_table

Floats = NDArray[np.float64]

TURNS = 96
"""Directions whose percentiles are stored; between two of them, they blend smoothly."""

ANGLES = 192
"""Knots of the equalised angle."""

LEVELS = 64
"""Percentiles of each direction."""

BREADTH = 1.3
"""How far to both sides, in stored directions, points count towards one, less with distance."""

INSIDE = 0.99
"""Share of the points within the outermost percentile. The rest, and new frames further out,
share what is left of the disc, ever more tightly, so that none needs clamping."""

HALFWAY = 0.25
"""How far beyond the outermost percentile, as a share of its radius, half of that is used."""

PRIOR = 12.0
"""An evenly filled disc counts as this many points: with few, the stretch is gentle."""

SMALLEST = 1e-3
"""A disc no larger than this is not blown up: its points are equal but for rounding."""

BLOCK = 8192
"""Points moved at once."""


@dataclass(frozen=True)
class Stretch:
    """A fitted stretch.

    Attributes:
        turned: float64 of shape (ANGLES + 1,), the equalised angle, in turns, at equal steps of
            the angle from -π to π; increasing, its end one turn after its beginning.
        radii: float64 of shape (TURNS, LEVELS + 1), per equalised direction the radius at each
            percentile, from 0, strictly increasing.
    """

    turned: Floats
    radii: Floats

    @classmethod
    def fit(
        cls,
        code: NDArray[Any],
        even: float = 0.0,
        square: bool = False,
        weights: NDArray[np.floating] | None = None,
    ) -> "Stretch":
        """Estimate directions and percentiles.

        Args:
            code: Floating point of shape (n, 2), finite, n at least 1; rotated already.
            even: How many points an evenly filled shape counts as, for each point of the code, if
                that is more than ``PRIOR``: the larger, the gentler the stretch.
            square: Whether that shape is the upright rectangle about the code instead of the disc:
                the gentlest stretch then only scales.
            weights: Floating point of shape (n,), of mean 1: how much area each point is to take;
                None gives all the same.
        """
        rows = np.asarray(code, np.float64)
        shares = np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64)
        angle, radius = _polar(rows)
        prior = max(PRIOR, even * len(angle))
        outline = _outline(rows, radius, square)
        away = radius > 0
        turned = _equal_angles(angle[away], shares[away], prior, outline)
        turns = np.interp(angle, _angle_knots(), turned) % 1.0
        return cls(turned, _percentiles(turns, radius, shares, prior, turned, outline))

    def apply(self, code: NDArray[Any]) -> Floats:
        """Coordinates of codes, new ones too: float64 of shape (n, 2), inside [-1, 1]²."""
        code = np.asarray(code, np.float64)
        parts = [self._forward(code[i : i + BLOCK]) for i in range(0, len(code), BLOCK)]
        return np.concatenate(parts) if parts else np.empty((0, 2))

    def invert(self, coordinates: NDArray[Any]) -> Floats:
        """Codes of coordinates: float64 of shape (n, 2)."""
        places = np.asarray(coordinates, np.float64)
        parts = [self._backward(places[i : i + BLOCK]) for i in range(0, len(places), BLOCK)]
        return np.concatenate(parts) if parts else np.empty((0, 2))

    def _forward(self, code: Floats) -> Floats:
        angle, radius = _polar(code)
        turns = np.interp(angle, _angle_knots(), self.turned)
        return disc_to_square(turns * 2 * np.pi, _rise(radius, self._knots(turns), _rims()))

    def _backward(self, places: Floats) -> Floats:
        angle, rim = square_to_disc(places)
        turns = angle / (2 * np.pi)
        turns = self.turned[0] + (turns - self.turned[0]) % 1.0
        radius = _fall(rim, self._knots(turns), _rims())
        angle = np.interp(turns, self.turned, _angle_knots())
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])

    def _knots(self, turns: Floats) -> Floats:
        """Radii of the percentiles in given directions, shape (n, LEVELS + 1).

        A weighted mean of two increasing rows is increasing; the weight's slope is 0 at each
        stored direction, so that no crease shows on the map.
        """
        place = (turns % 1.0) * len(self.radii)
        low = place.astype(int) % len(self.radii)
        part = place - np.floor(place)
        weight = (part * part * (3 - 2 * part))[:, None]
        high = (low + 1) % len(self.radii)
        return np.asarray((1 - weight) * self.radii[low] + weight * self.radii[high])

    def save(self, path: Path) -> None:
        """Write as HDF5."""
        with new_table(path) as file:
            file["turned"] = self.turned
            file["radii"] = self.radii

    @classmethod
    def load(cls, path: Path) -> "Stretch":
        """Read what ``save`` wrote; FormatError names the file where it is something else."""
        from frameatlas.store.hdf5_reader import dataset_of, open_table

        try:
            with open_table(path) as file:
                turned = np.asarray(dataset_of(file, "turned", path), np.float64)
                radii = np.asarray(dataset_of(file, "radii", path), np.float64)
        except (OSError, RuntimeError, KeyError, TypeError, ValueError) as error:
            raise FormatError(
                f"Expected {path} to hold a stretch. Received: {error}. "
                "Compose the map again with relayout."
            ) from error
        if not cls(turned, radii)._is_sound():
            raise FormatError(
                f"Expected {path} to hold increasing angles {(ANGLES + 1,)} and radii "
                f"{(TURNS, LEVELS + 1)}. Received: {turned.shape}, {radii.shape}. "
                "Compose the map again with relayout."
            )
        return cls(turned, radii)

    def _is_sound(self) -> bool:
        if self.turned.shape != (ANGLES + 1,) or self.radii.shape != (TURNS, LEVELS + 1):
            return False
        parts = (self.turned, self.radii)
        return all(bool(np.isfinite(p).all() and (np.diff(p) > 0).all()) for p in parts)


def _polar(code: Floats) -> tuple[Floats, Floats]:
    """Angles in [-π, π] and radii, each of shape (n,)."""
    return np.arctan2(code[:, 1], code[:, 0]), np.hypot(code[:, 0], code[:, 1])


def _angle_knots() -> Floats:
    return np.linspace(-np.pi, np.pi, ANGLES + 1)


def _rims() -> Floats:
    """The disc's radius at each percentile, shape (LEVELS + 1,): area grows with the square."""
    return np.sqrt(np.linspace(0.0, INSIDE, LEVELS + 1))


def _outline(code: Floats, radius: Floats, square: bool) -> Floats:
    """How far the disc or rectangle about the code reaches, at each knot of the angle."""
    if not square:
        return np.full(ANGLES + 1, max(float(radius.max()), SMALLEST))
    half = np.maximum(np.abs(code).max(axis=0), SMALLEST)
    knots = _angle_knots()
    across, along = np.abs(np.cos(knots)) / half[0], np.abs(np.sin(knots)) / half[1]
    return np.asarray(1.0 / np.maximum(across, along))


def _equal_angles(angle: Floats, shares: Floats, prior: float, outline: Floats) -> Floats:
    """The equalised angle, in turns, at each knot: shape (ANGLES + 1,).

    A smoothed histogram of the points' directions, summed up. Its beginning is chosen so that
    the points keep their directions on average.
    """
    counts = np.histogram(angle, ANGLES, (-np.pi, np.pi), weights=shares)[0].astype(np.float64)
    near = np.arange(-6, 7)
    kernel = np.exp(-0.5 * (near / 1.5) ** 2)
    smooth = sum(w * np.roll(counts, k) for w, k in zip(kernel / kernel.sum(), near, strict=True))
    area = outline[:-1] * outline[1:]
    density = np.asarray(smooth) + prior * area / area.sum()
    turned = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
    middles = (turned[:-1] + turned[1:]) / 2
    even = (np.arange(ANGLES) + 0.5) / ANGLES - 0.5
    turned += np.average(even - middles, weights=density)
    return np.asarray(turned)


def _percentiles(
    turns: Floats,
    radii: Floats,
    shares: Floats,
    prior: float,
    turned: Floats,
    outline: Floats,
) -> Floats:
    """Radii at each percentile for each stored direction: shape (TURNS, LEVELS + 1)."""
    order = np.argsort(radii, kind="stable")
    turns, radii, shares = turns[order], radii[order], shares[order]
    levels = np.linspace(0.0, INSIDE, LEVELS + 1)
    rims = np.interp(np.arange(TURNS) / TURNS, turned % 1.0, outline, period=1.0)
    rows = []
    for direction, rim in enumerate(rims):
        straight, radius = rim * np.sqrt(levels), np.minimum(radii, rim)
        even = prior / TURNS * (radius / rim) ** 2
        away = np.abs((turns * TURNS - direction + TURNS / 2) % TURNS - TURNS / 2)
        weight = np.maximum(0.0, 1.0 - away / BREADTH) * shares
        mass = np.cumsum(weight) - weight / 2 + even
        share = np.concatenate([[0.0], mass, [weight.sum() + prior / TURNS]])
        row = np.interp(levels * share[-1], share, np.concatenate([[0.0], radius, [rim]]))
        # The straight part keeps equal radii apart: a step would not be invertible.
        rows.append(0.98 * row + 0.02 * straight)
    return np.stack(rows)


def _rise(radius: Floats, knots: Floats, rims: Floats) -> Floats:
    """Piecewise linear from knots (n, m) to rims (m,), with a tail that stays below 1."""
    cell, rows = _cells(radius, knots), np.arange(len(radius))
    low, high = knots[rows, cell], knots[rows, cell + 1]
    inner = rims[cell] + (rims[cell + 1] - rims[cell]) * (radius - low) / (high - low)
    last = knots[:, -1]
    beyond = np.maximum(radius - last, 0.0)
    tail = rims[-1] + (1.0 - rims[-1]) * beyond / (beyond + HALFWAY * last)
    return np.where(radius > last, tail, inner)


def _fall(rim: Floats, knots: Floats, rims: Floats) -> Floats:
    """The inverse of ``_rise``."""
    cell, rows = _cells(rim, rims[None, :]), np.arange(len(rim))
    low, high = knots[rows, cell], knots[rows, cell + 1]
    inner = low + (high - low) * (rim - rims[cell]) / (rims[cell + 1] - rims[cell])
    last = knots[:, -1]
    share = np.clip((rim - rims[-1]) / (1.0 - rims[-1]), 0.0, 1.0 - 1e-15)
    tail = last + HALFWAY * last * share / (1.0 - share)
    return np.where(rim > rims[-1], tail, inner)


def _cells(values: Floats, knots: Floats) -> NDArray[np.int64]:
    """Which interval each value lies in: the last knot at or below it, but never the very last."""
    below = np.count_nonzero(knots[:, 1:-1] <= values[:, None], axis=1)
    return np.asarray(below, np.int64)
