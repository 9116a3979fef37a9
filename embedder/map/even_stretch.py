"""The stretch of a code that fills a square nearly evenly: no stronger than it has to be."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.map.quality import fill
from frameatlas.embedder.map.stretch import Stretch

if TYPE_CHECKING:
    from frameatlas.embedder.layout.registry import Layout

FILLED = 0.97
"""Share of the cells of the grid that is to hold a frame."""

MANY = 5000
"""Frames from which that is held to, cost it neighbours or not."""

FEWER_FILLED = 0.8
"""Share that is enough with fewer frames: what is left are lanes between the videos."""

MARGINS = (0.01, 0.05)
"""How near to the edges, as shares of half a side, no more frames may lie than if all lay evenly:
a wide ``--std`` bends many there."""

CHANCE = 2.0
"""Standard deviations by which a few frames more may lie there where there are fewer than ``MANY``:
the full stretch, for five frames too many of a thousand, cost .05 of trustworthiness."""

GENTLE = (1000.0, 16.0, 8.0, 4.0)
STRONG = (2.0, 1.0, 0.5, 0.0)
"""Tried in this order; see ``even`` of ``Stretch.fit``. The first only scales."""


Weights = NDArray[np.floating]
"""Floating point of shape (n,), of mean 1: how much area each frame is to take."""


def fit_stretch(code: NDArray[Any], layout: "Layout", weights: Weights | None = None) -> Stretch:
    """The stretch that suits a layout's code.

    Args:
        code: Floating point of shape (n, 2), rotated already.
        layout: Where the code is from.
        weights: How much area each frame is to take; None gives all the same.
    """
    return gentle_stretch(code, weights) if layout.even else Stretch.fit(code, weights=weights)


def gentle_stretch(code: NDArray[Any], weights: Weights | None = None) -> Stretch:
    """The gentlest stretch of an upright square that fills the plane and crowds no edge.

    Evening out per direction tears neighbours apart: .006 of trustworthiness at 2, .02 at 0.

    Args:
        code: Floating point of shape (n, 2), rotated already.
        weights: How much area each frame is to take; None gives all the same.
    """
    many = len(code) >= MANY
    gently = not many or weights is not None  # runs that are drawn together leave lanes, too
    filled = FILLED if many else FEWER_FILLED
    for even in GENTLE + STRONG:
        stretch = Stretch.fit(code, even, square=True, weights=weights)
        places = stretch.apply(code)
        enough = fill(places) >= filled or (gently and even <= GENTLE[-1])
        if enough and not _crowded(places, weights):
            return stretch
    # A --std of .8 or .9 leaves no square: most codes lie in its corners, and a disc spreads them.
    return Stretch.fit(code, weights=weights) if _crowded(places, weights) else stretch


def _crowded(places: NDArray[Any], weights: Weights | None) -> bool:
    """Whether more frames lie at an edge than if all lay evenly, chance aside."""
    n, out = len(places), np.abs(places).max(axis=1)
    for margin in MARGINS:
        share = 1.0 - (1.0 - margin) ** 2
        chance = CHANCE * np.sqrt(share * (1.0 - share) / n) if n < MANY else 0.0
        if np.average(out > 1.0 - margin, weights=weights) > share + chance:
            return True
    return False
