"""Shots of a video of which only key frames were looked at: seconds apart, so cuts only."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.shots.differences import Planes, differences
from frameatlas.embedder.shots.sketches import HEIGHT, WIDTH
from frameatlas.store.shot_table import SHOTS_FILE, ShotTable, write_shots

UNLIKE = 18.0
"""Difference in levels from which on two frames, seconds apart, are taken for two shots: of cuts
planted in real clips and looked at each one or two seconds, 96 % are found, one in ten is none."""

_AT_ONCE = 256

Stored = Iterable[tuple[NDArray[np.uint8], int]]
"""Frames, uint8 (height, width, 3), RGB, each with its presentation time."""


def keep_sampled_shots(place: Path, time_base: Fraction, frames: Stored) -> ShotTable | None:
    """Find the shots among frames that lie seconds apart, and store them.

    A cut lies somewhere between two of them; it is said to be at the later one, since encoders
    like to put a key frame where a shot begins.

    Args:
        place: The folder of the source.
        time_base: Seconds per unit of the frames' times.
        frames: All frames of the source, in order.

    Returns:
        The shots; None where there are no frames.
    """
    times, steps = _steps(frames)
    if not times:
        (place / SHOTS_FILE).unlink(missing_ok=True)
        return None
    starts = [0, *(number for number in range(1, len(times)) if steps[number] >= UNLIKE)]
    first = np.array([times[start] for start in starts], np.int64)
    last = np.array([times[stop - 1] for stop in (*starts[1:], len(times))], np.int64)
    kinds = np.ones(len(starts), np.uint8)
    kinds[0] = 0
    table = ShotTable(
        first=first,
        last=last,
        begin=np.concatenate([first[:1], last[:-1]]),
        end=first,
        kind=kinds,
        strength=np.array([0.0 if not s else steps[s] for s in starts], np.float32),
        time_base=time_base,
        every_frame=False,
        key_frames=True,
    )
    write_shots(place, table)
    return table


def _steps(frames: Stored) -> tuple[list[int], list[float]]:
    """Times, and how unlike each frame is to the one before it; 0 for the first."""
    times: list[int] = []
    steps: list[float] = []
    luma: list[NDArray[np.uint8]] = []
    chroma: list[NDArray[np.uint8]] = []
    for pixels, pts in frames:
        bright, colour = _sketch(pixels)
        luma.append(bright)
        chroma.append(colour)
        times.append(pts)
        if len(luma) > _AT_ONCE:
            steps += _between(luma, chroma)
            luma, chroma = luma[-1:], chroma[-1:]
    steps += _between(luma, chroma)
    return times, [0.0, *steps]


def _between(luma: list[NDArray[np.uint8]], chroma: list[NDArray[np.uint8]]) -> list[float]:
    if len(luma) < 2:
        return []
    planes = Planes.of(np.stack(luma), np.stack(chroma))
    found = differences(planes, slice(0, -1), slice(1, None))
    return [float(step) for step in found]


def _sketch(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Brightness, uint8 (36, 64), and both differences of colour, uint8 (2, 18, 32)."""
    from PIL import Image

    small = Image.fromarray(pixels).resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    planes = np.asarray(small.convert("YCbCr"))
    colour = planes[..., 1:].reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 2).mean((1, 3))
    return planes[..., 0], np.ascontiguousarray(np.moveaxis(colour, -1, 0).astype(np.uint8))
