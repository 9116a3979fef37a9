"""Segments of tracklets as the page shows them: what was found, cut further where the user says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.players.tables import PlayerTables


@dataclass(frozen=True)
class Segment:
    """A part of a tracklet that shows one person, as far as can be told.

    Attributes:
        id: Stands for it in requests and addresses: its first crop's frame of the atlas, which
            cuts elsewhere leave as it is; for one without crops, a number above all frames.
        name: As in corrections: "7" for a tracklet or its first segment, else "7@230".
        tracklet: Number of the tracklet.
        first: First frame of the video.
        last: Last frame of the video.
        confidence: In [0, 1].
        found: Number of the player that it was found to be, or -1.
        crops: Frames of the atlas, by time.
    """

    id: int
    name: str
    tracklet: int
    first: int
    last: int
    confidence: float
    found: int
    crops: tuple[int, ...]

    @property
    def length(self) -> int:
        """Frames of the video that it spans."""
        return self.last - self.first + 1


def segments_of(tables: PlayerTables, splits: Sequence[tuple[str, int]]) -> tuple[Segment, ...]:
    """All segments, by tracklet, then by time.

    Args:
        tables: What was found.
        splits: (tracklet, frame): where the user cuts; where a run has cut there already, nothing
            happens.

    Raises:
        InputError: There is no such tracklet, or it has no crops on both sides of that frame.
    """
    numbers = {name: number for number, name in enumerate(tables.owners.tracklets)}
    rows = _group_found(tables)
    for name, frame in splits:
        if name not in numbers:
            raise unknown("split", name, tables.owners.tracklets)
        rows[numbers[name]] = _cut_rows(rows[numbers[name]], name, frame)
    ordered = [row for number in sorted(rows) for row in rows[number]]
    return tuple(_number(ordered, len(tables.owners.segment)))


def segment_of_frames(segments: Sequence[Segment], frames: int) -> NDArray[np.int64]:
    """Number of the segment that each of n frames of the atlas lies in, int64 of shape (n,)."""
    where = np.zeros(frames, np.int64)
    for number, segment in enumerate(segments):
        where[list(segment.crops)] = number
    return where


def unknown(what: str, name: str, names: Sequence[str]) -> InputError:
    """What to say of corrections that name something that is not there."""
    return InputError(
        f"Expected the corrections' {what} to name tracklets, such as {', '.join(names[:3])}. "
        f"Received: {name!r}; players.csv lists all of them."
    )


@dataclass(frozen=True)
class _Row:
    """A segment before it is numbered; ``crops`` are (picture, frame) by time."""

    name: str
    tracklet: int
    first: int
    last: int
    confidence: float
    found: int
    crops: tuple[tuple[int, int], ...]


def _group_found(tables: PlayerTables) -> dict[int, list[_Row]]:
    """The segments that were found, by tracklet."""
    owners = tables.owners
    order = np.lexsort((owners.picture, owners.segment))
    bounds = np.searchsorted(owners.segment[order], np.arange(len(owners.confidence) + 1))
    rows: dict[int, list[_Row]] = {}
    for number in range(len(owners.confidence)):
        own = order[bounds[number] : bounds[number + 1]]
        tracklet, first, last, player = (
            int(owners.segments[key][number]) for key in ("tracklet", "first", "last", "player")
        )
        earlier = rows.setdefault(tracklet, [])
        row = _Row(
            name=owners.tracklets[tracklet] + (f"@{first}" if earlier else ""),
            tracklet=tracklet,
            first=first,
            last=last,
            confidence=float(owners.confidence[number]),
            found=player,
            crops=tuple(zip(owners.picture[own].tolist(), own.tolist(), strict=True)),
        )
        earlier.append(row)
    return rows


def _cut_rows(rows: list[_Row], tracklet: str, frame: int) -> list[_Row]:
    if any(row.first == frame for row in rows[1:]):
        return rows
    for place, row in enumerate(rows):
        later = tuple(crop for crop in row.crops if crop[0] >= frame)
        if row.first < frame <= row.last and 0 < len(later) < len(row.crops):
            # Where a crop begins there is a box for certain, so the run cuts at this very frame.
            begin = later[0][0]
            kept = replace(row, last=begin - 1, crops=row.crops[: -len(later)])
            cut = replace(row, name=f"{tracklet}@{begin}", first=begin, crops=later)
            return [*rows[:place], kept, cut, *rows[place + 1 :]]
    raise InputError(
        f"Expected the corrections to split {tracklet} between two of its crops, in frames "
        f"{rows[0].first} to {rows[-1].last}. Received: {frame}; mend the corrections."
    )


def _number(rows: Sequence[_Row], frames: int) -> list[Segment]:
    segments = []
    for place, row in enumerate(rows):
        own = tuple(frame for _, frame in row.crops)
        segment = Segment(
            id=own[0] if own else frames + place,
            name=row.name,
            tracklet=row.tracklet,
            first=row.first,
            last=row.last,
            confidence=row.confidence,
            found=row.found,
            crops=own,
        )
        segments.append(segment)
    return segments
