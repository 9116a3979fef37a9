"""What ``benchmark.index`` measures: the whole, its parts, and made-up frames for its memory."""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder import index as indexing
from frameatlas.embedder.build import pipeline
from frameatlas.embedder.build.pipeline import default_jobs
from frameatlas.embedder.decode.video import decode_video
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


STEPS: dict[str, Callable[..., int]] = {
    "decode": lambda paths, _, __: decode_alone([paths]),
    "describe": lambda _, atlas, engine: describe_alone(Path(atlas), engine),
    "index": lambda paths, atlas, engine: index_without_map([paths], Path(atlas), engine),
    "memory": lambda frames, atlas, _: synthetic_index(Path(atlas), int(frames)),
}
"""Each step by its name; it takes what it works on, where the atlas is and the engine's name."""
