"""A composition of all frames: layout and stretch fitted on their scores; nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.layout.few_frames import enough_differ
from frameatlas.embedder.layout.registry import Layout, fit_layout
from frameatlas.embedder.layout.rotation import rotate
from frameatlas.embedder.layout.runs import run_weights
from frameatlas.embedder.map.even_stretch import fit_stretch
from frameatlas.embedder.map.place_frames import place_frames
from frameatlas.embedder.map.stretch import Stretch
from frameatlas.options import LayoutOptions


@dataclass(frozen=True, eq=False)
class FittedMap:
    """A composition of all frames, not yet written.

    Attributes:
        layout: The fitted network.
        stretch: The fitted stretch.
        code: float64 of shape (n, 2), before it is turned.
        coordinates: float64 of shape (n, 2) in [-1, 1].
    """

    layout: Layout
    stretch: Stretch
    code: NDArray[np.float64]
    coordinates: NDArray[np.float64]


def fit_map(
    atlas: Atlas,
    scores: NDArray[np.float16],
    options: LayoutOptions,
    step: Callable[[int, int], None],
) -> FittedMap:
    """Fit layout and stretch on the scores of all frames; nothing is written.

    Args:
        atlas: Tells the source of each frame.
        scores: float16 of shape (n, k), in the atlas' order.
        options: How the map is to be composed.
        step: Called with (step, steps) of the fitting; raises to stop.
    """
    if enough_differ(scores):  # few are laid out by their components, and need none
        import_tensorflow()
    paths = atlas.source_numbers.astype(np.int64)
    layout = fit_layout(options.name, scores, settings=options, paths=paths, progress=step)
    code, _ = place_frames(layout, scores, 0)
    turned = rotate(code, options.rotate)
    weights = run_weights(scores, paths) if options.spread == "variety" else None
    stretch = fit_stretch(turned, layout, weights)
    return FittedMap(layout, stretch, code, stretch.apply(turned))
