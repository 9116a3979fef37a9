"""Neighbours: the frames most like a query, by cosine in the components, exactly.

from frameatlas import open_atlas
from frameatlas.search.neighbours import frame_neighbours

found = frame_neighbours(open_atlas("clips.atlas"), 120, 10, skip_near=5)
found.frames, found.similarity
"""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.geometry.directions import directions
from frameatlas.search.compared_scores import compared_query, compared_scores
from frameatlas.search.cosine_scan import Cosines, cosines_of

_OUT = np.float32(-np.inf)
"""The cosine of a frame that is left out."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Frames found, the most similar first; of equal ones the first in the atlas.

    Attributes:
        frames: int64 of shape (m,), numbers of frames in the atlas.
        similarity: float32 of shape (m,), cosines in the components, -1 to 1.
    """

    frames: NDArray[np.int64]
    similarity: NDArray[np.float32]

    def __len__(self) -> int:
        """How many were found: as many as asked for, or all that there are."""
        return len(self.frames)


class Spacing(TypedDict):
    """How far apart frames that are found lie, and among which: see ``neighbours``."""

    skip_near: float
    one_per_source: bool
    among: NDArray[np.bool_] | None
    groups: NDArray[np.int64] | None


def neighbours(
    atlas: Atlas,
    query: NDArray[np.floating],
    count: int = 20,
    *,
    leave_out: range | NDArray[np.integer] | None = None,
    skip_near: float = 0.0,
    one_per_source: bool = False,
    among: NDArray[np.bool_] | None = None,
    groups: NDArray[np.int64] | None = None,
) -> Neighbours:
    """Frames most like a query, exactly: no frame of the atlas is more similar than those left out.

    The first query of an opened atlas reads all its scores; later ones take 40 ms a million frames.

    Args:
        atlas: The atlas.
        query: Floating point of shape (k,) in the space of ``atlas.scores``; or (m, k): then a
            frame counts by the row that it is most like.
        count: Most frames to give.
        leave_out: Numbers of frames that are not to be found.
        skip_near: Seconds that two frames found in one video lie apart at least; the better stays.
        one_per_source: Only the best frame of each source.
        among: bool of shape (n,): the frames that may be found; all by default.
        groups: int64 of shape (n,), rising: of frames that have one number only the best is given;
            ``Shots(atlas).groups`` are the shots.

    Raises:
        InputError: The query has another shape or is not finite, or a number is out of range.
    """
    unit = _unit_query(atlas, query)
    if count < 1 or not skip_near >= 0:
        raise InputError(
            "Expected at least one frame wished and no negative --skip-near. "
            f"Received: {count} and {skip_near:g}; -k 20 gives twenty."
        )
    if not len(atlas):
        return Neighbours(np.empty(0, np.int64), np.empty(0, np.float32))
    search = _Search(atlas, unit)
    if leave_out is not None:
        search.leave_out(np.asarray(leave_out, np.int64))
    if among is not None:
        search.leave_out(np.flatnonzero(~among))
    if one_per_source:
        return search.best_of_each(count, atlas.source_numbers)
    if skip_near:
        return search.best_apart(count, skip_near, groups)
    return search.best(count) if groups is None else search.best_of_each(count, groups)


def frame_neighbours(
    atlas: Atlas,
    frame: int,
    count: int = 20,
    *,
    skip_near: float = 0.0,
    other_sources_only: bool = False,
    one_per_source: bool = False,
    among: NDArray[np.bool_] | None = None,
    groups: NDArray[np.int64] | None = None,
) -> Neighbours:
    """Frames most like one of the atlas, which is itself left out.

    Args:
        atlas: The atlas.
        frame: Number of the frame.
        count: Most frames to give.
        skip_near: Seconds around the frame, and around better ones, in which none is given.
        other_sources_only: Only frames of other sources.
        one_per_source: Only the best frame of each source.
        among: bool of shape (n,): the frames that may be found; all by default.
        groups: As of ``neighbours``; the frame's own group is left out with it.
    """
    if not 0 <= frame < len(atlas):
        raise InputError(
            f"Expected a frame from 0 to {len(atlas) - 1}. Received: {frame}; "
            "`frameatlas info` says how many frames each source has."
        )
    own = atlas.range_of(int(atlas.source_numbers[frame]))
    out = np.array([frame], np.int64)
    if other_sources_only:
        out = np.arange(own.start, own.stop)
    elif skip_near:
        out = near_frames(atlas, frame, skip_near)
    if groups is not None:
        out = np.union1d(out, same_group(groups, frame))
    return neighbours(
        atlas,
        np.asarray(compared_scores(atlas)[frame], np.float32),
        count,
        leave_out=out,
        skip_near=skip_near,
        one_per_source=one_per_source,
        among=among,
        groups=groups,
    )


def same_group(groups: NDArray[np.int64], frame: int) -> NDArray[np.int64]:
    """Frames of the same number, int64; ``groups`` rise."""
    first, last = (np.searchsorted(groups, groups[frame], side) for side in ("left", "right"))
    return np.arange(first, last)


def near_frames(atlas: Atlas, frame: int, seconds: float) -> NDArray[np.int64]:
    """Frames of the same video within so many seconds, the frame itself among them.

    Photos have no times: of a folder of photos it is the photo alone.
    """
    number = int(atlas.source_numbers[frame])
    if atlas.sources[number].kind == "photos":
        return np.array([frame], np.int64)
    own = atlas.range_of(number)
    times = atlas.seconds[own.start : own.stop]
    near = np.abs(times - atlas.seconds[frame]) <= seconds
    return own.start + np.flatnonzero(near)


class _Search:
    """One query's rough cosines, and what is taken from them, exactly."""

    def __init__(self, atlas: Atlas, unit: NDArray[np.float32]) -> None:
        self._atlas, self._unit = atlas, unit
        self._cosines: Cosines = cosines_of(atlas)
        self._rough = self._cosines.scan(unit)
        self._slack = self._cosines.slack

    def leave_out(self, frames: NDArray[np.int64]) -> None:
        self._rough[frames] = _OUT

    def best(self, count: int) -> Neighbours:
        """The best frames of those not left out."""
        rough, slack = self._rough, self._slack
        if count >= len(rough):
            candidates = np.flatnonzero(rough > _OUT)
        else:
            # The true cosine of the last one wished is at least least - slack, so whatever is
            # below least - 2 slack cannot be among them.
            least = np.partition(rough, len(rough) - count)[len(rough) - count]
            candidates = np.flatnonzero((rough >= least - 2 * slack) & (rough > _OUT))
        return self._ranked(candidates, count)

    def best_of_each(self, count: int, numbers: NDArray[np.integer]) -> Neighbours:
        """The best frame of each source or group, those with the best ones first.

        Args:
            count: Of how many.
            numbers: Of shape (n,), rising: the source or group of each frame.
        """
        rough = self._rough
        starts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))
        tops = np.maximum.reduceat(rough, starts)
        if count < len(tops):
            # Groups whose best cannot be among the wished ones need no exact cosine.
            bar = np.partition(tops, len(tops) - count)[len(tops) - count] - 2 * self._slack
            tops = np.where(tops >= bar, tops, np.float32(np.inf))
        least = np.repeat(tops - 2 * self._slack, np.diff(starts, append=len(rough)))
        candidates = np.flatnonzero((rough >= least) & (rough > _OUT))
        ranked = self._ranked(candidates, len(candidates))
        _, first = np.unique(numbers[ranked.frames], return_index=True)
        first = np.sort(first)[:count]
        return Neighbours(ranked.frames[first], ranked.similarity[first])

    def best_apart(
        self, count: int, seconds: float, groups: NDArray[np.int64] | None
    ) -> Neighbours:
        """The best frames, none of a better one's group or within so many seconds of it."""
        frames: list[int] = []
        similarity: list[float] = []
        while len(frames) < count:
            best = self.best(2 * count)
            if not len(best):
                break
            for frame, value in zip(best.frames, best.similarity, strict=True):
                if self._rough[frame] == _OUT:
                    continue
                frames.append(int(frame))
                similarity.append(float(value))
                self.leave_out(near_frames(self._atlas, int(frame), seconds))
                if groups is not None:
                    self.leave_out(same_group(groups, int(frame)))
        return Neighbours(
            np.array(frames[:count], np.int64), np.array(similarity[:count], np.float32)
        )

    def _ranked(self, candidates: NDArray[np.int64], count: int) -> Neighbours:
        similarity = self._cosines.exact(self._unit, candidates)
        order = np.lexsort((candidates, -similarity))[:count]
        return Neighbours(candidates[order], similarity[order])


def _unit_query(atlas: Atlas, query: NDArray[np.floating]) -> NDArray[np.float32]:
    rows = np.atleast_2d(np.asarray(query, np.float32))
    width = atlas.scores.shape[1]
    if rows.ndim != 2 or rows.shape[1] != width or not len(rows) or not np.isfinite(rows).all():
        raise InputError(
            f"Expected a query of {width} finite components. Received: shape {np.shape(query)}; "
            "describe it with this atlas (frameatlas.embedder.query.describer)."
        )
    return directions(compared_query(atlas, rows))
