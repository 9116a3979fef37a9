"""Sentences: a query among 100,000 and a million frames, and pictures a second beside Xception.

    python -m benchmark words [--frames 100000 1000000] [--crops 1 2] [--json]
    python -m benchmark words --architecture clip-b32 siglip-b16 dinov2-s14 [--preset FOLDER]

The vectors are made up as CLIP's are: 512 numbers of unit length that share a large common part,
shots of some 15 frames; `frameatlas words` makes two rows of each frame unless told otherwise. Ours
reads float16 from the atlas' HDF5 tables and keeps a byte a number, and scans by code that XLA
compiles, as whenever the network of a sentence is open; the way without it stands beside. NumPy
holds float32 in memory before its clock starts. The ways take turns. With --architecture or
--preset networks describe pictures beside Xception: those of --architecture are saved by keras_hub
at their real size with random numbers, which shows their speed and nothing else.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from benchmark.machine import describe_machine
from benchmark.peak import own_megabytes
from benchmark.tables import Cell, markdown
from benchmark.words_networks import ARCHITECTURES, make_preset
from benchmark.words_pictures import described
from benchmark.words_pictures import table as pictures_table
from frameatlas import Atlas, Source, open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.embedder.query.compiled_products import offer_compiled_products
from frameatlas.search.fused_products import (
    RowProducts,
    offer_products,
    offered_products,
    withdraw_products,
)
from frameatlas.search.word_search import strengths, word_heat, word_neighbours
from frameatlas.store.manifest import Made, Manifest, MapRecord
from frameatlas.store.stored_file import StoredFile
from frameatlas.store.words_record import WORDS_FILE, WordsRecord

WIDTH = 512
FRAMES_A_SOURCE = 20_000
SHOT = 15
COUNT = 20
QUERIES = 10
GOAL_MILLISECONDS = 200


def main(argv: list[str]) -> int:
    """Measure, and print the figures."""
    options = _parser().parse_args(argv)
    report: dict[str, Any] = {
        "benchmark": "words",
        "machine": describe_machine(),
        "queries": [
            searched(frames, crops) for frames in options.frames for crops in options.crops
        ],
        "pictures": pictures(options.architecture, options.preset),
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def pictures(architectures: list[str], preset: Path | None) -> list[dict[str, Any]]:
    """Figures of networks beside Xception; none where no network was named."""
    with tempfile.TemporaryDirectory() as folder:
        presets = {
            f"{name}, random numbers": make_preset(name, Path(folder) / name)
            for name in architectures
        }
        if preset is not None:
            presets[preset.name] = preset
        return described(presets) if presets else []


def made_up_words(folder: Path, frames: int, crops: int) -> Atlas:
    """An atlas of words alone: nothing else is read by a sentence."""
    rng = np.random.default_rng(0)
    common = rng.normal(size=WIDTH)
    sources: list[Source] = []
    files: dict[str, StoredFile] = {}
    for first in range(0, frames, FRAMES_A_SOURCE):
        count = min(FRAMES_A_SOURCE, frames - first)
        shots = rng.normal(size=(count // SHOT + 1, WIDTH)).astype(np.float32)
        shown = np.repeat(shots[np.arange(count) // SHOT], crops, axis=0)
        rows = shown + 0.3 * rng.normal(size=(count * crops, WIDTH)) + common
        name = f"{first:032x}"
        place = folder / "sources" / name
        place.mkdir(parents=True)
        with h5py.File(place / WORDS_FILE, "w") as file:
            unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            file["words"] = unit.astype(np.float16)
        sources.append(Source(name, f"/{name}.mp4", "video", "ok", "", name, count))
        files[name] = StoredFile(0, "")
    record = WordsRecord("CLIPBackbone", "0" * 64, WIDTH, crops, files)
    made = Made(3.0, 300, "0" * 64, "tensorflow")
    drawn = MapRecord("made-up", frames, len(sources))
    manifest = Manifest(made, tuple(sources), drawn, words=record)
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(folder)


def searched(frames: int, crops: int) -> dict[str, Any]:
    """Milliseconds of a query and of a heat, ours and NumPy's."""
    with tempfile.TemporaryDirectory() as folder:
        atlas = made_up_words(Path(folder) / "words.atlas", frames, crops)
        asked = np.random.default_rng(1).normal(size=(QUERIES, WIDTH)).astype(np.float32)
        asked /= np.linalg.norm(asked, axis=1, keepdims=True)
        offer_compiled_products(frames * crops, WIDTH)
        offered = offered_products()
        before = own_megabytes()
        first = _seconds(lambda: word_neighbours(atlas, asked[0], COUNT, every=True))
        ours = own_megabytes() - before
        rows = _all_rows(atlas)
        ways: dict[str, Callable[[NDArray[np.float32]], Any]] = {
            "frameatlas": lambda q: word_neighbours(atlas, q, COUNT, every=True),
            "frameatlas, once a shot, and bars": lambda q: _with_bars(atlas, q),
            "frameatlas, heat of all frames": lambda q: word_heat(atlas, q),
            "frameatlas, without a compiler": lambda q: _by_numpy_alone(atlas, q, offered),
            "NumPy, float32": lambda q: _by_numpy(rows, q),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(QUERIES):
            # One after the other, so that all share what else the machine does, and never the same
            # sentence twice in a row: the scan of the last two is kept.
            for number, (name, way) in enumerate(ways.items()):
                query = asked[(turn + 3 * number) % QUERIES]
                times[name].append(1000 * _seconds(partial(way, query)))
        same = [_agreement(atlas, rows, query) for query in asked[:3]]
    return {
        "frames": frames,
        "crops": crops,
        "first_query_seconds": round(first, 2),
        "memory_megabytes": round(ours),
        "milliseconds": {n: round(statistics.median(all_), 1) for n, all_ in times.items()},
        "same_answers": round(float(np.mean(same)), 3),
    }


def _all_rows(atlas: Atlas) -> NDArray[np.float32]:
    from frameatlas.search.word_rows import WordRows

    rows = WordRows(atlas)
    return np.asarray(rows[0 : len(rows)], np.float32).reshape(len(atlas), -1, WIDTH)


def _by_numpy(rows: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.int64]:
    """The best frames, in no order: rows are (n, crops, WIDTH)."""
    found = rows[:, 0] @ query
    for crop in range(1, rows.shape[1]):
        found = np.maximum(found, rows[:, crop] @ query)
    return np.argpartition(-found, COUNT)[:COUNT]


def _with_bars(atlas: Atlas, query: NDArray[np.float32]) -> Any:
    """What page and command line do: each shot once, and how far every hit stands out."""
    return strengths(atlas, query, word_neighbours(atlas, query, COUNT))


def _by_numpy_alone(atlas: Atlas, query: NDArray[np.float32], offered: RowProducts | None) -> Any:
    """What is answered where TensorFlow has no compiler for this machine."""
    withdraw_products()
    found = word_neighbours(atlas, query, COUNT, every=True)
    if offered is not None:
        offer_products(offered)
    return found


def _agreement(atlas: Atlas, rows: NDArray[np.float32], query: NDArray[np.float32]) -> float:
    ours = word_neighbours(atlas, query, COUNT, every=True).frames
    exact = np.concatenate(
        [
            (rows[start : start + 50_000].astype(np.float64) @ query.astype(np.float64)).max(axis=1)
            for start in range(0, len(rows), 50_000)
        ]
    )
    right = np.argsort(-exact, kind="stable")[:COUNT]
    return len(set(ours.tolist()) & set(right.tolist())) / COUNT


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def table(report: dict[str, Any]) -> str:
    """Ours beside NumPy, as Markdown."""
    if not report["queries"]:
        return pictures_table(report["pictures"])
    names = list(report["queries"][0]["milliseconds"])
    rows: list[list[Cell]] = [
        [name, *(one["milliseconds"][name] for one in report["queries"])] for name in names
    ]
    heads = ["milliseconds a query", *(_case(one) for one in report["queries"])]
    notes = "; ".join(
        f"{_case(one)}: the first {one['first_query_seconds']} s, "
        f"{one['memory_megabytes']} MB, {one['same_answers']:.0%} of float64's answers"
        for one in report["queries"]
    )
    lines = [markdown(heads, rows), "", f"{notes}. Goal: {GOAL_MILLISECONDS} ms a million frames."]
    return "\n".join(
        [*lines, *(["", pictures_table(report["pictures"])] if report["pictures"] else [])]
    )


def _case(one: dict[str, Any]) -> str:
    return f"{one['frames']:,} frames, {one['crops']} row{'s' * (one['crops'] > 1)} each"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark words", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--frames", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument(
        "--crops", type=int, nargs="+", choices=(1, 2), default=[1, 2], help="rows of each frame"
    )
    parser.add_argument("--preset", type=Path, help="a folder that keras_hub saved")
    parser.add_argument("--architecture", nargs="+", choices=list(ARCHITECTURES), default=[])
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser
