"""What frameatlas makes of every kind of video: the table in docs/videos.md, made and verified.

    python -m tools.video_matrix [--write docs/videos.md]

Each video shows in every picture its own number, as eight bars. So the table is no record of what
came out once: a row is only written if each frame shows the picture whose time it bears.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from tools.video_cases import CASES, VideoCase

from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import Box, FrameSettings
from frameatlas.embedder.media.probe import probe_video
from frameatlas.errors import SourceError

BARS = 8
HEIGHT = 96
BEGIN, END = "<!-- videos -->\n", "<!-- end of videos -->\n"
HEADER = (
    "| topic | video | frames | first and last time, s | size | status |\n"
    "|---|---|---|---|---|---|\n"
)


class KeptFrames:
    """A sink that keeps pictures and times.

    Attributes:
        size: Width and height, in pixels.
        pictures: uint8 arrays of shape (height, width, 3), RGB.
        times: Seconds.
    """

    def __init__(self) -> None:
        self.size = (0, 0)
        self.pictures: list[NDArray[np.uint8]] = []
        self.times: list[float] = []
        self._time_base = Fraction(1)

    @property
    def count(self) -> int:
        """Frames so far."""
        return len(self.pictures)

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        """Remember the shape of what follows."""
        self.size, self._time_base = (width, height), time_base

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        """Keep one."""
        del box, name
        width, height = self.size
        self.pictures.append(np.frombuffer(bytes(pixels), np.uint8).reshape(height, width, 3))
        self.times.append(float(pts * self._time_base))

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """There is none: nothing is continued here."""
        raise LookupError(index)

    def restart(self) -> None:
        """Forget all."""
        self.pictures, self.times = [], []


@dataclass(frozen=True)
class Row:
    """What became of one video: a line of the table.

    Attributes:
        topic: The case's.
        name: The case's.
        frames: How many were kept.
        times: The first and the last one's, in seconds; empty without frames.
        size: Width × height.
        status: "ok", "damaged" or "refused".
    """

    topic: str
    name: str
    frames: int
    times: str
    size: str
    status: str

    def line(self) -> str:
        """As Markdown."""
        cells = (self.topic, self.name, str(self.frames), self.times, self.size, self.status)
        return f"| {' | '.join(cells)} |\n"


def numbered_pictures(count: int, width: int, height: int) -> bytes:
    """Grey pictures that show 0, 1, 2, … as eight upright bars, the lowest bit at the left.

    Returns:
        count × height × width bytes.
    """
    bar = np.minimum(np.arange(width) * BARS // width, BARS - 1)
    bits = np.arange(count)[:, None] >> bar[None, :] & 1
    rows = np.where(bits, 235, 16).astype(np.uint8)
    return np.repeat(rows[:, None, :], height, axis=1).tobytes()


def number_shown(picture: NDArray[np.uint8], turned: int = 0) -> int:
    """Which number a picture shows.

    Args:
        picture: uint8 of shape (height, width, 3).
        turned: Degrees counter-clockwise by which it is turned.
    """
    upright = np.rot90(picture, -turned // 90)
    middle = upright[upright.shape[0] // 4 : -upright.shape[0] // 4].mean(axis=(0, 2))
    places = ((np.arange(BARS) + 0.5) * len(middle) / BARS).astype(int)
    levels = middle[places]
    return int(((levels > 128) << np.arange(BARS)).sum())


def make_video(case: VideoCase, folder: Path) -> Path:
    """Write the case's video and give its path."""
    width, height = case.size
    target = folder / f"video.{case.suffix}"
    drawn = target.with_name(f"drawn.{case.suffix}") if case.steps else target
    given = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-r", case.rate]
    _ffmpeg(
        [*given, "-i", "-", *case.options, f"file:{drawn}"],
        numbered_pictures(case.frames, width, height),
    )
    if case.steps:
        middle = case.steps.index("|")
        before, after = case.steps[:middle], case.steps[middle + 1 :]
        _ffmpeg([*before, "-i", str(drawn), *after, f"file:{target}"], b"")
    if case.cut < 1:
        target.write_bytes(target.read_bytes()[: int(target.stat().st_size * case.cut)])
    target.write_bytes(case.edit(target.read_bytes()))
    return target


def _ffmpeg(arguments: Sequence[str], given: bytes) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")


def measure(case: VideoCase) -> tuple[Row, KeptFrames]:
    """Make the video, decode it at 3 frames a second, and say what came."""
    frames = KeptFrames()
    with tempfile.TemporaryDirectory() as folder:
        path = make_video(case, Path(folder))
        try:
            settings = FrameSettings(3.0, HEIGHT)
            given = (path, probe_video(path), settings, frames)
            status = decode_video(*given, stopped=lambda: False).status
        except SourceError:
            status = "refused"
    times = f"{frames.times[0]:.2f} – {frames.times[-1]:.2f}" if frames.count else ""
    size = f"{frames.size[0]} × {frames.size[1]}" if frames.count else ""
    return Row(case.topic, case.name, frames.count, times, size, status), frames


def measure_all() -> list[tuple[VideoCase, Row, KeptFrames]]:
    """All of the cases, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(measure, CASES))
    return [(case, row, frames) for case, (row, frames) in zip(CASES, made, strict=True)]


def wrong_times(case: VideoCase, frames: KeptFrames) -> list[str]:
    """Frames whose picture is not the one of their time, each as a clause."""
    if not case.readable:
        return []
    seconds = 1 / float(Fraction(case.rate))
    shown = [number_shown(picture, case.turned) for picture in frames.pictures]
    # From the first one: containers that cannot start at zero begin elsewhere.
    pairs = zip(shown, frames.times, strict=True)
    return [
        f"shows {number}, {(number - shown[0]) * seconds:.3f} s after the first, at "
        f"{time - frames.times[0]:.3f} s"
        for number, time in pairs
        if abs((number - shown[0]) * seconds - (time - frames.times[0])) > max(seconds, 0.02) + 1e-3
    ]


def table(rows: Sequence[Row]) -> str:
    """All rows as Markdown."""
    return HEADER + "".join(row.line() for row in rows)


def main(arguments: Sequence[str]) -> int:
    """Measure all, print or write the table; 1 where a picture is not the one of its time."""
    parser = argparse.ArgumentParser(prog="python -m tools.video_matrix", description=__doc__)
    parser.add_argument("--write", type=Path, help="the document that holds the table")
    options = parser.parse_args(arguments)
    measured = measure_all()
    wrong = [
        f"{case.topic}, {case.name}: {clause}"
        for case, _, frames in measured
        for clause in wrong_times(case, frames)[:1]
    ]
    made = table([row for _, row, _ in measured])
    if options.write is None or wrong:
        print(made)
    else:
        text = options.write.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        options.write.write_text(f"{before}{BEGIN}{made}{END}{after}", encoding="utf-8")
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
