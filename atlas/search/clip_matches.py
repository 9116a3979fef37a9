"""Stretches of a clip that videos show too, and which of them are told."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from frameatlas.atlas import Atlas

SURE = 0.47
"""Score from which a span is told: pieces of other videos reach 0.45, true ones begin at 0.5."""

BESIDE = 0.6
"""Share of the score of a surer span for the same stretch of the clip, below which one is a chance
likeness: an edit in sepia keeps 0.7 of its sibling's score, two people signing reach 0.55."""

LOOKED_AT, BLACK = 10, 32
"""Frames of a span that are looked at, and the level of 255 below which nearly all of a black
frame's pixels lie."""


@dataclass(frozen=True)
class Span:
    """A stretch of a clip that a video shows too.

    Attributes:
        source: Position of the video in ``atlas.sources``.
        query_from: Seconds in the clip.
        query_to: The same.
        source_from: Seconds in the video.
        source_to: The same.
        speed: Seconds of the video shown in one of the clip.
        score: How sure, 0 to 1: ``similarity`` above the ordinary and ``change``, half and half;
            of a scene that stands still ``change`` says little, and counts little. Less where
            most of it is common to many videos.
        similarity: Mean cosine of the frames, weighted by how rare they are.
        change: How alike both change in time, -1 to 1.
    """

    source: int
    query_from: float
    query_to: float
    source_from: float
    source_to: float
    speed: float
    score: float
    similarity: float
    change: float


def resolve_overlaps(spans: Sequence[Span]) -> list[Span]:
    """The surest spans; of those that say the same of one video, or contradict, only the surest."""
    chosen: list[Span] = []
    for span in sorted(spans, key=lambda one: -worth(one)):
        if span.score >= SURE and not any(
            rivals(span, other) or _chance(span, other) for other in chosen
        ):
            chosen.append(span)
    return sorted(chosen, key=lambda one: -one.score)


def mostly_black(atlas: Atlas, span: Span) -> bool:
    """Whether a video shows next to nothing there: black is like black everywhere."""
    frames = atlas.range_of(span.source)
    times = atlas.seconds[frames.start : frames.stop]
    moments = np.linspace(span.source_from, span.source_to, LOOKED_AT)
    near = np.unique(np.clip(np.searchsorted(times, moments), 0, len(times) - 1))
    dark = [np.percentile(atlas.frames[frames.start + int(row)], 98) < BLACK for row in near]
    return bool(np.mean(dark) > 0.7)


def worth(span: Span) -> float:
    """What a span explains: its length counts, but less the longer it is already."""
    return span.score * math.sqrt(span.query_to - span.query_from)


def rivals(span: Span, better: Span) -> bool:
    """Whether a span is only a weaker reading of what a better one explains."""
    return span.source == better.source and _shared_part(span, better) > 0.3


def _chance(span: Span, better: Span) -> bool:
    """Whether a span is far less sure than another for the same stretch of the clip."""
    return span.score < BESIDE * better.score and _shared_part(span, better) > 0.5


def _shared_part(span: Span, other: Span) -> float:
    """Share of a span's stretch of the clip that another one covers."""
    shared = min(span.query_to, other.query_to) - max(span.query_from, other.query_from)
    return shared / (span.query_to - span.query_from)
