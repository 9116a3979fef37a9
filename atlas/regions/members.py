"""Frames by what they are: a source and a place in it; found again on any map that has them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.store.notes.names_file import MOST_MEMBERS, Members


def members_of(atlas: Atlas, frames: NDArray[np.int64]) -> tuple[Members, ...]:
    """Describe frames so that they are found again, evenly some of them where they are many.

    Args:
        atlas: The atlas.
        frames: int64, rising.
    """
    if len(frames) > MOST_MEMBERS:
        frames = frames[(np.arange(MOST_MEMBERS) * (len(frames) / MOST_MEMBERS)).astype(np.int64)]
    found = []
    for number in np.unique(atlas.source_numbers[frames]).tolist():
        own = atlas.range_of(number)
        source = atlas.sources[number]
        here = frames[(frames >= own.start) & (frames < own.stop)]
        photos = source.kind == "photos"
        names = tuple(atlas.origins[frame].name for frame in here.tolist()) if photos else ()
        rows = tuple((here - own.start).tolist())
        found.append(Members(source.id, source.path, rows, names))
    return tuple(found)


class MemberFrames:
    """Finds members again.

    Args:
        atlas: The atlas, at any of its maps.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._by_id = {source.id: number for number, source in enumerate(atlas.sources)}
        self._by_path: dict[str, list[int]] = {}
        for number, source in enumerate(atlas.sources):
            self._by_path.setdefault(source.path, []).append(number)
        self._photos: dict[int, dict[str, int]] = {}

    def __call__(self, members: Sequence[Members]) -> NDArray[np.int64]:
        """Those frames that are on the map, int64, rising; others are left out."""
        found = [frame for one in members for frame in self._frames(one)]
        return np.unique(np.array(found, np.int64))

    def _frames(self, members: Members) -> list[int]:
        number = self._by_id.get(members.source)
        if number is not None:
            own = self._atlas.range_of(number)
            return [own.start + row for row in members.rows if row < len(own)]
        # The content is another now, as when photos came to a folder: what is still there counts.
        numbers = self._by_path.get(members.path, [])
        if members.photos:
            places = [self._names(n) for n in numbers if self._atlas.sources[n].kind == "photos"]
            return [own[name] for own in places for name in members.photos if name in own]
        videos = [n for n in numbers if self._atlas.sources[n].kind != "photos"][:1]
        ranges = [self._atlas.range_of(n) for n in videos]
        return [own.start + row for own in ranges for row in members.rows if row < len(own)]

    def _names(self, number: int) -> dict[str, int]:
        """Frame of each photo of a source, by its name."""
        if number not in self._photos:
            frames = self._atlas.range_of(number)
            self._photos[number] = {self._atlas.origins[f].name: f for f in frames}
        return self._photos[number]
