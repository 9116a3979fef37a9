"""``python -m benchmark index``: what a whole index costs beside its parts, and its memory.

CPU time of ``index`` (decoding, finding shots and describing at once) against decoding and shots
alone plus describing alone, each in a process of its own; then peak memory for 10,000 and 100,000
synthetic frames.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.machine import describe_machine, our_processor_seconds
from benchmark.peak import resident_megabytes
from benchmark.tables import Cell, markdown
from frameatlas.embedder import index as indexing
from frameatlas.embedder.build import pipeline
from frameatlas.embedder.build.pipeline import default_jobs
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.demo_videos import make_demo_videos
from frameatlas.embedder.describe.descriptor import XceptionDescriptor
from frameatlas.embedder.describe.engine import open_engine
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.embedder.media.frame_sink import FrameSettings, FrameSink, Outcome
from frameatlas.embedder.media.probe import probe_video
from frameatlas.embedder.shots.find_shots import keep_shots
from frameatlas.embedder.shots.sketches import SketchFiles
from frameatlas.embedder.sources import tasks
from frameatlas.embedder.sources.discovery import find_sources
from frameatlas.embedder.sources.matching import Matching
from frameatlas.embedder.sources.tasks import Task
from frameatlas.errors import SourceError
from frameatlas.options import IndexOptions
from frameatlas.progress import NullProgress, Stopped
from frameatlas.store.content_digest import content_digest
from frameatlas.store.manifest import Made, Source

BLOCK = 32


@dataclass
class Cost:
    """What one process took.

    Attributes:
        wall: Seconds.
        cpu: Seconds of processor time, FFmpeg's included.
        peak_mb: Largest resident memory of the Python process, in megabytes.
        frames: Frames handled.
    """

    wall: float
    cpu: float
    peak_mb: float
    frames: int


class _Discard:
    """A ``FrameSink`` that only counts."""

    count = 0

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        """Nothing is stored."""

    def append(self, *_: object) -> None:
        """Count a frame."""
        self.count += 1

    def stored(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """There is nothing to compare."""
        raise IndexError(index)

    def restart(self) -> None:
        """Count anew."""
        self.count = 0


@dataclass(frozen=True)
class _SyntheticTask:
    """A source of made-up frames."""

    source: Source
    frames: int

    @property
    def id(self) -> str:
        return self.source.id

    @property
    def label(self) -> str:
        return self.source.id

    def read(
        self, settings: FrameSettings, sink: FrameSink, stopped: Stopped
    ) -> tuple[Source, Outcome, list[str]]:
        del settings, stopped
        pixels = np.random.default_rng(0).integers(0, 255, (54, 96, 3), np.uint8).tobytes()
        sink.begin(96, 54, Fraction(1, 3))
        for index in range(self.frames):
            sink.append(pixels, index, (0, 0, 96, 54))
        return self.source, Outcome("ok"), []


def decode_alone(paths: Sequence[str]) -> int:
    """Decode, find the shots as ``index`` does, and throw away; returns frames."""
    count = 0
    for path in find_sources(paths, None).videos:
        with suppress(SourceError), tempfile.TemporaryDirectory() as folder:
            sink, probe = _Discard(), probe_video(path)
            files = SketchFiles(Path(folder), probe.time_base)
            given = (path, probe, FrameSettings(), sink)
            decode_video(*given, stopped=lambda: False, sketches=files)
            keep_shots(files)
            count += sink.count
    return count


def describe_alone(atlas: Path, engine_name: str) -> int:
    """Describe the frames that an index stored; returns frames."""
    engine = XceptionDescriptor(open_engine(engine_name, None))
    count = 0
    for path in sorted(atlas.glob("sources/*/frames.npy")):
        pixels = np.load(path, mmap_mode="r", allow_pickle=False)
        box = np.tile(np.array([0, 0, pixels.shape[2], pixels.shape[1]], np.int32), (BLOCK, 1))
        for start in range(0, len(pixels), BLOCK):
            block = np.asarray(pixels[start : start + BLOCK])
            describe_frames(engine, block, box[: len(block)])
        count += len(pixels)
    engine.close()
    return count


def index_without_map(paths: Sequence[str], atlas: Path, engine_name: str) -> int:
    """Decode and describe at once, as ``index`` does before it draws the map; returns frames."""
    shop = pipeline.BuildContext(
        sources=atlas / "sources",
        settings=FrameSettings(),
        made=Made(3.0, 300, "", engine_name),
        key="benchmark",
        open_engine=lambda: XceptionDescriptor(open_engine(engine_name, None)),
        jobs=default_jobs(),
        stopped=lambda: False,
    )
    todo = [
        tasks.VideoTask(Source(f"v{number}", str(path), "video", "ok", "", content_digest(path)))
        for number, path in enumerate(find_sources(paths, None).videos)
    ]
    return sum(s.frames for s in pipeline.build_sources(todo, shop, NullProgress()))


def synthetic_index(atlas: Path, frames: int) -> int:
    """A whole index of made-up frames with made-up features; returns frames."""
    random = np.random.default_rng(1)
    mixing = random.normal(size=(64, 4096)).astype(np.float32) / 8

    def describe(
        _: object, pixels: NDArray[np.uint8], box: NDArray[np.int32]
    ) -> NDArray[np.float16]:
        del box
        codes = random.normal(size=(len(pixels), 64)).astype(np.float32)
        return np.asarray(codes @ mixing, np.float16)

    vars(pipeline)["describe_frames"] = describe
    vars(indexing)["open_engine"] = lambda *_: _Idle()
    each = 2_000
    todo: list[Task] = [
        _SyntheticTask(Source(f"s{n}", f"/synthetic/{n}", "video", "ok", "", f"d{n}"), each)
        for n in range(frames // each)
    ]
    atlas.mkdir()
    run = indexing.IndexRun(atlas, IndexOptions(), NullProgress(), lambda: False)
    run.open()
    return len(run.index(Matching([], todo), time.monotonic()).atlas)


class _Idle:
    """An engine that is never asked."""

    def close(self) -> None:
        """Nothing is held."""


_STEPS: dict[str, Callable[..., int]] = {
    "decode": lambda paths, _, __: decode_alone([paths]),
    "describe": lambda _, atlas, engine: describe_alone(Path(atlas), engine),
    "index": lambda paths, atlas, engine: index_without_map([paths], Path(atlas), engine),
    "memory": lambda frames, atlas, _: synthetic_index(Path(atlas), int(frames)),
}


def measured(step: str, *arguments: str) -> Cost:
    """One step in a process of its own."""
    command = [sys.executable, "-m", "benchmark.index", "--step", step, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{step}: {done.stderr[-2000:]}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def _run_step(step: str, *arguments: str) -> int:
    started = time.perf_counter()
    frames = _STEPS[step](*arguments)
    wall = time.perf_counter() - started
    cost = Cost(wall, our_processor_seconds(), resident_megabytes(), frames)
    print(json.dumps(vars(cost)))
    return 0


def main(argv: list[str]) -> int:
    """Measure, print a table or JSON."""
    if argv[:1] == ["--step"]:
        return _run_step(*argv[1:])
    parser = argparse.ArgumentParser(prog="python -m benchmark index", description=__doc__)
    parser.add_argument("--videos", type=Path, help="a folder of videos; else the demo's are made")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, nargs=2, default=[10_000, 100_000])
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        figures = {
            "benchmark": "index",
            "machine": describe_machine(),
            **_parts(Path(scratch), options),
            "memory": {
                str(n): vars(measured("memory", str(n), f"{scratch}/{n}.atlas", ""))
                for n in ([] if options.no_memory else options.frames)
            },
        }
    print(json.dumps(figures) if options.json else table(figures))
    return 0


def _parts(scratch: Path, options: argparse.Namespace) -> dict[str, Any]:
    videos = options.videos
    if videos is None:
        videos = scratch / "demo"
        make_demo_videos(videos)
    rounds: dict[str, list[Cost]] = {"index": [], "decode": [], "describe": []}
    for number in range(options.rounds):
        atlas = str(scratch / f"{number}.atlas")
        for step, costs in rounds.items():
            costs.append(measured(step, str(videos), atlas, options.engine))
        counts = {step: costs[-1].frames for step, costs in rounds.items()}
        if len(set(counts.values())) > 1:
            raise RuntimeError(f"Expected each step to handle the same frames. Received: {counts}.")
    ratios = [
        whole.cpu / (decode.cpu + describe.cpu)
        for whole, decode, describe in zip(*rounds.values(), strict=True)
    ]
    return {
        "data": str(videos.name),
        "frames": rounds["index"][0].frames,
        "engine": options.engine,
        "cpu_seconds": {k: float(np.median([c.cpu for c in v])) for k, v in rounds.items()},
        "wall_seconds": {k: float(np.median([c.wall for c in v])) for k, v in rounds.items()},
        "cpu_index_over_parts": {
            "median": float(np.median(ratios)),
            "min": min(ratios),
            "max": max(ratios),
        },
    }


def table(figures: dict[str, Any]) -> str:
    """The whole beside its parts, then memory, as Markdown."""
    cpu, wall, ratio = (figures[k] for k in ("cpu_seconds", "wall_seconds", "cpu_index_over_parts"))
    names = {
        "index": "decoding and describing at once",
        "decode": "decoding and finding shots alone",
        "describe": "describing alone",
    }
    rows: list[list[Cell]] = [[text, cpu[name], wall[name]] for name, text in names.items()]
    spread = f", {ratio['min']:.2f} to {ratio['max']:.2f}" if ratio["min"] != ratio["max"] else ""
    lines = [
        *(markdown(["", "processor s", "wall s"], rows), ""),
        f"{figures['frames']:,} frames of {figures['data']}, engine {figures['engine']}. At once "
        f"takes {ratio['median']:.2f} of the parts' processor time{spread}.",
    ]
    memory = [[int(n), cost["peak_mb"], cost["wall"]] for n, cost in figures["memory"].items()]
    if memory:
        lines += ["", markdown(["made-up frames, with map", "peak MB", "seconds"], memory)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
