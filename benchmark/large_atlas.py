"""A synthetic atlas of any size on a small disk: one video's files, linked under many names."""

import os
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas import Atlas, open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.store.manifest import Made, Manifest, MapRecord, Source

SIZE = (534, 300)
COMPONENTS = 256
FPS = 3.0
MOST_FRAMES = 1_000
"""Frames of a video: five and a half minutes."""

PICTURES = 60
"""Different pictures, as hard to pack as photographs."""


def large_atlas(
    folder: Path, frames: int, *, size: tuple[int, int] = SIZE, length: int = MOST_FRAMES
) -> Atlas:
    """Write an atlas whose videos all show the same, but lie elsewhere on the map.

    Its 1,000 pictures take 480 MB, whatever ``frames`` is, its scores 512 MB a million frames.

    Args:
        folder: Where to; must not exist.
        frames: Number of frames.
        size: Width and height of a frame.
        length: Frames of a video; the last one may have fewer.
    """
    rng = np.random.default_rng(0)
    lengths = [min(length, frames - start) for start in range(0, frames, length)]
    first = folder / "sources" / "source-000000"
    for number, count in enumerate(lengths):
        place = folder / "sources" / f"source-{number:06d}"
        place.mkdir(parents=True)
        if number == 0 or count != lengths[0]:
            _write_pictures(place / "frames.npy", count, size, rng)
            _write_times(place / "features.h5", count, size)
        else:
            os.link(first / "frames.npy", place / "frames.npy")
            os.link(first / "features.h5", place / "features.h5")
    record = MapRecord("map-large", frames, len(lengths))
    _write_map(folder / "maps" / record.id, lengths, rng)
    made = Made(FPS, size[1], "0" * 64, "none")
    manifest = Manifest(made, tuple(_source(n, count) for n, count in enumerate(lengths)), record)
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(folder)


def photographs(count: int, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Pictures of large and small shapes and a little noise: uint8 (count, height, width, 3)."""
    made = np.zeros((count, size[1], size[0], 3), np.uint8)
    for picture in made:
        shade = np.zeros(picture.shape)
        for cells, weight in ((4, 90), (16, 40), (60, 20)):
            rough = rng.integers(0, 256, (cells, 2 * cells, 3), np.uint8)
            smooth = Image.fromarray(rough).resize(size, Image.Resampling.BICUBIC)
            shade += weight * (np.asarray(smooth) / 255.0 - 0.5)
        shade += 128 + rng.normal(0, 1.5, picture.shape)
        picture[:] = np.clip(shade, 0, 255).astype(np.uint8)
    return made


def _write_pictures(
    path: Path, count: int, size: tuple[int, int], rng: np.random.Generator
) -> None:
    some = photographs(min(count, PICTURES), size, rng)
    shape = (count, size[1], size[0], 3)
    pixels = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    for number in range(count):
        pixels[number] = np.roll(some[number % len(some)], 7 * (number // len(some)), axis=1)
    pixels.flush()


def _write_times(path: Path, count: int, size: tuple[int, int]) -> None:
    pts = np.arange(count, dtype=np.int64) * 30_000
    with h5py.File(path, "w") as file:
        file.attrs["time_base"] = [1, 90_000]
        file["pts"] = pts
        file["seconds"] = pts / 90_000
        file["box"] = np.tile(np.array([0, 0, *size], np.int32), (count, 1))


def _write_map(place: Path, lengths: list[int], rng: np.random.Generator) -> None:
    """Videos wander about places of their own; scores are random directions near theirs."""
    place.mkdir(parents=True)
    frames = sum(lengths)
    homes = np.repeat(rng.uniform(-1, 1, (len(lengths), 2)), lengths, axis=0)
    steps = np.cumsum(rng.normal(0, 0.01, (frames, 2)), axis=0)
    drift = steps - np.repeat(steps[np.cumsum([0, *lengths[:-1]])], lengths, axis=0)
    inside = np.abs((homes + drift + 1) % 4 - 2) - 1  # reflected at the map's edges
    with h5py.File(place / "coordinates.h5", "w") as file:
        file["coordinates"] = inside
        file["code"] = inside
    shape = (frames, COMPONENTS)
    path = place / "scores.npy"
    scores = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
    noise = rng.normal(0, 1, (lengths[0], COMPONENTS)).astype(np.float16)
    for number, start in enumerate(range(0, frames, lengths[0])):
        home = np.random.default_rng(number).normal(0, 1, COMPONENTS).astype(np.float16)
        scores[start : start + lengths[number]] = home + noise[: lengths[number]]
    scores.flush()
    (place / "quality.json").write_text("{}", encoding="utf-8")
    (place / "map.json").write_text('{"name": "synthetic"}', encoding="utf-8")


def _source(number: int, frames: int) -> Source:
    return Source(
        id=f"source-{number:06d}",
        path=f"/videos/{number // 100}/{number:06d}.mp4",
        kind="video",
        status="ok",
        reason="",
        digest=f"{number:032x}",
        frames=frames,
        duration=frames / FPS,
        width=1280,
        height=720,
        codec="h264",
    )
