"""Several compositions of one map to choose from; the atlas stays as it is."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import open_atlas
from frameatlas.embedder.map.fit_map import fit_map
from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.options import LayoutOptions
from frameatlas.progress import NullProgress, Progress, Stopped


def try_layouts(
    folder: str | Path,
    choices: Sequence[LayoutOptions],
    *,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> Iterator[NDArray[np.float64]]:
    """The coordinates that ``relayout`` would give for each of several options.

    Nothing is written: each is as long in the making as the map itself, and made again by
    ``relayout`` once it is chosen, the same seed giving the same map.

    Args:
        folder: The atlas.
        choices: How the maps are to be composed.
        progress: Is told how far it is.
        stopped: Looked at often; once it gives True, the run ends.

    Yields:
        float64 of shape (n, 2) in [-1, 1] for each of them, in order.

    Raises:
        NoAtlasError: There is no atlas, or it has no map yet.
        InputError: The atlas holds no frames.
    """
    atlas = open_atlas(folder)
    if not len(atlas):
        raise InputError(f"Expected frames in {folder}. Received: none; index some videos first.")
    watched = progress or NullProgress()
    for number, options in enumerate(choices):
        watched.stage(f"seed {options.seed}, {number + 1} of {len(choices)}", 100, "%")

        def step(done: int, total: int) -> None:
            if stopped():
                raise InterruptedIndexError("The run was stopped; the map stays as it is.")
            watched.step(round(100 * done / max(total, 1)))

        yield fit_map(atlas, atlas.scores, options, step).coordinates
