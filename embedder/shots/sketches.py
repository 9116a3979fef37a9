"""Sketches: a small picture of every decoded frame, written by FFmpeg beside the kept frames.

They lie in NUT files, FFmpeg's own format for raw pictures with exact times, in the folder of the
source under construction: what was decoded before an interruption needs no decoding again.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 64, 36

SKETCHES = "file:sketches"
"""Stands in a command for the file of sketches."""

SHIFT = 1 << 40
"""Added to all times in the files, which cannot be negative there."""

_LUMA = WIDTH * HEIGHT
_BYTES = _LUMA * 3 // 2

_PREFIX = "sketches-"

_NEVER = -(1 << 62)


@dataclass(frozen=True, eq=False)
class Sketches:
    """Small pictures of consecutive frames.

    Attributes:
        luma: uint8 of shape (n, 36, 64).
        chroma: uint8 of shape (n, 2, 18, 32).
        pts: int64 of shape (n,), in the video's time base, ascending.
    """

    luma: NDArray[np.uint8]
    chroma: NDArray[np.uint8]
    pts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pts)

    def __getitem__(self, part: slice) -> "Sketches":
        return Sketches(self.luma[part], self.chroma[part], self.pts[part])

    def followed_by(self, other: "Sketches") -> "Sketches":
        """Both, one after the other."""
        return Sketches(
            np.concatenate([self.luma, other.luma]),
            np.concatenate([self.chroma, other.chroma]),
            np.concatenate([self.pts, other.pts]),
        )


def sketch_filters(time_base: Fraction) -> list[tuple[str, tuple[str, ...], dict[str, str]]]:
    """FFmpeg's filters that make sketches of frames: names, positional and named arguments."""
    return [
        ("scale", (), {"w": str(WIDTH), "h": str(HEIGHT), "flags": "area"}),
        ("format", ("yuv420p",), {}),
        ("settb", (f"{time_base.numerator}/{time_base.denominator}",), {}),
        ("setpts", (f"PTS+{SHIFT}",), {}),
    ]


def sketch_output(frames: Any, time_base: Fraction, mode: str) -> Any:
    """FFmpeg's output that gets a sketch of every frame.

    Args:
        frames: What ffmpeg-python calls a stream.
        time_base: Seconds per unit of the video's times.
        mode: The option by which no frame is doubled or left out: "fps_mode" or "vsync".
    """
    for name, positional, named in sketch_filters(time_base):
        frames = frames.filter(name, *positional, **named)
    return frames.output(
        SKETCHES,
        format="nut",
        vcodec="rawvideo",
        enc_time_base=f"{time_base.numerator}:{time_base.denominator}",
        **{mode: "passthrough"},
    )


class SketchFiles:
    """The sketches of one source: a file for each run of FFmpeg.

    Args:
        folder: Where they lie.
        time_base: Seconds per unit of the video's times.
    """

    def __init__(self, folder: Path, time_base: Fraction) -> None:
        self.folder = folder
        self.time_base = time_base
        self.every_frame = True
        """Whether all frames are decoded, and not only those that others are predicted from."""
        self.holes = False
        """Whether, as far as ``parts`` has come, a run did not join the one before it."""

    @property
    def paths(self) -> list[Path]:
        """The files, in the order of the runs."""
        found = self.folder.glob(f"{_PREFIX}*.nut")
        return sorted(found, key=lambda path: int(path.stem.removeprefix(_PREFIX)))

    def begin(self, skip_frame: str) -> Path:
        """Where the next run of FFmpeg writes.

        Args:
            skip_frame: The run's option of that name.
        """
        self.every_frame = skip_frame == "default"
        return self.folder / f"{_PREFIX}{len(self.paths)}.nut"

    def clear(self) -> None:
        """Forget all sketches: a video is decoded from its beginning."""
        for path in self.paths:
            path.unlink()

    def until(self) -> float:
        """Time of the last frame that was sketched; minus infinity where there is none."""
        last = -math.inf
        for part in self.parts():
            last = int(part.pts[-1])
        return last

    def parts(self, size: int = 2048) -> Iterator[Sketches]:
        """All sketches, so many at a time; what a run repeats of the one before is left out."""
        pictures: list[bytes] = []
        times: list[int] = []
        last = _NEVER
        self.holes = False
        for path in self.paths:
            for number, (pts, picture) in enumerate(_pictures(path, self.time_base)):
                self.holes |= number == 0 and pts > last > _NEVER
                if pts <= last:
                    continue
                last = pts
                times.append(pts)
                pictures.append(picture)
                if len(times) == size:
                    yield _sketches(pictures, times)
                    pictures, times = [], []
        if times:
            yield _sketches(pictures, times)


def _pictures(path: Path, time_base: Fraction) -> Iterator[tuple[int, bytes]]:
    """Times and pictures of a file; one that was cut off ends where it does."""
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path), format="nut") as container:
            stream = container.streams.video[0]
            ratio = Fraction(stream.time_base or time_base) / time_base
            for packet in container.demux(stream):
                if packet.pts is None or packet.size != _BYTES:
                    continue
                yield round(packet.pts * ratio) - SHIFT, bytes(packet)
    except (FFmpegError, OSError, IndexError):
        return


def _sketches(pictures: list[bytes], times: list[int]) -> Sketches:
    raw = np.frombuffer(b"".join(pictures), np.uint8).reshape(len(times), _BYTES)
    return Sketches(
        raw[:, :_LUMA].reshape(-1, HEIGHT, WIDTH),
        raw[:, _LUMA:].reshape(-1, 2, HEIGHT // 2, WIDTH // 2),
        np.array(times, np.int64),
    )
