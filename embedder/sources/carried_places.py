"""Rows of a map that stay when it is extended, those of replaced files too."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.embedder.sources.repair import map_is_whole
from frameatlas.embedder.sources.replaced import Replaced
from frameatlas.errors import FrameatlasError
from frameatlas.progress import Progress
from frameatlas.store.hdf5_reader import read_column
from frameatlas.store.manifest import Source

_BLOCK = 4096


def rows_to_keep(
    mapped: Atlas | None, kept: Sequence[Source], progress: Progress
) -> NDArray[np.int64] | None:
    """Rows of the current map that stay, for the frames of the kept sources, in order.

    None where there is no whole map: then one has to be drawn.
    """
    if mapped is None or mapped.manifest.map is None:
        return None
    if not map_is_whole(mapped.folder, mapped.manifest.map):
        progress.note("The map's files are damaged: it is drawn again.")
        return None
    numbers = {source.id: number for number, source in enumerate(mapped.sources)}
    ranges = [mapped.range_of(numbers[s.id]) for s in kept if s.frames and s.id in numbers]
    if sum(len(r) for r in ranges) != sum(source.frames for source in kept):
        return None
    return np.concatenate([np.arange(r.start, r.stop) for r in ranges] or [np.arange(0)])


def carried_places(mapped: Atlas, replaced: Sequence[Replaced], atlas: Atlas) -> NDArray[np.int64]:
    """Which rows of the old map frames of the new atlas take over.

    A frame is the same where its time, or its photo, and its features are.

    Args:
        mapped: The atlas with the map that is extended.
        replaced: What was left out of it.
        atlas: The atlas with all its sources.

    Returns:
        int64 of shape (n,): rows of the old map; -1 for frames that take over none.
    """
    rows = np.full(len(atlas), -1, np.int64)
    numbers = {source.path: [] for source in atlas.sources}  # type: dict[str, list[int]]
    for number, source in enumerate(atlas.sources):
        numbers[source.path].append(number)
    for old in replaced:
        for number in numbers.get(old.source.path, []):
            new = atlas.range_of(number)
            if len(new) and len(old.frames) and atlas.sources[number].id != old.source.id:
                rows[new.start : new.stop] = np.maximum(
                    rows[new.start : new.stop], _matched(mapped, old, atlas, number)
                )
    return rows


def _matched(mapped: Atlas, old: Replaced, atlas: Atlas, number: int) -> NDArray[np.int64]:
    """For each frame of a new source, its row on the old map, or -1."""
    source, new = atlas.sources[number], atlas.range_of(number)
    rows = np.full(len(new), -1, np.int64)
    try:
        keys = _keys(mapped, old.source)
        places = {key: place for place, key in enumerate(keys)}
        for row, key in enumerate(_keys(atlas, source)):
            place = places.get(key, -1)
            if place < 0:
                continue
            before = mapped.features[old.frames.start + place : old.frames.start + place + 1]
            now = atlas.features[new.start + row : new.start + row + 1]
            if np.array_equal(before, now):
                rows[row] = old.frames.start + place
    except FrameatlasError:  # what is damaged is placed anew
        return rows
    return rows


def _keys(atlas: Atlas, source: Source) -> list[object]:
    table = atlas.folder / "sources" / source.id / "features.h5"
    name = "digests" if source.kind == "photos" else "pts"
    return list(read_column(table, name, source.frames).tolist())
