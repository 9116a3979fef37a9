"""Frames on the plane: neighbours pull each other, all push each other apart, until it is quiet.

Gradient descent on t-SNE's divergence, with the same pull for each of few neighbours, which gives
the same maps as t-SNE's calibrated weights (Böhm, Berens and Kobak 2022).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from frameatlas.embedder.layout.regions import Regions
from frameatlas.embedder.layout.repulsion import Evenness, Plane, Repulsion, Weights
from frameatlas.embedder.layout.rotation import rotate

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

GATHERING = 100
"""Steps in which the pull is ``PULL`` times as strong: neighbours come together."""

SETTLING = 150
"""Steps after that."""

FADING = 100
"""Of these, those in which the pull fades where regions are to stay in order: let go at once, the
crowd bursts, and groups land where they are thrown. Small maps are emptier if it fades."""

EVENING = 150
"""Steps after those, in which crowds also thin out and gaps fill (``repulsion.Evenness``): the
stretch has little left to do, which would tear neighbours apart."""

RISING = 50
"""Steps in which that comes to its full strength."""

EVEN = 80.0
"""How strongly, times how uneven it still is: videos leave wide gaps between their shots, where
single pictures leave few."""

EVEN_IN_ORDER = 60.0
"""How strongly where regions are to stay in order: more presses them out of it."""

ORDER = (0.3, 0.1, 1.0)
"""How strongly regions are drawn into order (``regions.Regions``) while frames gather, settle and
even out: early, since a region hardly passes another later, and late, since a square that is
filled leaves little room for order. Ten times as much early, and twice as much late, gain .02 to
.05 of order and tear groups into islands."""

PULL = 8.0
MOMENTUM = 0.8
LEAP = 5.0
"""Farthest that a frame moves in a step."""

START = 1e-2
"""Standard deviation of the places at the start: all frames begin in one crowd, in order."""


def arrange(
    graph: "csr_matrix",
    start: Plane,
    step: Callable[[int, int], None] | None = None,
    turn: float = 0.0,
    regions: Regions | None = None,
    weights: Weights | None = None,
) -> Plane:
    """Places of the frames, at last filling an upright square about the origin.

    Args:
        graph: Symmetric, of shape (n, n), its numbers sum up to 1: who pulls whom.
        start: float32 of shape (n, 2): where the frames begin; its scale does not matter.
        step: Called with (steps done, steps); may raise to stop.
        turn: Degrees by which the places are turned anticlockwise before they fill the square.
        regions: Says which way to go for the order of regions; None leaves that to neighbours.
        weights: float of shape (n,), of mean 1: how much room of the square each frame is to take;
            None for the same. Pull and push stay as they are: less push for a run of nearly the
            same frames cost .02 of trustworthiness.

    Returns:
        float32 of shape (n, 2), of mean 0; neighbours are about 1 apart.
    """
    n = len(start)
    spread = float(start.std()) or 1.0
    places = (start - start.mean(axis=0)) * np.float32(START / spread)
    speed, gain = np.zeros_like(places), np.ones_like(places)
    pull, repulsion = _Pull(graph), Repulsion()
    fading = 0 if regions is None else FADING
    steps = GATHERING + SETTLING + EVENING
    for i in range(steps):
        strength, late = _strength(i, fading), i - GATHERING - SETTLING
        if late == 0:
            places, speed = (rotate(rows, turn).astype(np.float32) for rows in (places, speed))
            evenness = Evenness(places, weights)
        push, pairs = repulsion(places)
        slope = 4.0 * (np.float32(strength) * pull(places) - push / np.float32(pairs))
        if late >= 0:
            eager = min((late + 1) / RISING, 1.0) * (EVEN if regions is None else EVEN_IN_ORDER)
            slope -= np.float32(eager / n) * _out_of_crowds(evenness, places)
        if regions is not None:
            slope -= np.float32(strength * _order(i) / n) * _into_order(regions, places)
        gain = np.where(np.sign(slope) == np.sign(speed), gain * 0.8, gain + 0.2)
        gain = np.maximum(gain, 0.01).astype(np.float32)
        speed = np.float32(MOMENTUM) * speed - np.float32(n / strength) * gain * slope
        length = np.sqrt(np.square(speed).sum(axis=1, keepdims=True))
        speed *= np.minimum(1.0, LEAP / np.maximum(length, 1e-12)).astype(np.float32)
        places = places + speed
        places -= np.average(places, axis=0, weights=weights).astype(np.float32)
        if step:
            step(i + 1, steps)
    return np.asarray(places, np.float32)


def _strength(step: int, fading: int) -> float:
    """Of the pull: ``PULL`` while frames gather, then fading to 1 in so many steps."""
    faded = min(max(step - GATHERING + 1, 0) / (fading + 1), 1.0)
    return float(PULL ** (1.0 - faded))


def _order(step: int) -> float:
    """How strongly regions are drawn into order."""
    return ORDER[(step >= GATHERING) + (step >= GATHERING + SETTLING)]


def _out_of_crowds(evenness: Evenness, places: Plane) -> Plane:
    way = evenness(places)
    return np.float32(np.sqrt(np.square(way).sum(axis=1).mean())) * way


def _into_order(regions: Regions, places: Plane) -> Plane:
    half = float(np.sqrt(1.5 * places.var(axis=0).sum())) or 1.0
    return regions(places) / np.float32(half)


class _Pull:
    """Sums over each frame's neighbours, from the graph's rows."""

    def __init__(self, graph: "csr_matrix") -> None:
        self._weights = graph.data.astype(np.float32)
        self._rows = np.repeat(np.arange(graph.shape[0], dtype=np.int32), np.diff(graph.indptr))
        self._columns = graph.indices
        self._graph = graph.copy()

    def __call__(self, places: Plane) -> Plane:
        """The sum over neighbours of weight · (1 + d²)⁻¹ · (own place - theirs), shape (n, 2)."""
        x, y = places[:, 0], places[:, 1]
        far = np.square(x[self._rows] - x[self._columns])
        far += np.square(y[self._rows] - y[self._columns])
        self._graph.data = self._weights / (1.0 + far)
        sums = self._graph @ np.column_stack([np.ones_like(x), places])
        return np.asarray(sums[:, :1] * places - sums[:, 1:], np.float32)
