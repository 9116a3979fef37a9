"""Whether one video crowds out the others on a poster, and what helps."""

import math
from pathlib import Path

import numpy as np

from frameatlas.atlas import Atlas
from frameatlas.poster.placement.assignment import EMPTY
from frameatlas.poster.placement.place import Placement
from frameatlas.safe_text import one_line

SHARE = 0.25
"""Of a poster's pictures, from which on one video is said to fill much of it."""

FEWEST = 12
"""Pictures of a poster below which a share says nothing."""


def crowding_note(atlas: Atlas, placement: Placement) -> str | None:
    """A sentence where one video among several fills more than a quarter of a poster.

    Args:
        atlas: The atlas.
        placement: The frame of each cell.
    """
    shown = placement.frames[placement.frames != EMPTY]
    if len(shown) < FEWEST:
        return None
    counts = np.bincount(atlas.source_numbers[shown], minlength=len(atlas.sources))
    photos = np.array([source.kind == "photos" for source in atlas.sources], bool)
    largest = int(np.argmax(np.where(photos, 0, counts)))
    if np.count_nonzero(counts) < 2 or photos[largest] or counts[largest] <= SHARE * len(shown):
        return None
    times = atlas.seconds[shown[atlas.source_numbers[shown] == largest]]
    # So many of its frames that lie this far from each other fill a quarter.
    apart = max(1, math.ceil(float(np.ptp(times)) / (SHARE * len(shown))))
    name = one_line(Path(atlas.sources[largest].path).name)
    return (
        f"{name} fills {counts[largest] / len(shown):.0%} of the poster: --apart {apart} shows it "
        f"less often, and `frameatlas shots --list --video {name}` lists its shots."
    )
