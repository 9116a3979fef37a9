"""The article's poster, 11 × 18 cells, against ImageMagick; a gigapixel's memory.

Synthetic frames like photographs, or an atlas of your own with ``--atlas``.
"""

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from benchmark.machine import NOT_INSTALLED, describe_machine
from benchmark.tables import Cell, markdown, one_a_line
from frameatlas import Atlas, open_atlas
from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.geometry.cell_size import common_size
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.poster import PosterOptions
from frameatlas.poster.formats.ordered_threads import OrderedWork
from frameatlas.poster.placement.place import Placement
from frameatlas.poster.render import place
from frameatlas.poster.strips import CellStyle, bands
from frameatlas.processors import available_processors

GRID = Grid(11, 18)
GIGAPIXEL = Grid(59, 106)
SIZE = (534, 300)

_COMMAND = "from frameatlas.cli.main import main; main()"
_COMMAND_AND_PEAK = """
import re, sys
from pathlib import Path
from frameatlas.cli.main import main
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""


def main(argv: list[str]) -> int:
    """Measure and print; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmark poster", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--atlas", type=Path, help="an atlas in place of synthetic frames")
    parser.add_argument("--no-gigapixel", action="store_true", help="leave out what takes minutes")
    parser.add_argument(
        "--rounds", type=int, default=3, help="of each command; the quickest counts"
    )
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        place_for = Path(folder)
        atlas = open_atlas(options.atlas) if options.atlas else made(place_for / "a.atlas", 600)
        figures: dict[str, Any] = {"benchmark": "poster", "machine": describe_machine()}
        figures |= composing(atlas) | against_montage(atlas, place_for, options.rounds)
        if not options.no_gigapixel:
            figures |= gigapixel(place_for)
    print(json.dumps(figures) if options.json else f"{table(figures)}\n\n{one_a_line(figures)}")
    return 0


def made(folder: Path, frames: int) -> Atlas:
    """A synthetic atlas whose frames are as hard to pack as photographs, evenly on the map."""
    rng = np.random.default_rng(0)
    atlas: Atlas = synthetic_module().synthetic_atlas(
        folder,
        sources=(("video", frames),),
        size=SIZE,
        dimension=16,
        coordinates=rng.uniform(-1, 1, (frames, 2)),
    )
    pixels = np.load(next(folder.glob("sources/*/frames.npy")), mmap_mode="r+")
    originals = [_photograph(rng) for _ in range(min(frames, 60))]
    for number in range(frames):
        pixels[number] = np.roll(originals[number % len(originals)], 7 * number, axis=1)
    return atlas


def composing(atlas: Atlas) -> dict[str, Any]:
    """Seconds to put the article's poster together, nothing encoded, the memory map warm."""
    options = PosterOptions(Viewport(), grid=GRID)
    cell = common_size(atlas.boxes).of_height(300)
    placement, _ = place(atlas, options, cell)
    _composed(atlas, placement, CellStyle(cell))
    return {
        "pixels": [GRID.columns * cell.width, GRID.rows * cell.height],
        "placing_seconds": best(lambda: place(atlas, options, cell)),
        "composing_seconds": best(lambda: _composed(atlas, placement, CellStyle(cell))),
    }


def against_montage(atlas: Atlas, folder: Path, rounds: int) -> dict[str, Any]:
    """Seconds of the whole command, and of ImageMagick on the same frames as PNG files."""
    figures: dict[str, Any] = {}
    for ending in ("png", "jpg"):
        arguments = [str(atlas.folder), "--grid", "11x18", "-o", str(folder / f"ours.{ending}")]
        command = [sys.executable, "-c", _COMMAND, "poster", *arguments]
        figures[f"command_{ending}_seconds"] = best(partial(_run, command), rounds)
    montage = shutil.which("montage")
    if montage is None:
        return figures | {"montage": "ImageMagick is not installed: nothing to compare with"}
    files = _as_files(atlas, folder)
    figures["montage"] = _run([montage, "-version"]).splitlines()[0]
    for ending in ("png", "jpg"):
        options = ["-tile", "11x18", "-geometry", "534x300+0+0", "-quality", "90"]
        # ImageMagick reads its quality for PNG as zlib's level and filter: left to its default.
        options = options[:-2] if ending == "png" else options
        command = [montage, *files, *options, str(folder / f"theirs.{ending}")]
        figures[f"montage_{ending}_seconds"] = best(partial(_run, command), rounds)
        ours, theirs = figures[f"command_{ending}_seconds"], figures[f"montage_{ending}_seconds"]
        figures[f"share_of_montage_{ending}"] = round(ours / theirs, 3)
        for name in ("ours", "theirs"):
            size = (folder / f"{name}.{ending}").stat().st_size
            figures[f"{name}_{ending}_megabytes"] = round(size / 1e6, 1)
    return figures


def gigapixel(folder: Path) -> dict[str, Any]:
    """Peak memory of the command for a poster of a thousand million pixels."""
    atlas = made(folder / "large.atlas", GIGAPIXEL.cells + 200)
    output = folder / "large.png"
    grid = f"{GIGAPIXEL.columns}x{GIGAPIXEL.rows}"
    arguments = ["poster", str(atlas.folder), "--grid", grid, "-o", str(output), "--json"]
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND_AND_PEAK, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    return {
        "gigapixel_pixels": report["width"] * report["height"],
        "gigapixel_seconds": round(time.perf_counter() - begun, 1),
        "gigapixel_peak_megabytes": round(int(done.stderr.split()[-1]) * 1024 / 1e6, 1),
        "gigapixel_file_megabytes": round(output.stat().st_size / 1e6, 1),
        "gigapixel_mean_displacement": round(report["mean_displacement"], 4),
    }


def table(figures: dict[str, Any]) -> str:
    """The whole command beside ImageMagick, as Markdown."""
    rows: list[list[Cell]] = []
    for ending, name in (("png", "PNG"), ("jpg", "JPEG")):
        ours = figures[f"command_{ending}_seconds"]
        theirs = figures.get(f"montage_{ending}_seconds")
        if theirs is None:
            rows.append([name, ours, None, NOT_INSTALLED])
            continue
        sizes = [figures[f"{who}_{ending}_megabytes"] for who in ("ours", "theirs")]
        rows.append([name, ours, sizes[0], theirs, sizes[1], f"{ours / theirs:.2f}"])
    heads = ["", "ours, s", "MB", "ImageMagick's `montage`, s", "MB", "ours / theirs"]
    width, height = figures["pixels"]
    lines = [
        markdown(heads, rows),
        "",
        f"{GRID.columns} × {GRID.rows} pictures, {width} × {height} pixels. Placing takes "
        f"{figures['placing_seconds']} s, composing without encoding "
        f"{figures['composing_seconds']} s from a warm memory map.",
    ]
    if "montage_png_seconds" in figures:
        lines[-1] += f" {imagemagick(figures['montage'])}."
    if "gigapixel_peak_megabytes" in figures:
        lines.append(
            f"{figures['gigapixel_pixels'] / 1e6:,.0f} million pixels as PNG took "
            f"{figures['gigapixel_seconds']} s and {figures['gigapixel_peak_megabytes']:.0f} MB of "
            "memory."
        )
    return "\n".join(lines)


def imagemagick(said: str) -> str:
    """What ``montage -version`` begins with, without its date and address."""
    return " ".join(said.removeprefix("Version: ").split()[:2])


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """Seconds of the quickest of a few runs."""
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return round(min(seconds), 3)


def _composed(atlas: Atlas, placement: Placement, style: CellStyle) -> None:
    jobs = available_processors()
    with closing(OrderedWork(jobs, ahead=4 * jobs)) as work:
        for _ in bands(placement, StoredPictures(atlas), style, work, lambda *_: None):
            pass


def _as_files(atlas: Atlas, folder: Path) -> list[str]:
    """The frames of the article's poster as PNG files, in the order of its cells."""
    cell = common_size(atlas.boxes).of_height(300)
    placement, _ = place(atlas, PosterOptions(Viewport(), grid=GRID), cell)
    stored = StoredPictures(atlas)
    names = []
    for number, frame in enumerate(placement.frames.tolist()):
        names.append(str(folder / f"frame{number:03d}.png"))
        Image.fromarray(np.ascontiguousarray(stored(frame))).save(names[-1], compress_level=1)
    return names


def _photograph(rng: np.random.Generator) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Large and small shapes and a little noise; packs to about half, as photographs do."""
    picture = np.zeros((SIZE[1], SIZE[0], 3))
    for cells, weight in ((4, 90), (16, 40), (60, 20)):
        rough = rng.integers(0, 256, (cells, 2 * cells, 3), np.uint8)
        smooth = Image.fromarray(rough).resize(SIZE, Image.Resampling.BICUBIC)
        picture += weight * (np.asarray(smooth.filter(ImageFilter.SMOOTH)) / 255.0 - 0.5)
    noise = rng.normal(0, 1.5, picture.shape)
    return np.clip(128 + picture + noise, 0, 255).astype(np.uint8)


def _run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def synthetic_module() -> ModuleType:
    """The module that writes small atlases for the tests."""
    path = Path(__file__).parents[1] / "tests" / "synthetic.py"
    spec = importlib.util.spec_from_file_location("frameatlas_synthetic", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
