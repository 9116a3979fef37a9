"""How somebody moved: boxes to a smooth way over the picture and, with a court, over the ground.

A box trembles by some per cent of its height; summed as it is, that trembling would be hundreds of
metres in a game. So each stay is smoothed by parabolas over a second (Savitzky and Golay, 1964).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from frameatlas.reid.statistics.court import Court
from frameatlas.reid.statistics.player_boxes import PlayerBoxes, rows_of_player, runs

WINDOW = 1.0
"""Seconds over which a way is smoothed, and of the fastest stretch that counts as top speed."""

FASTEST = 7.0
"""Heights a second that nobody runs (12 metres a second): beyond it the tracker leapt."""

_HEIGHT_WINDOW = 2.0
_EDGE = 2.0
"""Pixels from the lower edge of the picture at which a box is cut off, and its feet unknown."""


@dataclass(frozen=True, eq=False)
class Stay:
    """One person from when they came into the picture of a camera to when they left it.

    Attributes:
        recording: Which recording.
        first: First frame.
        last: Last frame.
        frame: int64 of shape (n,): evenly spaced frames from first to last; fewer than three where
            the stay is too short to say how anybody moved.
        pixels: float64 of shape (n, 2): the feet, smoothed, from the left and the top.
        height: float64 of shape (n,): of the person, pixels.
        metres: float64 of shape (n, 2): on the court, smoothed; NaN where it is not known.
        seconds: How long it took.
    """

    recording: int
    first: int
    last: int
    frame: NDArray[np.int64]
    pixels: NDArray[np.float64]
    height: NDArray[np.float64]
    metres: NDArray[np.float64]
    seconds: float

    def steps(self, rate: float) -> tuple[NDArray[np.float64], ...]:
        """Of every two neighbouring frames: seconds, heights moved, metres moved, (n - 1,) each.

        What nobody can have run is NaN.
        """
        seconds = np.diff(self.frame) / rate
        tall = (self.height[1:] + self.height[:-1]) / 2
        heights = np.linalg.norm(np.diff(self.pixels, axis=0), axis=1) / tall
        metres = np.linalg.norm(np.diff(self.metres, axis=0), axis=1)
        with np.errstate(invalid="ignore"):
            leapt = heights > FASTEST * seconds
        return seconds, np.where(leapt, np.nan, heights), np.where(leapt, np.nan, metres)


def stays_of(
    boxes: PlayerBoxes, recording: int, player: int, court: Court | None
) -> tuple[Stay, ...]:
    """All stays of a player in one recording, by time."""
    rows = rows_of_player(boxes, player)
    return tuple(
        _stay(boxes, recording, rows[part], court)
        for part in runs(boxes.frame[rows], boxes.longest_gap)
    )


def _stay(boxes: PlayerBoxes, recording: int, rows: NDArray[np.int64], court: Court | None) -> Stay:
    frame, box = boxes.frame[rows], boxes.box[rows]
    first, last = int(frame[0]), int(frame[-1])
    seconds = boxes.seconds(last - first + boxes.step)
    whole = np.abs(box[:, 1] + box[:, 3] - boxes.size[1]) > _EDGE
    known, box = frame[whole], box[whole]
    if len(known) < 3:
        nothing = np.zeros((0, 2))
        return Stay(
            recording, first, last, np.zeros(0, np.int64), nothing, np.zeros(0), nothing, seconds
        )
    even = np.arange(known[0], known[-1] + 1, boxes.step)
    feet = np.column_stack([box[:, 0] + box[:, 2] / 2, box[:, 1] + box[:, 3]])
    window = _odd(WINDOW * boxes.rate / boxes.step)
    metres = np.full((len(even), 2), np.nan)
    if court is not None and court.sees(boxes.camera):
        metres = smoothed(_even(even, known, court.to_metres(boxes.camera, known, feet)), window)
    tall = median_filter(
        np.interp(even, known, box[:, 3]), _odd(_HEIGHT_WINDOW * boxes.rate / boxes.step)
    )
    return Stay(
        recording,
        first,
        last,
        even,
        smoothed(_even(even, known, feet), window),
        np.maximum(smoothed(tall[:, None], window)[:, 0], 1.0),
        metres,
        seconds,
    )


def smoothed(rows: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Rows of a way, evenly spaced in time, smoothed by parabolas over some of them; (n, k).

    What is shorter than a window is smoothed over all of it; NaN stays NaN.
    """
    from scipy.signal import savgol_filter  # and a second's worth of statistics with it

    window = min(window, len(rows) - 1 + len(rows) % 2)
    if window < 3:
        return rows
    lost = np.isnan(rows).any(axis=1)
    if lost.all():
        return rows
    place = np.arange(len(rows))
    whole = np.column_stack([np.interp(place, place[~lost], c[~lost]) for c in rows.T])
    out = np.asarray(savgol_filter(whole, window, min(2, window - 1), axis=0), np.float64)
    out[lost] = np.nan
    return out


def _even(
    even: NDArray[np.int64], frame: NDArray[np.int64], rows: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.column_stack([np.interp(even, frame, column) for column in rows.T])


def _odd(number: float) -> int:
    """The odd number of rows, at least 3, that is nearest to some number."""
    return max(3, 2 * round((number - 1) / 2) + 1)
