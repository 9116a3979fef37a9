"""What getting frames costs, against plain FFmpeg with the same filter.

Ours means all of it: PyAV's probe and look at the packets, FFmpeg, the pipe, and the copy into a
sink. Plain FFmpeg writes the same frames to nowhere (its null muxer) and to a raw file. The three
take turns on every clip, and each clip's lowest of several rounds counts, so that other load on the
machine strikes all three alike.
"""

import argparse
import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.ffmpeg import find_ffmpeg, plan_size
from frameatlas.embedder.frame_sink import Box, FrameSettings
from frameatlas.embedder.probe import VideoProbe, probe_video
from frameatlas.embedder.sources import find_sources
from frameatlas.embedder.timing import KeepRule
from frameatlas.embedder.videos import decode_video

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "clips"
"""Real clips, where they lie beside the clone; else a video is drawn."""

SETTINGS = FrameSettings()

KINDS = ("cpu", "wall")


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


class _CountingSink:
    """Copies each frame, as writing into a memory-mapped array does, and forgets it."""

    def __init__(self) -> None:
        self.count = 0
        self._frame: NDArray[np.uint8] = np.empty(0, np.uint8)

    def begin(self, width: int, height: int, time_base: Fraction) -> None:  # noqa: ARG002
        self._frame = np.empty(width * height * 3, np.uint8)

    def append(
        self,
        pixels: bytes | bytearray | memoryview,
        pts: int,  # noqa: ARG002
        box: Box,  # noqa: ARG002
        name: str = "",  # noqa: ARG002
    ) -> None:
        self._frame[:] = np.frombuffer(pixels, np.uint8)
        self.count += 1

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        raise IndexError(f"Frame {index} is not kept: only the last one is, to be written over.")

    def restart(self) -> None:
        self.count = 0


def run(paths: Sequence[str] = (), rounds: int = 3) -> dict[str, Any]:
    """Measure all three on every clip.

    Args:
        paths: Videos or folders; the shared clips, or else a drawn video, where there are none.
        rounds: Turns of each on each clip.

    Returns:
        ``clips``: for each its frames and the seconds; ``total``: sums, and ours divided by
        plain FFmpeg's.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The libraries' imports and FFmpeg's answers about itself come once a run, not per clip.
        _ours(_videos(paths, Path(folder))[0])
        clips = [_measure(path, rounds, Path(folder)) for path in _videos(paths, Path(folder))]
    return {"ffmpeg": find_ffmpeg().version, "clips": clips, "total": _total(clips)}


def _videos(paths: Sequence[str], folder: Path) -> tuple[Path, ...]:
    if paths or CLIPS.is_dir():
        return find_sources([*paths] or [str(CLIPS)], None).videos
    drawn = folder / "drawn.mp4"
    if drawn.exists():
        return (drawn,)
    drawing = "testsrc2=s=1280x720:r=30:d=30,noise=alls=12:allf=t"
    command = [find_ffmpeg().path, "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", drawing]
    subprocess.run([*command, str(drawn)], check=True)
    return (drawn,)


def _measure(path: Path, rounds: int, folder: Path) -> dict[str, Any]:
    probe = probe_video(path)
    raw = folder / "frames.raw"
    sinks: list[_CountingSink] = []
    runs: dict[str, Callable[[], None]] = {
        "ours": lambda: sinks.append(_ours(path)),
        "null": lambda: _plain(path, probe, ["-f", "null", "-"]),
        "raw": lambda: _plain(path, probe, ["-f", "rawvideo", "-y", str(raw)]),
    }
    costs = {name: Cost() for name in runs}
    for _ in range(rounds):
        for name, call in runs.items():
            costs[name] = costs[name].lower(_timed(call))
    raw.unlink()
    seconds = {
        f"{name}_{kind}": getattr(cost, kind) for name, cost in costs.items() for kind in KINDS
    }
    return {"clip": path.name, "frames": sinks[0].count, "seconds": probe.duration, **seconds}


def _ours(path: Path) -> _CountingSink:
    sink = _CountingSink()
    decode_video(path, probe_video(path), SETTINGS, sink, stopped=lambda: False)
    return sink


def _plain(path: Path, probe: VideoProbe, output: Sequence[str]) -> None:
    """The command that a person would type."""
    rule = KeepRule(SETTINGS.fps, probe.start, probe.time_base)
    width, height = plan_size(probe, SETTINGS.height)
    filters = f"select='{rule.expression()}',scale={width}:{height}"
    command = [find_ffmpeg().path, "-nostdin", "-loglevel", "quiet", "-copyts"]
    command += ["-i", f"file:{path}", "-map", f"0:{probe.stream}", "-vf", filters]
    command += ["-fps_mode", "passthrough", "-pix_fmt", "rgb24", *output]
    subprocess.run(command, check=True)


def _timed(call: Callable[[], None]) -> Cost:
    wall, cpu = time.perf_counter(), _cpu()
    call()
    return Cost(_cpu() - cpu, time.perf_counter() - wall)


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _total(clips: Sequence[dict[str, Any]]) -> dict[str, float]:
    names = [f"{name}_{kind}" for name in ("ours", "null", "raw") for kind in KINDS]
    total = {name: sum(clip[name] for clip in clips) for name in ("frames", "seconds", *names)}
    for kind in KINDS:
        for plain in ("null", "raw"):
            total[f"{kind}_to_{plain}"] = total[f"ours_{kind}"] / total[f"{plain}_{kind}"]
    return total


def main(argv: Sequence[str]) -> int:
    """Print a table, or JSON with ``--json``."""
    parser = argparse.ArgumentParser(prog="benchmark decode", description=__doc__)
    parser.add_argument("paths", nargs="*", help="videos or folders (default: the shared clips)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    result = run(options.paths, options.rounds)
    print(json.dumps(result, indent=2) if options.json else _table(result))
    return 0


def _table(result: dict[str, Any]) -> str:
    columns = ("ours_cpu", "null_cpu", "raw_cpu", "ours_wall", "null_wall", "raw_wall")
    lines = [f"{'clip':32} frames " + " ".join(f"{column:>9}" for column in columns)]
    for clip in (*result["clips"], {"clip": "all", **result["total"]}):
        numbers = " ".join(f"{clip[column]:9.2f}" for column in columns)
        lines.append(f"{clip['clip'][:32]:32} {clip['frames']:6} {numbers}")
    total = result["total"]
    for kind, name in (("cpu", "CPU"), ("wall", "wall")):
        lines.append(
            f"ours takes {total[f'{kind}_to_null']:.2f} × the {name} time of plain FFmpeg to the "
            f"null muxer, {total[f'{kind}_to_raw']:.2f} × that to a raw file"
        )
    return "\n".join([*lines, f"FFmpeg {result['ffmpeg']}"])
