"""Photos of 12 megapixels to small frames: ours beside Pillow's and libvips' own quick ways.

    python -m benchmark photos [--photos 40] [--reckoned 10000] [--rounds 3] [--json]

JPEGs are drawn, 4000 × 3000 pixels. Ours is all that ``index`` does with a folder of photos:
heads, decoding at a fraction of the size (of the DCT), scaling, turning, colours. Pillow's best is
``thumbnail``, which drafts and reduces; libvips' is PyVips' ``thumbnail``, which shrinks on load.
Each runs in a process of its own, in turn; the lowest processor time of the rounds counts. How far
the frames are from the whole photo scaled by Lanczos stands beside, in levels of 255.
"""

import argparse
import importlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmark.costs import CountingSink, time_cost
from benchmark.machine import NOT_INSTALLED, describe_machine
from benchmark.peak import OwnMemory
from benchmark.tables import Cell, markdown
from frameatlas.embedder.decode.photos import PhotoFolder, read_photos
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.photos.photo import read_photo
from frameatlas.photos.quiet import quiet_pillow

SIZE = (4000, 3000)
SMALL = (400, 300)
DRAWN = 4
"""Different photos; the others are copies under other names."""

NAMES = {
    "ours": "ours, as `index` reads a folder",
    "pillow": "Pillow, `thumbnail` (draft, reduce)",
    "vips": "PyVips, `thumbnail`",
}

Pixels = NDArray[np.uint8]
Report = dict[str, Any]


def draw_photos(folder: Path, count: int, size: tuple[int, int] = SIZE) -> list[Path]:
    """JPEGs of large and small shapes and the noise of a sensor."""
    random = np.random.default_rng(0)
    paths = [folder / f"{number:05d}.jpg" for number in range(count)]
    for path in paths[:DRAWN]:
        shade = np.full((size[1], size[0], 3), 128, np.float32)
        for cells, weight in ((5, 110), (40, 60), (300, 40)):
            rough = random.integers(0, 256, (cells, 2 * cells, 3), np.uint8)
            smooth = Image.fromarray(rough).resize(size, Image.Resampling.BICUBIC)
            shade += np.float32(weight) * (np.asarray(smooth, np.float32) / 255 - 0.5)
        shade += random.standard_normal(shade.shape, np.float32) * 4
        Image.fromarray(np.clip(shade, 0, 255).astype(np.uint8)).save(path, quality=92)
    for number, path in enumerate(paths[DRAWN:]):
        path.write_bytes(paths[number % DRAWN].read_bytes())
    return paths


def ours(paths: Sequence[Path]) -> None:
    """What ``index`` does."""
    folder = PhotoFolder(paths[0].parent, tuple(paths))
    sink = CountingSink()
    settings = FrameSettings(height=SMALL[1])
    read_photos(folder, settings, sink, stopped=lambda: False, on_refused=lambda *_: None)
    assert sink.count == len(paths)


def small_ours(path: Path) -> Pixels:
    """One frame."""
    return read_photo(path, *SMALL)


def small_pillow(path: Path) -> Pixels:
    """Drafted at a fraction by the decoder, reduced by a whole factor, then scaled."""
    with Image.open(path) as image:
        image.thumbnail(SMALL, Image.Resampling.BICUBIC)
        return np.asarray(image.convert("RGB"))


def small_vips(path: Path) -> Pixels:
    """Shrunk on load, then scaled."""
    pyvips: Any = importlib.import_module("pyvips")  # it ships no type information
    image = pyvips.Image.thumbnail(str(path), SMALL[0], height=SMALL[1])
    return np.asarray(image.numpy(), np.uint8)


SINGLE: dict[str, Callable[[Path], Pixels]] = {
    "ours": small_ours,
    "pillow": small_pillow,
    "vips": small_vips,
}


def _all(way: str, paths: Sequence[Path]) -> None:
    if way == "ours":
        ours(paths)
        return
    for path in paths:
        SINGLE[way](path)


def ways() -> list[str]:
    """Those that can be run here."""
    there = importlib.util.find_spec("pyvips") is not None
    return ["ours", "pillow", *(["vips"] if there else [])]


def step(way: str, folder: str) -> Report:
    """All photos by one way, in this process; the first only loads libraries."""
    paths = sorted(Path(folder).glob("*.jpg"))
    with quiet_pillow():
        _all(way, paths[:1])
        with OwnMemory() as own:
            cost = time_cost(lambda: _all(way, paths))
    return {"cpu": cost.cpu, "wall": cost.wall, "own_megabytes": own.megabytes}


def measure(folder: Path, count: int, rounds: int, size: tuple[int, int] = SIZE) -> Report:
    """Every way in turn, so many rounds."""
    paths = draw_photos(folder, count, size)
    found: dict[str, list[Report]] = {way: [] for way in ways()}
    for _ in range(rounds):
        for way, costs in found.items():
            costs.append(_measured(way, folder))
    return {
        way: {
            "cpu_ms": 1000 * min(cost["cpu"] for cost in costs) / count,
            "wall_ms": 1000 * min(cost["wall"] for cost in costs) / count,
            "own_megabytes": round(max(cost["own_megabytes"] for cost in costs)),
            "levels": _apart(way, paths[0]),
        }
        for way, costs in found.items()
    }


def _measured(way: str, folder: Path) -> Report:
    command = [sys.executable, "-m", "benchmark.photos", "--step", way, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{way}: {done.stderr[-2000:]}")
    figures: Report = json.loads(done.stdout.splitlines()[-1])
    return figures


def _apart(way: str, path: Path) -> float:
    """Levels between a way's frame and the whole photo scaled by Lanczos, on average."""
    with Image.open(path) as image:
        whole = np.asarray(image.convert("RGB").resize(SMALL, Image.Resampling.LANCZOS), np.int16)
    return float(np.abs(SINGLE[way](path) - whole).mean())


def main(argv: list[str]) -> int:
    """Measure, print a table or JSON."""
    if argv[:1] == ["--step"]:
        print(json.dumps(step(*argv[1:])))
        return 0
    options = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        found = measure(Path(folder), options.photos, options.rounds)
    report = {
        "benchmark": "photos",
        "machine": describe_machine(),
        "photos": options.photos,
        "rounds": options.rounds,
        "reckoned": options.reckoned,
        "ways": found,
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def table(report: Report) -> str:
    """Each way, as Markdown."""
    known, mine = report["ways"], report["ways"]["ours"]["cpu_ms"]
    rows: list[list[Cell]] = []
    for way, name in NAMES.items():
        figures = known.get(way)
        if figures is None:
            rows.append([name, NOT_INSTALLED])
            continue
        many = figures["cpu_ms"] / 1000 * report["reckoned"] / 60
        ratio = "" if way == "ours" else f"{mine / figures['cpu_ms']:.2f}"
        rows.append(
            [
                *(name, figures["cpu_ms"], ratio, figures["wall_ms"]),
                *(figures["own_megabytes"], figures["levels"], f"{many:.1f} min"),
            ]
        )
    heads = ["", "processor ms a photo", "ours / theirs", "wall ms", "peak MB of its own"]
    heads += ["levels from the whole photo", f"{report['reckoned']:,} photos, processor time"]
    return (
        f"{markdown(heads, rows)}\n\n{report['photos']} JPEGs of 4000 × 3000 pixels, read as 400 × "
        f"300, best of {report['rounds']} rounds in turn; {report['reckoned']:,} are reckoned. "
        "Goal: no more processor time than the best of the others."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark photos", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--photos", type=int, default=40, help="that are drawn and read")
    parser.add_argument("--reckoned", type=int, default=10_000, help="that figures are given for")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", type=Path, help="folder with room for 10 MB a photo")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
