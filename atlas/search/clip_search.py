"""Where in an atlas a clip occurs: stretches of its frames along lines in the videos.

from frameatlas.search.clip_search import find_clip

spans = find_clip(atlas, [described.scores], described.seconds)

Every three seconds of the clip are tried as a window; a line that explains one is placed, extended
over the clip as far as it holds, and placed again. So a clip may be a few seconds of a long film,
and a film may hold a few seconds of many videos.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.frame_step import frame_step
from frameatlas.geometry.directions import directions
from frameatlas.search.clip_alignment import Line, Track, align_line, coarse_lines
from frameatlas.search.clip_evidence import Weighed, video_numbers, weigh
from frameatlas.search.clip_matches import Span, mostly_black, resolve_overlaps, rivals
from frameatlas.search.compared_scores import compared_scores

WINDOW = 3.0
"""Seconds of the clip that one line must explain to begin with."""

HOP = 1.0
"""Seconds from one window to the next."""

FEWEST = 4
"""Frames of a window, where three seconds hold fewer."""

ROUNDS = 8
"""Times that a line is placed and extended, at most: each may double a span's length."""

LINES = 3
"""Lines looked at closely for each window and video."""

PROMISING = 0.25
"""Mean evidence from which a line is looked at closely."""

STILL = 0.01
"""Share of change in a stretch's scores at which change is worth half of what it is otherwise."""

UNCOMMON = 1.0
"""Seconds of rare frames that a span needs for its full score; common ones count less."""

PAYS = 0.2
"""Evidence that a frame needs for a span to grow over it, unless better ones follow."""

HOLDS = 0.4
"""The same as a share of the evidence of the frames that the span began with."""


def find_clip(
    atlas: Atlas,
    variants: Sequence[NDArray[np.float32]],
    seconds: NDArray[np.float64],
    *,
    count: int = 20,
) -> list[Span]:
    """Where a clip occurs in the videos of an atlas.

    Args:
        atlas: The atlas.
        variants: The clip's scores, float32 of shape (n, k), in the space of ``atlas.scores``;
            several where its frames were described in several ways (with and without bars).
        seconds: float64 of shape (n,), times of the frames in the clip, ascending.
        count: Most spans to give.

    Returns:
        The spans, the surest first. Two overlap in the clip only where several videos show the
        same, or one shows it twice.

    Raises:
        InputError: The shapes contradict each other or the atlas.
    """
    for scores in variants:
        if scores.shape != (len(seconds), atlas.scores.shape[1]) or not len(seconds):
            raise InputError(
                f"Expected a clip's scores of shape ({max(len(seconds), 1)}, "
                f"{atlas.scores.shape[1]}). Received: {scores.shape}; describe it with this atlas."
            )
    spans = resolve_overlaps(
        [span for scores in variants for span in _spans(atlas, scores, seconds)]
    )
    return [span for span in spans if not mostly_black(atlas, span)][:count]


def _spans(atlas: Atlas, scores: NDArray[np.float32], seconds: NDArray[np.float64]) -> list[Span]:
    weighed = weigh(atlas, scores, seconds)
    windows = window_rows(seconds)
    starts = [rows.start for rows in windows]
    stops = [rows.stop for rows in windows]
    weights = _sums(weighed.weights)
    spans: list[Span] = []
    for number in video_numbers(atlas):
        best = np.maximum(weighed.evidence(weighed.best[:, number], slice(None)), 0)
        most = _sums(best * weighed.weights)
        bounds = (most[stops] - most[starts]) / (weights[stops] - weights[starts])
        rows_of = [windows[place] for place in np.flatnonzero(bounds >= PROMISING)]
        if rows_of:
            matcher = _Matcher(weighed, scores, track_of(atlas, number), number)
            spans += matcher.spans(rows_of)
    return spans


def _sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of all values before each, and of all."""
    return np.concatenate([[0.0], np.cumsum(values)])


def window_rows(seconds: NDArray[np.float64]) -> list[slice]:
    """Runs of frames that last ``WINDOW``, each beginning ``HOP`` after the one before."""
    windows: list[slice] = []
    start = 0
    while True:
        stop = int(np.searchsorted(seconds, seconds[start] + WINDOW))
        stop = min(max(stop, start + FEWEST), len(seconds))
        if stop == len(seconds):
            first = int(np.searchsorted(seconds, seconds[-1] - WINDOW, side="right"))
            first = max(0, min(first, len(seconds) - FEWEST))
            windows.append(slice(first, stop))
            return windows
        windows.append(slice(start, stop))
        start = max(start + 1, int(np.searchsorted(seconds, seconds[start] + HOP)))


def track_of(atlas: Atlas, number: int) -> Track:
    """A video's frames, its times from its first frame's on."""
    frames = atlas.range_of(number)
    seconds = atlas.seconds[frames.start : frames.stop]
    return Track(
        np.asarray(compared_scores(atlas)[frames.start : frames.stop], np.float32),
        seconds,
        frame_step(atlas, number),
    )


class _Matcher:
    """A clip against one video."""

    def __init__(
        self, weighed: Weighed, scores: NDArray[np.float32], track: Track, number: int
    ) -> None:
        self._weighed, self._scores, self._track, self._number = weighed, scores, track, number

    def spans(self, windows: list[slice]) -> list[Span]:
        """Spans that grow from the lines through some windows."""
        candidates = [
            (value, rows, line)
            for rows in windows
            for value, line in coarse_lines(
                self._weighed, self._scores, rows, self._track, PROMISING, LINES
            )
        ]
        found: list[Span] = []
        for _, rows, line in sorted(candidates, key=lambda one: -one[0]):
            if not any(self._explained(rows, line, span) for span in found):
                span = self._grown(rows, line)
                if span is not None and not any(rivals(span, other) for other in found):
                    found.append(span)
        return found

    def _explained(self, rows: slice, line: Line, span: Span) -> bool:
        """Whether a window and its line lie within a span, two seconds either way."""
        times = self._weighed.seconds[rows]
        middle = float(times.mean())
        there = span.source_from + span.speed * (middle - span.query_from)
        inside = span.query_from <= middle <= span.query_to
        return inside and abs(line.there(middle) - there) < 2

    def _grown(self, rows: slice, line: Line) -> Span | None:
        for _ in range(ROUNDS):
            line, change = align_line(self._weighed, self._scores, rows, self._track, line)
            along = self._along(line)
            weights = self._weighed.weights
            pays = max(PAYS, HOLDS * float(along[rows].sum() / weights[rows].sum()))
            grown = _best_run(along - pays * weights, rows)
            if grown is None:
                return None
            settled_down, rows = grown == rows, grown
            if settled_down:
                break
        return self._measured(rows, line, change, along)

    def _along(self, line: Line) -> NDArray[np.float64]:
        """Weighted evidence of each frame of the clip along a line; far below 0 outside."""
        weighed, there = self._weighed, line.at(self._weighed.seconds)
        inside = np.flatnonzero(self._track.covers(there))
        along = np.full(len(there), -9.0)
        if len(inside):
            rows = slice(int(inside[0]), int(inside[-1]) + 1)
            found = directions(self._track.between(there[rows]))
            cosines = np.einsum("nk,nk->n", weighed.unit[rows], found)
            along[rows] = np.maximum(weighed.evidence(cosines, rows) * weighed.weights[rows], -0.5)
        return along

    def _measured(self, rows: slice, line: Line, change: float, along: NDArray[np.float64]) -> Span:
        weights, seconds = self._weighed.weights[rows], self._weighed.seconds[rows]
        evidence = float(along[rows].sum() / weights.sum())
        certainty = min(1.0, float(weights.sum()) * self._track.step / UNCOMMON)
        ordinary = float((self._weighed.ordinary[rows] * weights).sum() / weights.sum())
        step = float(np.median(np.diff(seconds))) if len(seconds) > 1 else self._track.step
        query_to = float(seconds[-1]) + step
        ends = (float(line.at(seconds[:1])[0]), line.offset + line.speed * query_to)
        return Span(
            self._number,
            float(seconds[0]),
            query_to,
            max(ends[0], float(self._track.seconds[0])),
            min(ends[1], float(self._track.seconds[-1]) + self._track.step),
            line.speed,
            score=certainty * (evidence + self._telling(rows) * (change - evidence)),
            similarity=evidence * (1 - ordinary) + ordinary,
            change=change,
        )

    def _telling(self, rows: slice) -> float:
        """How much common change is worth: a half, less where the clip hardly changes."""
        scores = self._scores[rows]
        moved = float(np.square(scores - scores.mean(axis=0)).sum() / np.square(scores).sum())
        return 0.5 * moved / (moved + STILL)


def _best_run(gains: NDArray[np.float64], around: slice) -> slice | None:
    """The run of frames with the largest sum, if it meets the window that it grew from."""
    total = np.concatenate([[0.0], np.cumsum(gains)])
    lowest = np.minimum.accumulate(total[:-1])
    stop = int(np.argmax(total[1:] - lowest)) + 1
    start = int(np.argmin(total[:stop]))
    if stop - start < FEWEST or start >= around.stop or stop <= around.start:
        return None
    return slice(start, stop)
