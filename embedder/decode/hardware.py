"""Hardware that decodes: tried on a film, and kept only where it is faster and shows the same.

FFmpeg lists what it was built with, not what the machine has, and what it cannot use it replaces by
the processor without a word: so each method is timed against the processor, picture by picture.
Without ``-hwaccel_output_format`` FFmpeg brings decoded pictures back into memory by itself, and
the filters after it are the same ones.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.decode.ffmpeg.program import FFmpeg, ask
from frameatlas.embedder.decode.video import decode_unscanned
from frameatlas.embedder.media.bounded_look import probe_within_limits
from frameatlas.embedder.media.frame_sink import Box, FrameSettings
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import Stopped

METHODS = {
    "linux": ("cuda", "vaapi", "qsv"),
    "darwin": ("videotoolbox",),
    "win32": ("cuda", "d3d11va", "qsv", "dxva2"),
}
"""FFmpeg's names of what systems have, the likeliest first; ``vulkan`` and ``drm`` are left out:
they find devices that the others know better."""

FRAMES, TRIAL_SECONDS = 16, 10.0
"""Frames of a film that are compared, and seconds after which a method is given up."""

FEWEST = 4
"""With fewer frames no time can be told."""

GAIN = 0.8
"""Share of the processor's time that hardware may take at most: less gain is the clock's chance."""

LEVELS = 1
"""Levels of 255 by which a value may differ from the processor's."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of decoding the beginning of a film.

    Attributes:
        pictures: uint8 of shape (n, height, width, 3).
        pts: Presentation time of each.
        seconds: From the first picture to the last: starting a driver is done once a film.
    """

    pictures: NDArray[np.uint8]
    pts: tuple[int, ...]
    seconds: float


Decode = Callable[[str], Trial]
"""The beginning of a film by a method; an empty trial where it fails."""


def methods_of(ffmpeg: FFmpeg, system: str = sys.platform) -> tuple[str, ...]:
    """The methods that a system may have and that its FFmpeg was built with."""
    built = listed(ffmpeg)
    return tuple(name for name in METHODS.get(system, ()) if name in built)


def listed(ffmpeg: FFmpeg) -> tuple[str, ...]:
    """What ``ffmpeg -hwaccels`` lists."""
    lines = ask(ffmpeg.path, "-hwaccels").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.strip().endswith(":"))


def best_method(methods: tuple[str, ...], decode: Decode) -> tuple[str, float]:
    """The method that is fastest, and how many times as fast as the processor it is.

    Args:
        methods: Those to be tried.
        decode: Decodes the beginning of a film by a method, or by "none".

    Returns:
        "none" and 1 where nothing is faster, or nothing else shows the same pictures at the same
        times.
    """
    plain = decode("none") if methods else _NOTHING
    best, least = "none", plain.seconds * GAIN
    if len(plain.pts) < FEWEST:
        return "none", 1.0
    for method in methods:
        trial = decode(method)
        if same(trial, plain) and trial.seconds < least:
            best, least = method, trial.seconds
    return best, 1.0 if best == "none" else plain.seconds / max(least, 1e-3)


def same(one: Trial, other: Trial) -> bool:
    """Whether two trials gave the same times, and pictures within a level."""
    if one.pts != other.pts or one.pictures.shape != other.pictures.shape:
        return False
    apart = np.abs(one.pictures.astype(np.int16) - other.pictures)
    return bool(apart.max(initial=0) <= LEVELS)


def try_on(path: Path, settings: FrameSettings, stopped: Stopped, method: str) -> Trial:
    """Decode the beginning of a film by a method; an empty trial where that fails or hangs.

    Raises:
        InterruptedIndexError: The user stopped the run.
    """
    sink, end = _Beginning(), time.monotonic() + TRIAL_SECONDS

    def over() -> bool:
        return sink.count >= FRAMES or time.monotonic() > end or stopped()

    with suppress(SourceError):
        try:
            probe = probe_within_limits(path, stopped=stopped)
            decode_unscanned(path, probe, settings, sink, stopped=over, hwaccel=method)
        except InterruptedIndexError:
            if stopped():
                raise
        if sink.count < FRAMES and time.monotonic() > end and method != "none":
            return _NOTHING
    return sink.trial()


class _Beginning:
    """A ``FrameSink`` that keeps the first frames, and when they came."""

    def __init__(self) -> None:
        self._shape = (0, 0)
        self.restart()

    @property
    def count(self) -> int:
        """Frames so far."""
        return len(self._pts)

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        """Note the shape of all frames."""
        del time_base
        self._shape = (height, width)

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        """Keep a frame."""
        del box, name
        if self.count < FRAMES:
            self._pictures.append(np.frombuffer(bytes(pixels), np.uint8).reshape(*self._shape, 3))
            self._pts.append(pts)
            self._came.append(time.monotonic())

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """Nothing is continued."""
        raise LookupError(f"frame {index} was looked at and not kept")

    def restart(self) -> None:
        """Forget everything."""
        self._pictures: list[NDArray[np.uint8]] = []
        self._pts: list[int] = []
        self._came: list[float] = []

    def trial(self) -> Trial:
        """What came."""
        if not self._pts:
            return _NOTHING
        return Trial(np.stack(self._pictures), tuple(self._pts), self._came[-1] - self._came[0])


_NOTHING = Trial(np.empty((0, 0, 0, 3), np.uint8), (), 0.0)
