"""Frames found, as a person reads them: which video or photo, at which moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.cli.footage.shot_hits import SPAN_OF_SHOT, span_of_shot
from frameatlas.handover.cuts import Stretch, stretches_of
from frameatlas.search.clip_matches import Span
from frameatlas.search.frame_reference import format_timestamp
from frameatlas.search.neighbours import Neighbours
from frameatlas.shots import Shots


@dataclass(frozen=True)
class FoundFrame:
    """One frame of an atlas that was searched for.

    Attributes:
        rank: 1 for the best.
        similarity: Cosine in the components.
        frame: Its number in the atlas.
        path: The video, or the photo.
        source: Its source's id.
        seconds: Presentation time; None for a photo.
        shot: Seconds at which the shot that it stands for begins and ends; None where it stands
            for itself.
    """

    rank: int
    similarity: float
    frame: int
    path: Path
    source: str
    seconds: float | None
    shot: tuple[float, float] | None = None

    @property
    def moment(self) -> str:
        """Its time as people write it; "" for a photo."""
        return "" if self.seconds is None else format_timestamp(self.seconds)

    def whereabouts(self, by_shot: bool) -> tuple[str, ...]:
        """When and where it is, as ``whereabouts_named`` calls it."""
        span = "" if self.shot is None else " – ".join(map(format_timestamp, self.shot))
        return (self.moment, *([span] if by_shot else []), self.path.name, str(self.path))

    def values(self) -> dict[str, Any]:
        """As JSON."""
        found = {
            "rank": self.rank,
            "similarity": round(self.similarity, 6),
            "path": str(self.path),
            "seconds": None if self.seconds is None else round(self.seconds, 4),
            "frame": self.frame,
            "id": self.source,
        }
        if self.shot is not None:
            found["shot"] = [round(second, 4) for second in self.shot]
        return found


def whereabouts_named(by_shot: bool) -> tuple[str, ...]:
    """The columns of a table that say when and where frames are."""
    return ("time", *([SPAN_OF_SHOT] if by_shot else []), "name", "path")


@dataclass(frozen=True)
class Pair:
    """A moment of a clip beside the same of a video.

    Attributes:
        query: Position among the clip's moments.
        query_moment: Its time as people write it.
        frame: The frame of the atlas nearest to the corresponding moment.
        moment: That frame's time as people write it.
    """

    query: int
    query_moment: str
    frame: int
    moment: str


def describe_frames_found(
    atlas: Atlas, hits: Neighbours, *, by_shot: bool = False
) -> list[FoundFrame]:
    """Say of neighbours where and when they are, and where asked which shot they stand for."""
    shots = Shots(atlas) if by_shot else None
    found: list[FoundFrame] = []
    for rank, (frame, similarity) in enumerate(
        zip(hits.frames.tolist(), hits.similarity.tolist(), strict=True), 1
    ):
        origin = atlas.origins[frame]
        seconds = None if origin.name else origin.seconds
        shot = span_of_shot(shots, frame) if shots else None
        found.append(
            FoundFrame(rank, similarity, frame, origin.path, origin.source.id, seconds, shot)
        )
    return found


def frame_values(atlas: Atlas, frame: int) -> dict[str, Any]:
    """Where and when one frame is, as JSON."""
    origin = atlas.origins[frame]
    return {
        "path": str(origin.path),
        "seconds": None if origin.name else round(origin.seconds, 4),
        "frame": frame,
        "id": origin.source.id,
    }


def moment_of(values: Mapping[str, Any]) -> str:
    """The time of ``frame_values`` as people write it; "" for a photo."""
    return "" if values["seconds"] is None else format_timestamp(values["seconds"])


def span_moments(atlas: Atlas, span: Span, seconds: NDArray[np.float64], count: int) -> list[Pair]:
    """Evenly chosen moments of a span, in the clip and in the video.

    Args:
        atlas: The atlas.
        span: The span.
        seconds: Times in the clip of the moments to choose from, ascending.
        count: Most moments to give.
    """
    within = np.flatnonzero((seconds >= span.query_from - 1e-6) & (seconds < span.query_to))
    if not len(within):
        within = np.array([np.abs(seconds - span.query_from).argmin()])
    chosen = within[np.unique(np.linspace(0, len(within) - 1, count).round().astype(int))]
    frames = atlas.range_of(span.source)
    times = atlas.seconds[frames.start : frames.stop]
    pairs: list[Pair] = []
    for query in chosen.tolist():
        there = span.source_from + span.speed * (seconds[query] - span.query_from)
        frame = frames.start + int(np.abs(times - there).argmin())
        moment = format_timestamp(float(atlas.seconds[frame]))
        pairs.append(Pair(query, format_timestamp(float(seconds[query])), frame, moment))
    return pairs


def stretches_of_hits(atlas: Atlas, hits: Neighbours) -> list[Stretch]:
    """Frames found as stretches of one frame each, the best first; photos are left out."""
    return [
        stretch
        for frame in hits.frames.tolist()
        for stretch in stretches_of(atlas, np.array([frame], np.int64))
    ]


def stretches_of_spans(spans: Sequence[Span]) -> list[Stretch]:
    """Where a clip occurs, as stretches, the surest first."""
    return [Stretch(span.source, span.source_from, span.source_to) for span in spans]
