"""Sources of generated frames, and stand-in features that take no network.

A scene is a coarse picture that lasts 25 frames and drifts; its features are a random layer of
rectified numbers over that picture, so that frames that look alike have features alike. Frames are
64 × 36 pixels, so that a million take 7 GB and not 480; features have their full width.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import cast
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.build import pipeline
from frameatlas.embedder.build.pipeline import default_jobs
from frameatlas.embedder.describe.descriptor import Descriptor
from frameatlas.embedder.media.frame_sink import FrameSettings, FrameSink, Outcome
from frameatlas.embedder.sources.given_task import GivenTask
from frameatlas.progress import NullProgress, Stopped
from frameatlas.store.manifest import Made, Source

WIDTH, HEIGHT = 64, 36
COARSE = (4, 8, 3)
"""Rows, columns and colours of what a scene shows."""

SCENE = 25
FRAMES_A_SOURCE = 1_000
FPS = 3.0
DIMENSION = 4096
MADE = Made(FPS, HEIGHT, "0" * 64, "generated")


def build(atlas: Path, frames: int, first: int = 0) -> list[Source]:
    """Store sources of 1,000 frames and describe them, as ``index`` does before it draws the map.

    Args:
        atlas: The atlas' folder.
        frames: Of all of them.
        first: Number of the first source.
    """
    shop = pipeline.BuildContext(
        sources=atlas / "sources",
        settings=FrameSettings(FPS, HEIGHT),
        made=MADE,
        key="generated",
        open_engine=lambda: cast(Descriptor, Idle()),
        jobs=default_jobs(),
        stopped=lambda: False,
    )
    with mock.patch.object(pipeline, "describe_frames", StandIn()):
        return list(pipeline.build_sources(list(tasks(frames, first)), shop, NullProgress()))


def tasks(frames: int, first: int = 0) -> Iterator[GivenTask]:
    """The sources; only the last may have fewer than 1,000 frames."""
    for start in range(0, frames, FRAMES_A_SOURCE):
        number = first + start // FRAMES_A_SOURCE
        count = min(FRAMES_A_SOURCE, frames - start)
        path, digest = f"/generated/{number}.mp4", str(number)
        source = Source(f"g{number:06d}", path, "video", "ok", "", digest)
        yield GivenTask(source, count, 3 * WIDTH * HEIGHT, partial(_give, number, count))


def _give(number: int, count: int, sink: FrameSink, stopped: Stopped) -> tuple[Outcome, list[str]]:
    del stopped
    sink.begin(WIDTH, HEIGHT, Fraction(1, 3))
    box = (0, 0, WIDTH, HEIGHT)
    for index, coarse in enumerate(coarse_pictures(number, count)):
        picture = coarse.repeat(HEIGHT // COARSE[0], axis=0).repeat(WIDTH // COARSE[1], axis=1)
        sink.append(picture.tobytes(), index, box)
    return Outcome("ok", duration=count / FPS), []


def coarse_pictures(number: int, count: int) -> NDArray[np.uint8]:
    """What a source's frames show, uint8 of shape (count, 4, 8, 3)."""
    random = np.random.default_rng(number)
    scenes = random.uniform(30, 226, (-(-count // SCENE), *COARSE))
    shown = np.repeat(scenes, SCENE, axis=0)[:count]
    return np.clip(shown + random.normal(0, 12, shown.shape), 0, 255).astype(np.uint8)


class StandIn:
    """In the place of ``describe_frames``: a random layer over the coarse picture."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self._layer = random.normal(0, 0.1, (int(np.prod(COARSE)), DIMENSION)).astype(np.float32)

    def __call__(
        self, engine: object, pixels: NDArray[np.uint8], boxes: NDArray[np.int32]
    ) -> NDArray[np.float16]:
        """float16 of shape (m, 4096) for pixels of shape (m, height, width, 3)."""
        del engine, boxes
        rows, columns, _ = COARSE
        coarse = pixels[:, :: pixels.shape[1] // rows, :: pixels.shape[2] // columns]
        coarse = coarse[:, :rows, :columns]
        seen = coarse.reshape(len(pixels), -1).astype(np.float32) / 127.5 - 1
        return np.asarray(np.maximum(seen @ self._layer, 0), np.float16)


class Idle:
    """An engine that is never asked."""

    identity = "generated"

    def close(self) -> None:
        """Nothing is held."""
