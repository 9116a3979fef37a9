"""What a call costs, and a sink that costs as little as storing a frame does."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from benchmark.machine import our_processor_seconds
from frameatlas.embedder.media.frame_sink import Box


@dataclass
class Cost:
    """Seconds that something took.

    Attributes:
        cpu: Of this process and its children.
        wall: On the clock.
    """

    cpu: float = float("inf")
    wall: float = float("inf")

    def lower(self, other: "Cost") -> "Cost":
        """The lower of each."""
        return Cost(min(self.cpu, other.cpu), min(self.wall, other.wall))


class CountingSink:
    """Copies each frame, as writing into a memory-mapped array does, and forgets it."""

    def __init__(self) -> None:
        self.count = 0
        self._frame: NDArray[np.uint8] = np.empty(0, np.uint8)

    def begin(self, width: int, height: int, time_base: Fraction) -> None:  # noqa: ARG002
        """Say the shape."""
        self._frame = np.empty(width * height * 3, np.uint8)

    def append(
        self,
        pixels: bytes | bytearray | memoryview,
        pts: int,  # noqa: ARG002
        box: Box,  # noqa: ARG002
        name: str = "",  # noqa: ARG002
    ) -> None:
        """Copy a frame, over the last one."""
        self._frame[:] = np.frombuffer(pixels, np.uint8)
        self.count += 1

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """None is kept."""
        raise IndexError(f"Frame {index} is not kept: only the last one is, to be written over.")

    def restart(self) -> None:
        """Count from nought."""
        self.count = 0


def time_cost(call: Callable[[], None]) -> Cost:
    """What a call costs this process and its children."""
    wall, cpu = time.perf_counter(), our_processor_seconds()
    call()
    return Cost(our_processor_seconds() - cpu, time.perf_counter() - wall)
