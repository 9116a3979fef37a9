"""Frames stored raw and as JPEG: bytes, a picture anywhere, and new tiles, in one run by turns.

    python -m benchmark store [--data FOLDER] [--each 40] [--json]

Real frames: of each video of the folder (shared/data/clips; where there is none, the demo's) so
many, evenly. Bytes are of all of them. Times are the processor's of this thread, medians, of the
frames of the most common size, one form after the other for each picture and each tile; tiles are
composed and encoded as the page's.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.clips import SHARED
from benchmark.machine import describe_machine
from benchmark.poster import synthetic_module
from benchmark.tables import markdown, one_a_line
from frameatlas import Atlas
from frameatlas.drawing.tiles import QUICK, encode_tile, pyramid_of, render_tile
from frameatlas.embedder.build.picture_writer import open_writer
from frameatlas.embedder.decode.video import decode_unscanned
from frameatlas.embedder.demo_videos import make_demo_videos
from frameatlas.embedder.media.frame_sink import Box, FrameSettings
from frameatlas.embedder.media.probe import probe_video
from frameatlas.frames import Pixels
from frameatlas.store.frame_rows import AtlasFrames
from frameatlas.store.pictures.picture_file import PICTURE_FILES

STORES = ("raw", "jpeg")
PICTURES, TILES = 200, 30


def main(argv: list[str]) -> int:
    """Measure and print; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmark store", description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "clips", help="a folder of videos")
    parser.add_argument("--each", type=int, default=40, help="frames of each video")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(argv)
    figures: dict[str, Any] = {"benchmark": "store", "machine": describe_machine()}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        data = options.data if options.data.is_dir() else place / "demo"
        if data != options.data:
            make_demo_videos(data)
        films = [film for path in sorted(data.iterdir()) if len(film := _frames(path))]
        figures |= _bytes([film[_evenly(len(film), options.each)] for film in films], place)
        common = Counter(film.shape[1:] for film in films).most_common(1)[0][0]
        alike = [film[_evenly(len(film), options.each)] for film in films]
        alike = [film for film in alike if film.shape[1:] == common]
        figures |= _times(np.concatenate(alike), place)
    print(json.dumps(figures) if options.json else f"{table(figures)}\n\n{one_a_line(figures)}")
    return 0


class _Kept:
    """A ``FrameSink`` in memory."""

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.shape = (0, 0)

    @property
    def count(self) -> int:
        return len(self.pictures)

    def begin(self, width: int, height: int, time_base: Fraction) -> None:
        del time_base
        self.shape = (height, width)

    def append(
        self, pixels: bytes | bytearray | memoryview, pts: int, box: Box, name: str = ""
    ) -> None:
        del pts, box, name
        self.pictures.append(bytes(pixels))

    def stored(self, index: int) -> tuple[Pixels, int]:
        raise LookupError(index)

    def restart(self) -> None:
        self.pictures = []


def _frames(path: Path) -> Pixels:
    """All frames of a video as ``index`` keeps them."""
    sink = _Kept()
    decode_unscanned(path, probe_video(path), FrameSettings(), sink, stopped=lambda: False)
    return np.frombuffer(b"".join(sink.pictures), np.uint8).reshape(-1, *sink.shape, 3)


def _evenly(count: int, wanted: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.unique(np.linspace(0, count - 1, wanted).astype(np.int64))


def _written(pictures: Pixels, folder: Path, store: str) -> Path:
    """The file that an index run makes of pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    count, height, width, _ = pictures.shape
    writer = open_writer(folder, store, width, height)
    writer.cut(0)  # of a file that is written over
    writer.begin(0, width, height)
    for index, picture in enumerate(pictures):
        writer.write(index, picture.tobytes())
    writer.close(count)
    return folder / PICTURE_FILES[store]


def _bytes(films: list[Pixels], place: Path) -> dict[str, Any]:
    """Bytes of a frame, and how far JPEG is from raw."""
    totals, shares, decibels = dict.fromkeys(STORES, 0), [], []
    for number, film in enumerate(films):
        paths = {store: _written(film, place / f"{number}", store) for store in STORES}
        sizes = {store: path.stat().st_size for store, path in paths.items()}
        totals = {store: totals[store] + sizes[store] for store in STORES}
        shares.append(sizes["raw"] / sizes["jpeg"])
        stored = np.stack(list(AtlasFrames([paths["jpeg"]], [len(film)])))
        error = np.square(film.astype(np.float32) - stored).mean(axis=(1, 2, 3))
        decibels.append(float(np.median(10 * np.log10(255**2 / np.maximum(error, 1e-6)))))
    frames = sum(map(len, films))
    return {
        "videos": len(films),
        "frames": frames,
        **{f"{store}_bytes_a_frame": round(total / frames) for store, total in totals.items()},
        "raw_over_jpeg": round(totals["raw"] / totals["jpeg"], 1),
        "raw_over_jpeg_least_and_most": [round(min(shares), 1), round(max(shares), 1)],
        "decibels_least_and_median": [
            round(min(decibels), 1),
            round(float(np.median(decibels)), 1),
        ],
    }


def _times(pictures: Pixels, place: Path) -> dict[str, Any]:
    """Milliseconds of a picture and of tiles with so many cells a side."""
    count, height, width, _ = pictures.shape
    where = np.random.default_rng(0).uniform(-1, 1, (count, 2))
    atlases: dict[str, Atlas] = {}
    for store in STORES:
        atlases[store] = synthetic_module().synthetic_atlas(
            place / f"{store}.atlas",
            sources=(("video", count),),
            size=(width, height),
            dimension=16,
            coordinates=where,
            store=store,
        )
        _written(pictures, next((place / f"{store}.atlas" / "sources").iterdir()), store)
    picked = np.random.default_rng(1).integers(0, count, PICTURES).tolist()
    figures = _by_turns("picture", lambda store, frame: atlases[store].frames[frame], picked)
    pyramid = pyramid_of(atlases["raw"])
    for z in (pyramid.deepest, pyramid.deepest - 1, 2, 0):
        tiles = pyramid.tiles(z)
        chosen = [(z, *tiles[n % len(tiles)]) for n in range(TILES)]
        for scale in (1, 2):

            def drawn(store: str, tile: tuple[int, int, int], scale: int = scale) -> None:
                picture = render_tile(atlases[store], pyramid, *tile, scale=scale)
                assert picture is not None
                encode_tile(picture, "webp", effort=QUICK)

            name = f"tile_{pyramid.across(z)}_cells_{'dense' if scale == 2 else 'usual'}"
            figures |= _by_turns(name, drawn, chosen)
    return figures


def _by_turns(name: str, work: Callable[[str, Any], Any], items: list[Any]) -> dict[str, Any]:
    """Medians of both forms, and their ratio."""
    spent: dict[str, list[float]] = {store: [] for store in STORES}
    for item in items:
        for store in STORES:
            begun = time.thread_time()
            work(store, item)
            spent[store].append(time.thread_time() - begun)
    medians = {store: float(np.median(values)) * 1e3 for store, values in spent.items()}
    return {
        **{f"{name}_{store}_milliseconds": round(ms, 2) for store, ms in medians.items()},
        f"{name}_ratio": round(medians["jpeg"] / medians["raw"], 2),
    }


def table(report: dict[str, Any]) -> str:
    """What ``python -m benchmark store --json`` prints, for people."""
    names = [name.removesuffix("_ratio") for name in report if name.endswith("_ratio")]
    rows = [["bytes a frame", *(report[f"{store}_bytes_a_frame"] for store in STORES)]]
    rows[0].append(f"1/{report['raw_over_jpeg']}")
    for name in names:
        times = [report[f"{name}_{store}_milliseconds"] for store in STORES]
        rows.append([f"{name.replace('_', ' ')}, ms", *times, report[f"{name}_ratio"]])
    return markdown(["", "raw", "JPEG", "JPEG / raw"], rows)
