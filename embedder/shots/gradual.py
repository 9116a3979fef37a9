"""Dissolves and short fades: their frames are mixtures of the shots on both sides.

Where two frames some way apart are unlike each other, and every frame between them is a sum of the
two and of an even grey, with weights that only rise and only fall, something was faded. A camera
that turns, or a crowd that passes, shows frames between that are no such mixture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.shots.differences import Planes, differences

LAGS = (8, 14, 24, 40, 60)
"""Frames between the two that are compared: from a third of a second to two seconds or so."""

LEAST = 9.0
"""Difference below which two frames are of one shot."""

UNLIKE = 0.35
"""Part of the change that may be no mixture: what moves while it is faded."""

BACKWARD = 0.25
"""How far the weights may go the wrong way, all together."""

JUMP = 0.6
"""Most of the change that may come with one frame; what comes at once is a cut."""

DARK = 0.45
"""Sum of both weights below which something was faded to an even grey and back."""

EVEN = 6.0
"""Contrast, in levels, below which a frame shows nothing."""

_BATCH = 256
_MOST_BETWEEN = 24


@dataclass(frozen=True)
class Gradual:
    """A fade or a dissolve.

    Attributes:
        begin: The last frame that is all of the shot before.
        end: The first frame that is all of the shot after.
        kind: "dissolve" or "fade".
        strength: How unlike both shots are.
        score: Strength, less what is no mixture.
        prevails: The frame from which the later shot is the greater part; None: half-way.
    """

    begin: int
    end: int
    kind: str
    strength: float
    score: float
    prevails: int | None = None

    @property
    def middle(self) -> int:
        """The frame from which the later shot prevails."""
        return (self.begin + self.end + 1) // 2 if self.prevails is None else self.prevails


def find_gradual(planes: Planes, cuts: Sequence[int]) -> list[Gradual]:
    """Dissolves and short fades between hard cuts.

    Args:
        planes: The pictures.
        cuts: First frames after hard cuts, ascending.

    Returns:
        Those found, in order, none overlapping another.
    """
    smooth = _smooth(planes)
    since = np.zeros(len(planes) + 1, np.int64)
    since[[cut + 1 for cut in cuts]] = 1
    since = since.cumsum()
    found = [
        gradual
        for lag in LAGS
        for first, strength in _unlike(planes, smooth, since, lag)
        if (gradual := _mixture(smooth, first, lag, strength))
    ]
    return _apart(found)


def _unlike(
    planes: Planes, smooth: NDArray[np.float32], since: NDArray[np.int64], lag: int
) -> Iterator[tuple[int, float]]:
    """Pairs of frames so far apart that are unlike: the first one's number, and how unlike."""
    firsts = np.arange(0, max(0, len(planes) - lag), max(1, lag // 4))
    shows = planes.contrast >= EVEN
    firsts = firsts[since[firsts + lag + 1] == since[firsts + 1]]
    firsts = firsts[shows[firsts] & shows[firsts + lag]]
    for start in range(0, len(firsts), _BATCH):
        part = firsts[start : start + _BATCH]
        part = part[_middle_rest(smooth, part, lag) < UNLIKE]
        strengths = differences(planes, part, part + lag)
        for place in np.flatnonzero(strengths > LEAST).tolist():
            yield int(part[place]), float(strengths[place])


def _smooth(planes: Planes) -> NDArray[np.float32]:
    """Pictures without their details, float32 of shape (n, 216): what moves leaves less.

    The last 144 are brightness.
    """
    luma = _blurred(planes.luma.values).reshape(len(planes), -1)
    chroma = [
        _blurred(plane.values - np.float32(128)).reshape(len(planes), -1) for plane in planes.chroma
    ]
    return np.concatenate([*chroma, luma], axis=1)


def _blurred(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means of five by five places, at every second place."""
    for axis in (1, 2):
        wide = np.moveaxis(values, axis, -1)
        padded = np.pad(wide, [*[(0, 0)] * (wide.ndim - 1), (2, 2)], mode="edge")
        width = wide.shape[-1]
        total = sum(padded[..., step : step + width : 2] for step in range(5))
        values = np.moveaxis(np.asarray(total, np.float32) / np.float32(5), -1, axis)
    return values


def _grey(places: int) -> NDArray[np.float32]:
    grey = np.zeros(places, np.float32)
    grey[-places * 2 // 3 :] = 100.0
    return grey


def _middle_rest(
    smooth: NDArray[np.float32], firsts: NDArray[np.intp], lag: int
) -> NDArray[np.float32]:
    """Part of the frame between that is no mixture, relative to the change; float32 (pairs,)."""
    a, b, x = (smooth[firsts + step] for step in (0, lag, lag // 2))
    grey = np.broadcast_to(_grey(a.shape[1]), a.shape)
    basis = np.stack([a, b, grey], axis=1).astype(np.float64)
    gram = basis @ basis.transpose(0, 2, 1)
    gram += np.eye(3) * (1e-6 * np.trace(gram, axis1=1, axis2=2) + 1e-6)[:, None, None]
    weights = np.linalg.solve(gram, (basis @ x[:, :, None].astype(np.float64)))
    rest = x - (weights.transpose(0, 2, 1) @ basis)[:, 0]
    change = np.sqrt(((b - a) ** 2).mean(1)) + 1e-6
    return np.asarray(np.sqrt((rest**2).mean(1)) / change, np.float32)


def _mixture(smooth: NDArray[np.float32], first: int, lag: int, strength: float) -> Gradual | None:
    """What happens between two frames, if it is a fade or a dissolve."""
    picked = np.unique(np.linspace(0, lag, min(lag, _MOST_BETWEEN) + 1).round().astype(np.intp))
    frames = smooth[first + picked]
    basis = np.stack([frames[0], frames[-1], _grey(frames.shape[1])])
    weights = np.linalg.lstsq(basis.T, frames.T, rcond=None)[0]
    rest = np.sqrt(((frames - weights.T @ basis) ** 2).mean(1))
    change = np.sqrt(((frames[-1] - frames[0]) ** 2).mean())
    unlike = float(rest.max() / max(change, 1e-6))
    before, after = weights[0], weights[1]
    falls, rises = np.diff(before), np.diff(after)
    backward = float(np.maximum(falls, 0).sum() + np.maximum(-rises, 0).sum())
    if unlike > UNLIKE or backward > BACKWARD or max(-falls.min(), rises.max()) > JUMP:
        return None
    begin, end = _extent(before, after)
    kind = "fade" if float((before + after).min()) < DARK else "dissolve"
    score = strength * (1 - unlike - backward)
    greater = int(np.argmax(after >= before))
    return Gradual(
        first + int(picked[begin]),
        first + int(picked[end]),
        kind,
        strength,
        float(score),
        first + int(picked[greater]) if kind == "dissolve" else None,
    )


def _extent(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[int, int]:
    """Last frame of the first shot alone, first frame of the second alone."""
    begin = int(np.flatnonzero(before > 0.97).max(initial=0))
    end = int(np.flatnonzero(after > 0.97).min(initial=len(after) - 1))
    return (begin, end) if begin < end else (0, len(after) - 1)


def _apart(found: Sequence[Gradual]) -> list[Gradual]:
    """The best of those that overlap."""
    kept: list[Gradual] = []
    for one in sorted(found, key=lambda gradual: -gradual.score):
        if all(one.end <= other.begin or one.begin >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda gradual: gradual.begin)
