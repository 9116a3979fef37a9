"""Tiles of a map of one million frames: pyramid, cold tiles, filters, export; against peers.

One million places; the pictures are a few hundred like photographs, repeated through the index, as
nobody has 500 GB for a benchmark. Peers: Pillow scaling at once, and ImageMagick's montage.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from benchmark.machine import describe_machine
from benchmark.poster import made
from benchmark.table_tiles import table
from benchmark.tables import one_a_line
from frameatlas import Atlas
from frameatlas.browser import SiteOptions, export_site
from frameatlas.drawing.compose import Picture
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.drawing.tiles import encode_tile, pyramid_of, render_tile
from frameatlas.geometry.pyramid import EMPTY, Pyramid

FRAMES = 1_000_000
VIDEO = 1_000
POOL = 400
TILES = 240
MONTAGES = 12
PARALLEL = 4

T = TypeVar("T")


def main(argv: list[str]) -> int:
    """Measure and print; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmark tiles", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--frames", type=int, default=FRAMES, help="frames on the map")
    parser.add_argument("--no-export", action="store_true", help="leave out what takes a minute")
    options = parser.parse_args(argv)
    figures: dict[str, Any] = {"benchmark": "tiles", "machine": describe_machine()}
    with tempfile.TemporaryDirectory() as folder:
        few = made(Path(folder) / "few.atlas", POOL)
        atlas = repeated(few, options.frames)
        figures |= pyramid_figures(atlas)
        figures |= tile_figures(atlas, few) | peers(atlas, few, Path(folder))
        if not options.no_export:
            figures |= export_figures(few, Path(folder) / "site")
    print(json.dumps(figures) if options.json else f"{table(figures)}\n\n{one_a_line(figures)}")
    return 0


def repeated(few: Atlas, frames: int) -> Atlas:
    """An atlas of so many frames that walk over the map, with the boxes of a small one."""
    rng = np.random.default_rng(0)
    videos = -(-frames // VIDEO)
    starts = rng.uniform(-2, 2, (videos, 1, 2))
    walks = starts + rng.normal(0, 0.02, (videos, VIDEO, 2)).cumsum(axis=1)
    many = Atlas(few.folder, few.manifest)
    many.offsets = np.array([0, frames])
    many.__dict__["coordinates"] = np.tanh(walks).reshape(-1, 2)[:frames]
    many.__dict__["source_numbers"] = (np.arange(frames) // VIDEO).astype(np.int32)
    many.__dict__["boxes"] = few.boxes[np.arange(frames) % len(few)]
    return many


def pyramid_figures(atlas: Atlas) -> dict[str, Any]:
    """Seconds and memory to build it, to filter it, and to find the frames of a tile."""
    begun = time.process_time()
    seconds, pyramid = timed(lambda: pyramid_of(atlas))
    spent = time.process_time() - begun
    mask = np.arange(len(atlas)) % 3 == 0
    tracemalloc.start()
    pyramid_of(atlas)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    same = np.zeros_like(atlas.coordinates)
    places = filled(pyramid, TILES)
    return {
        "frames": len(atlas),
        "deepest_zoom": pyramid.deepest,
        "pyramid_seconds": round(seconds, 2),
        "pyramid_processor_seconds": round(spent, 2),
        "pyramid_peak_megabytes": round(peak / 1e6),
        "pyramid_seconds_all_in_one_place": round(timed(lambda: Pyramid.of(same))[0], 2),
        "filter_seconds": round(timed(lambda: pyramid.filtered(mask))[0], 3),
        "frames_of_a_tile_milliseconds_p95": p95(lambda t: pyramid.tile(*t), places),
        "frames_of_a_filtered_tile_milliseconds_p95": p95(
            lambda t: pyramid.tile(t[0], t[1], t[2], mask), places
        ),
    }


def tile_figures(atlas: Atlas, few: Atlas) -> dict[str, Any]:
    """Milliseconds of cold tiles: choosing, composing, encoding; alone and four at a time."""
    pyramid, pictures = pyramid_of(atlas), pool(few)
    places = filled(pyramid, TILES)

    def cold(place: tuple[int, int, int], scale: int = 1) -> bytes:
        picture = render_tile(atlas, pyramid, *place, scale=scale, pictures=pictures)
        assert picture is not None
        return encode_tile(picture, "webp")

    figures: dict[str, Any] = {}
    for scale, name in ((1, "tile"), (2, "dense_tile")):
        for place in places[:10]:
            cold(place, scale)
        figures[f"{name}_milliseconds_p95"] = p95(partial(cold, scale=scale), places)
        begun = time.process_time()
        sizes = [len(cold(place, scale)) for place in places]
        spent = (time.process_time() - begun) / len(places)
        figures[f"{name}_processor_milliseconds_mean"] = round(spent * 1e3, 2)
        figures[f"{name}_bytes_mean"] = round(float(np.mean(sizes)))
    with ThreadPoolExecutor(PARALLEL) as threads:
        begun = time.perf_counter()
        waits = list(threads.map(lambda t: timed(lambda: cold(t))[0], places))
        figures["tiles_a_second_four_at_a_time"] = round(TILES / (time.perf_counter() - begun))
        figures["tile_milliseconds_p95_four_at_a_time"] = milliseconds(waits)
    return figures


def peers(atlas: Atlas, few: Atlas, folder: Path) -> dict[str, Any]:
    """The same cells: composed by us, by Pillow scaling at once, by ImageMagick from files."""
    pyramid, pictures = pyramid_of(atlas), pool(few)
    places = [t for t in filled(pyramid, 400) if pyramid.across(t[0]) == 4][:60]
    ours = p95(lambda t: render_tile(atlas, pyramid, *t, pictures=pictures), places)

    def plainly(place: tuple[int, int, int]) -> None:
        grid = pyramid.tile(*place)
        canvas = Image.new("RGBA", (256, 144))
        for row, column in np.argwhere(grid != EMPTY).tolist():
            picture = Image.fromarray(np.ascontiguousarray(pictures(int(grid[row, column]))))
            small = picture.resize((64, 36), Image.Resampling.LANCZOS)
            canvas.paste(small, (column * 64, row * 36))

    figures: dict[str, Any] = {
        "overview_tile_milliseconds_p95": ours,
        "overview_tile_by_pillow_at_once_milliseconds_p95": p95(plainly, places),
    }
    montage = shutil.which("montage")
    if montage is None:
        return figures | {"montage": "ImageMagick is not installed: nothing to compare with"}
    names = as_files(few, folder)

    def montaged(place: tuple[int, int, int]) -> None:
        grid = pyramid.tile(*place)
        files = ["null:" if f == EMPTY else names[f % len(names)] for f in grid.ravel().tolist()]
        command = [str(montage), *files, "-tile", "4x4", "-geometry", "64x36+0+0"]
        subprocess.run([*command, str(folder / "tile.webp")], check=True, capture_output=True)

    figures["overview_tile_by_montage_milliseconds_p95"] = p95(montaged, places[:MONTAGES])
    return figures


def export_figures(few: Atlas, site: Path) -> dict[str, Any]:
    """A whole static site of the small atlas."""
    report = export_site(few, SiteOptions(site))
    again = export_site(few, SiteOptions(site))
    return {
        "export_frames": len(few),
        "export_tiles": report.tiles,
        "export_tiles_a_second": round(report.tiles / report.seconds),
        "export_megabytes": round(report.bytes / 1e6, 1),
        "export_seconds": round(report.seconds, 1),
        "export_again_seconds": round(again.seconds, 1),
    }


def filled(pyramid: Pyramid, count: int) -> list[tuple[int, int, int]]:
    """Tiles of every zoom in turn, by chance, none of them empty."""
    rng = np.random.default_rng(1)
    listed = [pyramid.tiles(z) for z in range(pyramid.deepest + 1)]
    zooms = [number % len(listed) for number in range(count)]
    return [(z, *listed[z][int(rng.integers(len(listed[z])))]) for z in zooms]


def pool(few: Atlas) -> Callable[[int], Picture]:
    """The pictures of a small atlas, repeated."""
    stored = StoredPictures(few)
    return lambda frame: stored(frame % len(few))


def as_files(few: Atlas, folder: Path) -> list[str]:
    """Every picture as a JPEG, as a peer would have them."""
    names = [str(folder / f"{number}.jpg") for number in range(len(few))]
    for number, name in enumerate(names):
        Image.fromarray(np.ascontiguousarray(few.frames[number])).save(name, quality=90)
    return names


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that some work took, and what it gave."""
    begun = time.perf_counter()
    given = work()
    return time.perf_counter() - begun, given


def p95(work: Callable[[Any], object], items: list[Any]) -> float:
    """Milliseconds that 95 of 100 calls stay below."""
    return milliseconds([timed(partial(work, item))[0] for item in items])


def milliseconds(seconds: list[float]) -> float:
    """The 95th percentile."""
    return round(float(np.quantile(seconds, 0.95)) * 1e3, 2)
