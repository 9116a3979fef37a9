"""A selection: the frames within shapes that a filter keeps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.browser.view.filters import Filter, filter_of_json
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.overlays import spread_evenly
from frameatlas.browser.view.shapes import Shape, select, shapes_of
from frameatlas.errors import InputError

SAMPLE = 200
"""Frames that a gallery shows of a selection."""


@dataclass(frozen=True)
class Selection:
    """What is selected.

    Attributes:
        shapes: Rectangles and lassos, in the order drawn; none selects everything.
        filter: What of the atlas is seen at all.
        frames: Frames that were chosen one by one, in place of shapes; or None.
    """

    shapes: tuple[Shape, ...]
    filter: Filter
    picked: tuple[int, ...] | None = None

    @classmethod
    def parse(cls, value: Any) -> "Selection":
        """The selection of a JSON body; InputError where it is none."""
        if not isinstance(value, dict):
            raise InputError('Expected {"shapes": […], "filter": {…}}. Received: another value.')
        picked = value.get("frames")
        return cls(
            shapes_of(value.get("shapes")),
            filter_of_json(value.get("filter")),
            None if picked is None else _parse_picked(picked),
        )

    def frames(self, opened: OpenMap) -> NDArray[np.int64]:
        """The selected frames, int64, rising."""
        mask = self.filter.mask(opened)
        if self.picked is not None:
            found = np.array(self.picked, np.int64)
            found = np.unique(found[found < len(opened.atlas)])
            return found if mask is None else found[mask[found]]
        inside = select(self.shapes, opened.pyramid().places)
        return np.flatnonzero(inside if mask is None else inside & mask)

    def ordered(self, opened: OpenMap) -> NDArray[np.int64]:
        """The selected frames, int64, each once; in the order in which they were named, if so."""
        found = self.frames(opened)
        if self.picked is None:
            return found
        kept = set(found.tolist())
        return np.array([n for n in dict.fromkeys(self.picked) if n in kept], np.int64)


def covered_videos(opened: OpenMap, frames: NDArray[np.int64]) -> list[dict[str, Any]]:
    """The videos that a selection covers, the most frames first."""
    counts = np.bincount(opened.atlas.source_numbers[frames], minlength=len(opened.sources))
    order = np.argsort(-counts, kind="stable")
    return [
        {"source": int(n), "name": opened.name_of(int(n)), "frames": int(counts[n])}
        for n in order[: int((counts > 0).sum())]
    ]


def gallery(frames: NDArray[np.int64], most: int = SAMPLE) -> list[int]:
    """Frames spread evenly over a selection."""
    return [int(frame) for frame in frames[spread_evenly(len(frames), most)]]


def _parse_picked(value: Any) -> tuple[int, ...]:
    whole = isinstance(value, list) and len(value) <= 100_000
    if not whole or not all(type(n) is int and 0 <= n < 2**62 for n in value):
        raise InputError("Expected frames to be a list of at most 100000 numbers. Received: other.")
    return tuple(value)
