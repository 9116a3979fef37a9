"""When there are too few frames to learn from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout.pca_layout import PrincipalLayout

FEWEST = 64
"""Different frames below which a network has nothing to learn from: its batches would hold the
same few rows, whose mean and spread say little."""


def lay_out_few(scores: NDArray[Any], std: float, name: str) -> PrincipalLayout | None:
    """The stand-in for a layout where too few frames differ; None where enough do.

    Args:
        scores: Floating point of shape (n, k).
        std: Wished standard deviation of the code.
        name: The layout that it stands in for.
    """
    different = count_different(scores)
    if different >= FEWEST:
        return None
    layout = PrincipalLayout.fit(
        scores,
        std,
        reduced=(
            f"Only {different} of the {len(scores)} frames differ, fewer than the {FEWEST} "
            "that the autoencoder needs to learn from, so they are laid out by their first "
            "two principal components."
        ),
    )
    layout.name = name
    return layout


def enough_differ(scores: NDArray[Any]) -> bool:
    """Whether there is enough for a network to learn from.

    Args:
        scores: Floating point of shape (n, k).
    """
    return count_different(scores) >= FEWEST


def count_different(scores: NDArray[Any]) -> int:
    """How many different rows there are, counting no further than ``FEWEST``.

    Rounded, since a projection may leave its own noise on frames that are equal.
    """
    seen: set[bytes] = set()
    for row in scores:
        seen.add((np.round(row, 3) + 0.0).tobytes())
        if len(seen) >= FEWEST:
            break
    return len(seen)
