"""How far apart the frames of a video lie, where not all of an atlas are alike."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from frameatlas.atlas import Atlas


def frame_step(atlas: "Atlas", source: int) -> float:
    """Seconds from one frame of a source to the next: as asked for, or between its key frames.

    Args:
        atlas: The atlas.
        source: The source by its number.
    """
    step = 1.0 / atlas.manifest.made.fps
    frames = atlas.range_of(source)
    if atlas.sources[source].sample == "all" or len(frames) < 2:
        return step
    return max(step, float(np.median(np.diff(atlas.seconds[frames.start : frames.stop]))))


def frame_steps(atlas: "Atlas", numbers: NDArray[np.int32]) -> NDArray[np.float64]:
    """The same for each of many frames, float64, by the numbers of their sources."""
    steps = np.zeros(len(atlas.sources))
    for number in np.unique(numbers).tolist():
        steps[number] = frame_step(atlas, number)
    return steps[numbers]
