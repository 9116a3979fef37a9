"""From pixels to metres: a homography of four or more points whose place on the court is known.

Where the camera moves, the points are given at several frames, and lie in between in the frames
between those.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError

FEWEST = 4
"""Points that decide a homography."""

FLATTEST = 1e-6
"""Of the least to the largest singular value: below it, points lie on one line."""


@dataclass(frozen=True, eq=False)
class View:
    """Where points of the court are in the pictures of one camera, at one frame.

    Attributes:
        pixels: float64 of shape (k, 2): from the left and from the top.
        metres: float64 of shape (k, 2): along the court and across it.
        frame: The frame, from 1.
    """

    pixels: NDArray[np.float64]
    metres: NDArray[np.float64]
    frame: int = 1


@dataclass(frozen=True, eq=False)
class Court:
    """A court and how cameras see it.

    Attributes:
        size: Metres along and across; (0, 0) where it is not known.
        views: Of each camera, by name, ascending by frame; "" for all that have none of their own.
        file: Where it was read.
    """

    size: tuple[float, float]
    views: dict[str, tuple[View, ...]] = field(default_factory=dict)
    file: str = ""

    def sees(self, camera: str) -> bool:
        """Whether anything is known of a camera."""
        return camera in self.views or "" in self.views

    def to_metres(
        self, camera: str, frame: NDArray[np.int64], pixels: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Where pixels lie on the court.

        Args:
            camera: Name of the camera.
            frame: int64 of shape (n,).
            pixels: float64 of shape (n, 2).

        Returns:
            float64 of shape (n, 2): metres; NaN on and beyond the horizon.
        """
        views = self.views.get(camera, self.views.get("", ()))
        out = np.full(pixels.shape, np.nan)
        if len(views) == 1:
            return project(homography(views[0].pixels, views[0].metres), pixels)
        for number in np.unique(frame):
            own = frame == number
            out[own] = project(_between(views, int(number)), pixels[own])
        return out


def _between(views: tuple[View, ...], frame: int) -> NDArray[np.float64]:
    """The homography at a frame: that of the points as they lie between two views' frames."""
    at = np.array([view.frame for view in views])
    later = int(np.clip(np.searchsorted(at, frame), 1, len(views) - 1))
    one, two = views[later - 1], views[later]
    share = float(np.clip((frame - one.frame) / (two.frame - one.frame), 0, 1))
    before, after = (homography(view.metres, view.pixels) for view in (one, two))
    corners = one.metres
    there = project(before, corners)
    then = project(after, corners)
    return homography((1 - share) * there + share * then, corners)


def homography(pixels: NDArray[np.float64], metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """The projective map of points to others, by the direct linear transform (Hartley, 1997).

    Args:
        pixels: float64 of shape (k, 2), k ≥ 4.
        metres: float64 of shape (k, 2).

    Returns:
        float64 of shape (3, 3).

    Raises:
        InputError: There are too few points, or three of four lie on one line.
    """
    if len(pixels) < FEWEST or len(pixels) != len(metres):
        raise InputError(
            f"Expected {FEWEST} or more points of the court. Received: {len(pixels)}; corners and "
            "ends of lines do well."
        )
    one, two = _centred(pixels), _centred(metres)
    source, target = project(one, pixels), project(two, metres)
    rows = np.zeros((2 * len(source), 9))
    here = np.column_stack([source, np.ones(len(source))])
    rows[::2, :3], rows[1::2, 3:6] = here, here
    rows[::2, 6:], rows[1::2, 6:] = -target[:, :1] * here, -target[:, 1:] * here
    _, values, vectors = np.linalg.svd(rows)
    if values[7] < FLATTEST * values[0]:
        raise InputError(
            "Expected points of the court of which no three of four lie on one line. Received: "
            "others; take corners that are far apart."
        )
    matrix = np.linalg.inv(two) @ vectors[8].reshape(3, 3) @ one
    depth = np.column_stack([pixels, np.ones(len(pixels))]) @ matrix[2]
    if depth.min() * depth.max() <= 0:
        raise InputError(
            "Expected points of the court as one camera sees them. Received: some that would lie "
            "behind it; are two of them exchanged?"
        )
    return np.asarray(matrix * np.sign(depth[0]), np.float64)


def project(matrix: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points through a homography, (n, 2); NaN on the horizon and beyond it."""
    held = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    depth = np.where(held[:, 2:] > 1e-12, held[:, 2:], np.nan)
    return np.asarray(held[:, :2] / depth, np.float64)


def _centred(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The map that brings points around 0, a unit away on the mean: numbers stay of one size."""
    middle = points.mean(axis=0)
    spread = float(np.linalg.norm(points - middle, axis=1).mean()) or 1.0
    return np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, spread]], np.float64) / spread
