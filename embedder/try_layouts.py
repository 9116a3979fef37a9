"""Several compositions of one map to choose from; the atlas stays as it is."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.layout.layout_settings import LayoutSettings
from frameatlas.embedder.layout.registry import fit_layout
from frameatlas.embedder.layout.rotation import rotate
from frameatlas.embedder.map.even_stretch import fit_stretch
from frameatlas.embedder.media.frame_sink import Stopped
from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.options import LayoutWish
from frameatlas.progress import Progress, Silence

BLOCK = 4096


def try_layouts(
    folder: str | Path,
    wishes: Sequence[LayoutWish],
    *,
    progress: Progress | None = None,
    stopped: Stopped = lambda: False,
) -> Iterator[NDArray[np.float64]]:
    """The coordinates that ``relayout`` would give for each of several wishes.

    Nothing is written: each is as long in the making as the map itself, and made again by
    ``relayout`` once it is chosen, the same seed giving the same map.

    Args:
        folder: The atlas.
        wishes: How the maps are to be composed.
        progress: Is told how far it is.
        stopped: Looked at often; once it gives True, the run ends.

    Yields:
        float64 of shape (n, 2) in [-1, 1] for each wish, in order.

    Raises:
        NoAtlasError: There is no atlas, or it has no map yet.
        InputError: The atlas holds no frames.
    """
    atlas = open_atlas(folder)
    if not len(atlas):
        raise InputError(f"Expected frames in {folder}. Received: none; index some videos first.")
    told = progress or Silence()
    import_tensorflow()
    for number, wish in enumerate(wishes):
        told.stage(f"seed {wish.seed}, {number + 1} of {len(wishes)}", 100, "%")

        def step(done: int, total: int) -> None:
            if stopped():
                raise InterruptedIndexError("The run was stopped; the map stays as it is.")
            told.step(round(100 * done / max(total, 1)))

        yield _composed(atlas, wish, step)


def _composed(
    atlas: Atlas, wish: LayoutWish, step: Callable[[int, int], None]
) -> NDArray[np.float64]:
    """Coordinates of all frames by a layout of their own."""
    settings = LayoutSettings(wish.name, wish.std, wish.seed, wish.temporal, wish.rotate)
    paths = atlas.source_numbers.astype(np.int64)
    layout = fit_layout(wish.name, atlas.scores, settings=settings, paths=paths, progress=step)
    blocks = range(0, len(atlas), BLOCK)
    scores = atlas.scores
    code = np.concatenate(
        [layout.encode(np.asarray(scores[i : i + BLOCK], np.float32)) for i in blocks]
    )
    turned = rotate(code.astype(np.float64), wish.rotate)
    return fit_stretch(turned, layout).apply(turned)
