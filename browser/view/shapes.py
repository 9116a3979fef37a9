"""Rectangles and lassos on the map: which points they hold. Arithmetic alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.web.parameters import one_of, within
from frameatlas.errors import InputError

KINDS = ("rectangle", "polygon")
MOST_SHAPES = 100
MOST_CORNERS = 5_000
"""Corners of a lasso: a hand draws a few hundred."""


@dataclass(frozen=True)
class Shape:
    """A rectangle by two opposite corners, or a polygon by all of its corners.

    Attributes:
        kind: "rectangle" or "polygon".
        corners: x and y of each, in map units.
        subtract: Whether it takes frames away from what the shapes before it hold.
    """

    kind: str
    corners: tuple[tuple[float, float], ...]
    subtract: bool = False

    @classmethod
    def parse(cls, value: Any) -> "Shape":
        """A shape out of JSON: {"kind", "points": [[x, y], …], "subtract"}.

        Raises:
            InputError: It is none.
        """
        if not isinstance(value, dict):
            raise InputError("Expected a shape to be an object. Received: another value.")
        kind = one_of(value.get("kind"), "a shape's kind", KINDS)
        points = value.get("points")
        least, most = (2, 2) if kind == "rectangle" else (3, MOST_CORNERS)
        if not isinstance(points, list) or not least <= len(points) <= most:
            raise InputError(
                f"Expected {least} to {most} points of a {kind}. Received: another number."
            )
        return cls(kind, tuple(_corner(point) for point in points), value.get("subtract") is True)

    def holds(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points lie in it.

        Args:
            points: float64 of shape (n, 2), map coordinates.

        Returns:
            bool of shape (n,). A polygon that crosses itself holds by the even-odd rule.
        """
        corners = np.array(self.corners)
        low, high = corners.min(axis=0), corners.max(axis=0)
        boxed = ((points >= low) & (points <= high)).all(axis=1)
        if self.kind == "rectangle":
            return np.asarray(boxed)
        near = np.flatnonzero(boxed)
        boxed[near] = _inside(points[near], corners)
        return np.asarray(boxed)


def shapes_of(value: Any) -> tuple[Shape, ...]:
    """The shapes of a JSON body; InputError where they are none."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_SHAPES:
        raise InputError(f"Expected a list of at most {MOST_SHAPES} shapes. Received: another.")
    return tuple(Shape.parse(one) for one in value)


def select(shapes: Sequence[Shape], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points are selected when shapes add and subtract one after the other.

    Args:
        shapes: In the order drawn; without any, everything is selected.
        points: float64 of shape (n, 2).
    """
    selected = np.full(len(points), not shapes)
    for shape in shapes:
        inside = shape.holds(points)
        selected = selected & ~inside if shape.subtract else selected | inside
    return np.asarray(selected)


def _inside(points: NDArray[np.float64], corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The even-odd rule. Each edge looks only at the points between its ends' heights."""
    order = np.argsort(points[:, 1], kind="stable")
    x, y = points[order].T
    odd = np.zeros(len(points), bool)
    ends = np.roll(corners, -1, axis=0)
    for (x0, y0), (x1, y1) in zip(corners.tolist(), ends.tolist(), strict=True):
        if y0 == y1:
            continue
        first, last = np.searchsorted(y, sorted((y0, y1)))
        crossing = x0 + (y[first:last] - y0) * ((x1 - x0) / (y1 - y0))
        odd[first:last] ^= x[first:last] < crossing
    inside = np.empty(len(points), bool)
    inside[order] = odd
    return inside


def _corner(point: Any) -> tuple[float, float]:
    if not isinstance(point, list) or len(point) != 2:
        raise InputError("Expected a point to be [x, y]. Received: another value.")
    return within(point[0], "x", -1e6, 1e6), within(point[1], "y", -1e6, 1e6)
