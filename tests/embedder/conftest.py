"""Small videos made on the spot, and a sink that keeps frames in memory."""

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from frameatlas.embedder.frame_sink import Box


class MemorySink:
    """Keeps what it gets; can be cut short as a killed run would leave it."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.pts: list[int] = []
        self.boxes: list[Box] = []
        self.names: list[str] = []
        self.shape: tuple[int, int, Fraction] | None = None
        self.restarts = 0
        self.appended = 0
        self.on_append: Callable[[], None] = lambda: None

    @property
    def count(self) -> int:
        return len(self.frames)

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        if self.shape != (width, height, time_base):
            self._forget()
        self.shape = (width, height, time_base)

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        self.frames.append(bytes(pixels))
        self.pts.append(pts)
        self.boxes.append(box)
        self.names.append(name)
        self.appended += 1
        self.on_append()

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        return self.picture(index), self.pts[index]

    def restart(self) -> None:
        self.restarts += 1
        self._forget()

    def picture(self, index: int) -> NDArray[np.uint8]:
        assert self.shape is not None
        width, height, _ = self.shape
        return np.frombuffer(self.frames[index], np.uint8).reshape(height, width, 3)

    def cut(self, count: int) -> "MemorySink":
        """A sink as an interrupted run leaves it: the first ``count`` frames."""
        copy = MemorySink()
        copy.shape = self.shape
        copy.frames, copy.pts = self.frames[:count], self.pts[:count]
        copy.boxes, copy.names = self.boxes[:count], self.names[:count]
        return copy

    def same_as(self, other: "MemorySink") -> bool:
        return (self.frames, self.pts, self.boxes) == (other.frames, other.pts, other.boxes)

    def _forget(self) -> None:
        self.frames, self.pts, self.boxes, self.names = [], [], [], []


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture(scope="session")
def new_sink() -> Callable[[], MemorySink]:
    return MemorySink


@pytest.fixture
def run_ffmpeg(tmp_path: Path) -> Callable[..., Path]:
    """``run_ffmpeg("out.mp4", *arguments)`` writes a file with FFmpeg and returns its path."""

    def run(name: str, *arguments: str) -> Path:
        target = tmp_path / name
        # The shipped one draws, whatever the user's own knows; find_ffmpeg's is what is tested.
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-nostdin",
            "-y",
            "-loglevel",
            "error",
            *arguments,
        ]
        subprocess.run([*command, f"file:{target}"], check=True)
        return target

    return run


@pytest.fixture
def make_video(run_ffmpeg: Callable[..., Path]) -> Callable[..., Path]:
    """``make_video("a.mp4", "testsrc2=d=2", *options)`` draws a video with FFmpeg's lavfi."""

    def make(name: str, drawing: str = "testsrc2=s=160x90:r=30:d=2", *options: str) -> Path:
        return run_ffmpeg(name, "-f", "lavfi", "-i", drawing, *options)

    return make


@pytest.fixture
def counting_video(make_video: Callable[..., Path]) -> Callable[..., Path]:
    """A video whose frame number i is one grey: 16 + 2 i before conversion to RGB."""

    def make(name: str, frames: int = 60, rate: int = 30, *options: str) -> Path:
        drawing = f"nullsrc=s=64x64:r={rate},geq=lum='16+2*N':cb=128:cr=128"
        return make_video(name, drawing, "-frames:v", str(frames), *options)

    return make
