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

GENTLE = (1000.0, 16.0, 8.0, 4.0)
STRONG = (2.0, 1.0, 0.5, 0.0)
"""Tried in this order; see ``even`` of ``Stretch.fit``. The first only scales."""


def fit_stretch(code: NDArray[Any], layout: "Layout") -> Stretch:
    """The stretch that suits a layout's code.

    Args:
        code: Floating point of shape (n, 2), rotated already.
        layout: Where the code is from.
    """
    return gentle_stretch(code) if layout.even else Stretch.fit(code)


def gentle_stretch(code: NDArray[Any]) -> Stretch:
    """The gentlest stretch of an upright square that fills the plane and crowds no edge.

    Evening out per direction tears neighbours apart: .006 of trustworthiness at 2, .02 at 0.

    Args:
        code: Floating point of shape (n, 2), rotated already.
    """
    many = len(code) >= MANY
    for even in GENTLE + (STRONG if many else ()):
        stretch = Stretch.fit(code, even, square=True)
        places = stretch.apply(code)
        out = np.abs(places).max(axis=1)
        crowded = any(np.mean(out > 1.0 - m) > 1.0 - (1.0 - m) ** 2 for m in MARGINS)
        if not crowded and fill(places) >= (FILLED if many else FEWER_FILLED):
            return stretch
    # A --std of .8 or .9 leaves no square: most codes lie in its corners, and a disc spreads them.
    return Stretch.fit(code) if crowded else stretch
