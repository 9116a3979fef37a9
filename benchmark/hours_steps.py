"""The measured parts of ``benchmark hours``, each run in a process of its own.

Reading goes through what ``index`` does, real codecs and all, with a stand-in for the network; the
network describes some of those frames by itself; a whole ``index`` is held against its estimate.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from unittest import mock

import numpy as np

from benchmark.generated_sources import MADE, Idle, StandIn
from benchmark.machine import our_processor_seconds
from benchmark.peak import OwnMemory, resident_megabytes
from frameatlas.embedder import index_videos
from frameatlas.embedder.build import pipeline, time_estimate
from frameatlas.embedder.build.pipeline import default_jobs
from frameatlas.embedder.build.time_estimate import Work
from frameatlas.embedder.describe.descriptor import Descriptor, XceptionDescriptor
from frameatlas.embedder.describe.engine import open_engine
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import probe_video
from frameatlas.embedder.sources.tasks import VideoTask
from frameatlas.options import IndexOptions
from frameatlas.progress import NullProgress
from frameatlas.store.content_digest import content_digest
from frameatlas.store.manifest import Source

BLOCK = 32

Figures = dict[str, Any]


def read(folder: Path, film: str, sample: str) -> Figures:
    """Decode a film, store its frames and find its shots, as ``index`` does.

    Args:
        folder: Where ``sources`` are written; the film lies in it.
        film: Its file's name.
        sample: "all" or "key".
    """
    path = folder / film
    shop = pipeline.BuildContext(
        sources=folder / f"{film}-{sample}" / "sources",
        settings=FrameSettings(),
        made=MADE,
        key="hours",
        open_engine=lambda: cast(Descriptor, Idle()),
        jobs=default_jobs(),
        stopped=lambda: False,
    )
    source = Source("film", str(path), "video", "ok", "", content_digest(path), sample=sample)
    with mock.patch.object(pipeline, "describe_frames", StandIn()):
        (done,) = pipeline.build_sources([VideoTask(source)], shop, NullProgress())
    files = {file.name: file.stat().st_size for file in (shop.sources / "film").iterdir()}
    return {"frames": done.frames, "video_seconds": probe_video(path).duration, "bytes": files}


def describe(folder: Path, frames: int, engine_name: str) -> Figures:
    """Describe stored frames by the real network; the first block only warms it up."""
    engine = XceptionDescriptor(open_engine(engine_name, None))
    pixels = np.load(next(folder.glob("*-all/sources/film/frames.npy")), mmap_mode="r")
    box = np.tile(np.array([0, 0, pixels.shape[2], pixels.shape[1]], np.int32), (BLOCK, 1))
    describe_frames(engine, np.asarray(pixels[:BLOCK]), box[: len(pixels[:BLOCK])])
    begun, used, count = time.perf_counter(), our_processor_seconds(), 0
    while count < frames:
        first = count % max(1, len(pixels) - BLOCK)
        block = np.asarray(pixels[first : first + BLOCK])
        describe_frames(engine, block, box[: len(block)])
        count += len(block)
    figures = {
        "frames": count,
        "describing_seconds": time.perf_counter() - begun,
        "describing_processor": our_processor_seconds() - used,
        "identity": engine.identity,
    }
    engine.close()
    return figures


def run(folder: Path, films: str, engine_name: str) -> Figures:
    """A whole ``index`` of the films in a folder: what it said it would take, and what it took."""
    watch = _Watch()
    told: list[float] = []

    def takes(work: Work, *given: Any, **wishes: Any) -> float:
        told.append(_takes(work, *given, **wishes))
        return told[-1]

    begun = time.perf_counter()
    with (
        mock.patch.object(time_estimate, "FEWEST", 1),
        mock.patch.object(Work, "takes", takes),
    ):
        options = IndexOptions(engine=engine_name)
        done = index_videos(
            [str(folder / films)], folder / "run.atlas", options=options, progress=watch
        )
    over = time.perf_counter()
    stages = {name: end - start for name, start, end in watch.lengths(over)}
    return {
        "frames": len(done.atlas),
        "video_seconds": sum(source.duration or 0.0 for source in done.atlas.sources),
        "estimate": told[0],
        "said": next(note for note in watch.notes if "on this machine" in note),
        "whole": over - begun,
        "stages": stages,
    }


_takes = Work.takes


class _Watch(NullProgress):
    """Notes when each stage began, and what was said."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._began: list[tuple[str, float]] = []

    def stage(self, name: str, total: int | None, unit: str, kept: int = 0) -> None:
        """A stage begins."""
        del total, unit, kept
        self._began.append((name, time.perf_counter()))

    def note(self, text: str) -> None:
        """Keep it."""
        self.notes.append(text)

    def lengths(self, over: float) -> list[tuple[str, float, float]]:
        """Each stage, when it began and when it ended."""
        ends = [*(at for _, at in self._began[1:]), over]
        return [(name, at, end) for (name, at), end in zip(self._began, ends, strict=True)]


STEPS: dict[str, Callable[..., Figures]] = {
    "read": lambda folder, film, sample: read(Path(folder), film, sample),
    "describe": lambda folder, frames, engine: describe(Path(folder), int(frames), engine),
    "run": lambda folder, films, engine: run(Path(folder), films, engine),
}


def main(name: str, *arguments: str) -> None:
    """Run a step; print its figures, its seconds and its memory as one JSON object."""
    begun, used = time.perf_counter(), our_processor_seconds()
    with OwnMemory() as own:
        figures = STEPS[name](*arguments)
    figures |= {
        "seconds": time.perf_counter() - begun,
        "processor_seconds": our_processor_seconds() - used,
        "own_megabytes": round(own.megabytes),
        "resident_megabytes": round(resident_megabytes()),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
