"""The regions of a map with their names: given ones first, then words that tell them apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.regions.hierarchy import Level
from frameatlas.regions.members import MemberFrames
from frameatlas.store.notes.names_file import RegionName

ALIKE = 0.25
"""Share that a named region and a cluster have in common, at least, to be one (Jaccard)."""


@dataclass(frozen=True)
class Region:
    """One region of a map.

    Attributes:
        level: 0 for the coarsest.
        number: Of the cluster on its level; -1 of a named region that is no cluster's any more.
        parent: Number of the region of the level above; -1 for none.
        frame: A frame near its middle.
        frames: How many it has.
        spread: Root mean square of the frames' distance from the middle, in map units.
        title: Names it among all regions, also where it has no name.
        name: What people call it; "" for nothing.
        given: Id of the name that somebody gave; "" where nobody did.
    """

    level: int
    number: int
    parent: int
    frame: int
    frames: int
    spread: float
    title: str
    name: str = ""
    given: str = ""


Suggestions = dict[tuple[int, int], list[str]]
"""Level and number of a region → names that would suit it, the best first."""


def bare_regions(levels: Sequence[Level]) -> list[Region]:
    """The regions of all levels, without names, the coarsest level first."""
    found: list[Region] = []
    titles: list[list[str]] = []
    for depth, level in enumerate(levels):
        titles.append(_titles(level, titles[-1] if titles else None))
        for n in range(len(level)):
            parent, frame = int(level.parents[n]), int(level.frames[n])
            size, spread = int(level.sizes[n]), float(level.spreads[n])
            found.append(Region(depth, n, parent, frame, size, spread, titles[-1][n]))
    return found


def _titles(level: Level, above: list[str] | None) -> list[str]:
    if above is None:
        return [f"Group {n + 1}" for n in range(len(level))]
    seen: dict[int, int] = {}
    titles = []
    for parent in level.parents.tolist():
        seen[parent] = seen.get(parent, 0) + 1
        titles.append(f"{above[parent]}.{seen[parent]}")
    return titles


def named_regions(
    atlas: Atlas,
    levels: Sequence[Level],
    given: Sequence[RegionName],
    suggestions: Suggestions,
) -> list[Region]:
    """The regions with their names; no two bear the same.

    Args:
        atlas: The atlas at the map that the levels are of.
        levels: Its regions.
        given: Names that people gave. One whose frames are no region any more gets one of its own;
            one whose frames are not on the map has none.
        suggestions: Names for regions that nobody named.
    """
    regions = {(one.level, one.number): one for one in bare_regions(levels)}
    free = []
    for name, frames, place in _matched(atlas, levels, given):
        if place is not None:
            regions[place] = _call(regions[place], name.name, name.id)
        elif len(frames):
            free.append(_own_region(atlas, levels, name, frames))
    taken = {one.name.casefold() for one in given}
    for place, region in regions.items():
        if region.given:
            continue
        fitting = (one for one in suggestions.get(place, ()) if one.casefold() not in taken)
        if text := next(fitting, ""):
            taken.add(text.casefold())
            regions[place] = _call(region, text)
    return [*regions.values(), *free]


def _call(region: Region, name: str, given: str = "") -> Region:
    return replace(region, name=name, title=name, given=given)


_Place = tuple[int, int]


def _matched(
    atlas: Atlas, levels: Sequence[Level], given: Sequence[RegionName]
) -> list[tuple[RegionName, NDArray[np.int64], _Place | None]]:
    """Each name with its frames and the region that has most in common with them."""
    find = MemberFrames(atlas)
    frames = [find(name.members) for name in given]
    likeness = [
        (share, number, place)
        for number, name in enumerate(given)
        for share, place in _alike(levels, name, frames[number])
    ]
    places: dict[int, _Place] = {}
    taken: set[_Place] = set()
    for _, number, place in sorted(likeness, key=lambda one: (-one[0], one[1], one[2])):
        if number not in places and place not in taken:
            places[number] = place
            taken.add(place)
    return [(name, frames[n], places.get(n)) for n, name in enumerate(given)]


def _alike(
    levels: Sequence[Level], name: RegionName, frames: NDArray[np.int64]
) -> list[tuple[float, _Place]]:
    """Regions that have enough in common with a named one, and how much."""
    sampled = sum(len(one.rows) for one in name.members)
    if not len(frames) or not sampled:
        return []
    scale = max(1.0, name.frames / sampled)  # of each member that is kept, so many were there
    found = []
    for depth, level in enumerate(levels):
        labels = level.labels[frames]
        shared = scale * np.bincount(labels[labels >= 0], minlength=len(level))
        share = shared / np.maximum(level.sizes + scale * len(frames) - shared, 1)
        found += [(float(share[n]), (depth, n)) for n in np.flatnonzero(share >= ALIKE).tolist()]
    return found


def _own_region(
    atlas: Atlas, levels: Sequence[Level], name: RegionName, frames: NDArray[np.int64]
) -> Region:
    """A region of a name alone: where most of its frames lie, as large as they are apart."""
    places = atlas.coordinates[frames]
    middle = np.median(places, axis=0)
    away = np.sqrt(((places - middle) ** 2).sum(axis=1))
    near = int(frames[away.argmin()])
    sampled = max(1, sum(len(one.rows) for one in name.members))
    count = max(1, round(name.frames * len(frames) / sampled))
    usual = [float(np.median(level.sizes)) for level in levels if len(level)] or [1.0]
    level = int(np.argmin([abs(np.log(count / size)) for size in usual]))
    return Region(level, -1, -1, near, count, float(np.median(away)), name.name, name.name, name.id)


def frames_of(
    atlas: Atlas,
    levels: Sequence[Level],
    region: Region,
    given: Callable[[str], RegionName | None],
) -> NDArray[np.int64]:
    """The frames of a region, int64, rising; of a name alone, those by which it is kept."""
    if region.number >= 0:
        return np.flatnonzero(levels[region.level].labels == region.number).astype(np.int64)
    name = given(region.given)
    return MemberFrames(atlas)(name.members) if name else np.zeros(0, np.int64)
