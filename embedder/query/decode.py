"""A query's video, decoded as for an index but into memory, a bounded piece at a time."""

import threading
from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.bounded_look import probe_within_limits
from frameatlas.embedder.media.frame_sink import Box, FrameSettings
from frameatlas.errors import FrameatlasError, InterruptedIndexError
from frameatlas.frames import Pixels

BLOCK = 32
"""Frames in a piece."""

FIRST_BYTES = 128 << 20
"""Of the first piece: it is longer, so that black bars can be told from a dark beginning."""

AHEAD = 64
"""Frames decoded while others are described."""


@dataclass(frozen=True, eq=False)
class DecodedBlock:
    """Successive frames of a video.

    Attributes:
        pixels: uint8 of shape (n, height, width, 3), RGB.
        boxes: int32 of shape (n, 4): x, y, width, height of the part that is picture.
        seconds: float64 of shape (n,), presentation times.
    """

    pixels: Pixels
    boxes: NDArray[np.int32]
    seconds: NDArray[np.float64]


def decode_blocks(path: Path, settings: FrameSettings) -> Generator[DecodedBlock, None, None]:
    """Decode a video; its frames are the ones that an index would keep.

    Raises:
        SourceError: It gives no frames; the message is the reason.
    """
    probe = probe_within_limits(path)
    sink = _WaitingFrames()
    failed: list[BaseException] = []

    def decode() -> None:
        try:
            decode_video(path, probe, settings, sink, stopped=lambda: sink.stopped)
        except InterruptedIndexError:
            pass
        except BaseException as error:
            failed.append(error)
        finally:
            sink.finish()

    decoder = threading.Thread(target=decode, name="decode query", daemon=True)
    decoder.start()
    try:
        while (block := sink.take()) is not None:
            yield block
    finally:
        sink.stop()
        decoder.join()
    # A fault in the middle: what came before it is a query all the same.
    if failed and (not sink.count or not isinstance(failed[0], FrameatlasError)):
        raise failed[0]


class _WaitingFrames:
    """A ``FrameSink`` that holds few frames: the decoder waits for whoever takes them."""

    def __init__(self) -> None:
        self.count = 0
        self.stopped = False
        self._finished = False
        self._changed = threading.Condition()
        self._waiting: list[tuple[NDArray[np.uint8], int, Box]] = []
        self._shape, self._base = (0, 0), Fraction(1)
        self._wanted = BLOCK

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        self._shape, self._base = (height, width), time_base
        self._wanted = min(256, max(BLOCK, FIRST_BYTES // (3 * width * height)))

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        del name
        picture = np.frombuffer(pixels, np.uint8).reshape(*self._shape, 3).copy()
        with self._changed:
            self._waiting.append((picture, pts, box))
            self.count += 1
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self.stopped or len(self._waiting) < self._wanted + AHEAD
            )

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """There is none: a query is never continued, so nobody asks for what was taken."""
        raise LookupError(f"frame {index} of a query is gone: it was taken and not kept")

    def restart(self) -> None:
        """Forget what nobody took yet."""
        with self._changed:
            self._waiting.clear()
            self.count = 0

    def finish(self) -> None:
        with self._changed:
            self._finished = True
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self.stopped = True
            self._changed.notify_all()

    def take(self) -> DecodedBlock | None:
        """The next frames, or None after the last."""
        with self._changed:
            self._changed.wait_for(lambda: self._finished or len(self._waiting) >= self._wanted)
            taken, self._waiting = self._waiting[: self._wanted], self._waiting[self._wanted :]
            self._wanted = BLOCK
            self._changed.notify_all()
        if not taken:
            return None
        pts = np.array([frame[1] for frame in taken], np.int64)
        return DecodedBlock(
            np.stack([frame[0] for frame in taken]),
            np.array([frame[2] for frame in taken], np.int32),
            np.asarray(pts * float(self._base), np.float64),
        )
