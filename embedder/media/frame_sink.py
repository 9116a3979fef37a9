"""Where makers of frames put them, one after the other, while the describing already runs."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels: the part of a frame that is picture."""


@dataclass(frozen=True)
class FrameSettings:
    """How sources become frames.

    Attributes:
        fps: Frames kept of each second of video.
        height: The frame's short side in pixels.
    """

    fps: float = 3.0
    height: int = 300


@dataclass(frozen=True)
class Outcome:
    """How the reading of one source ended.

    Attributes:
        status: "ok" or "damaged" (some frames, but not all that the source should hold).
        reason: Why it is damaged, one clause for the user; "" when ok.
        seconds_missing: Seconds of the source that gave no frames, as far as that is known.
        duration: Seconds from the first to the end of the last frame, where known.
        sample: "all", or "key" where only key frames were looked at.
    """

    status: str
    reason: str = ""
    seconds_missing: float = 0.0
    duration: float | None = None
    sample: str = "all"


class FrameSink(Protocol):
    """Receives one source's frames in order."""

    @property
    def count(self) -> int:
        """Frames stored so far, from an earlier interrupted run too."""

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        """Say the shape of all frames; once, before the first append.

        On a resumed source with another shape or time base, what was stored is forgotten.
        """

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        """Store one frame of height × width × 3 bytes, RGB. Blocks while too far ahead."""

    def stored(self, index: int) -> tuple[NDArray, int]:  # type: ignore[type-arg]
        """A frame as it is stored, uint8 (height, width, 3), and its pts."""

    def restart(self) -> None:
        """Forget everything stored: the source is read from its beginning."""


@runtime_checkable
class FolderSink(FrameSink, Protocol):
    """A sink that has a folder for what else is made of a source."""

    folder: Path


@runtime_checkable
class ComparingSink(FrameSink, Protocol):
    """A sink that may store frames in another form than it got them, and so compares by itself."""

    def same(self, index: int, pixels: bytes | bytearray | memoryview) -> bool:
        """Whether a stored frame is this one."""


def is_stored(sink: FrameSink, index: int, pixels: bytes | bytearray | memoryview) -> bool:
    """Whether a sink's frame is this one: to compare on resuming."""
    if isinstance(sink, ComparingSink):
        return sink.same(index, pixels)
    return np.array_equal(np.frombuffer(pixels, np.uint8), sink.stored(index)[0].reshape(-1))
