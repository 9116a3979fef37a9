"""Nearest frames among a million: ours against scikit-learn, NumPy and FAISS, and equal answers.

    python -m benchmark search [--frames 1000000] [--queries 20] [--json]

The scores are made up like those of films: sources of some minutes, frames that drift, components
whose width falls as a principal component analysis' does. Peers hold normalised float32 in memory
before the clock starts; ours opens a memory-mapped float16 file. The peers take turns and the
median of the queries counts; processor time stands beside the clock's, which other programs slow.
Answers are compared with NumPy in float64 on the same float16 scores.
"""

import argparse
import importlib
import importlib.util
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from benchmark.machine import NOT_INSTALLED, describe_machine
from benchmark.peak import own_megabytes
from benchmark.tables import Cell, markdown
from frameatlas import Atlas, Source, open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.search.cosine_scan import cosines_of
from frameatlas.search.neighbours import frame_neighbours, neighbours
from frameatlas.store.manifest import Made, Manifest, MapRecord

COMPONENTS = 256
FRAMES_A_SOURCE = 2000
COUNT = 20
GOAL_MILLISECONDS = 150

Search = Callable[[int], NDArray[np.int64]]
"""Number of a frame → the frames most like it, itself among them."""


def main(argv: list[str]) -> int:
    """Measure, and print the figures."""
    options = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        atlas = made_up_atlas(Path(folder) / "large.atlas", options.frames)
        report = {
            "benchmark": "search",
            "machine": describe_machine(),
            "frames": len(atlas),
            "queries": options.queries,
            **measured(atlas, options.queries, peers=not options.alone),
        }
    print(json.dumps(report) if options.json else table(report))
    return 0


def made_up_atlas(folder: Path, frames: int) -> Atlas:
    """An atlas of scores alone: nothing else is read by a search."""
    rng = np.random.default_rng(0)
    place = folder / "maps" / "made-up"
    place.mkdir(parents=True)
    width = np.linspace(1, COMPONENTS, COMPONENTS) ** -0.6
    scores = np.lib.format.open_memmap(place / "scores.npy", "w+", np.float16, (frames, COMPONENTS))
    sources: list[Source] = []
    for first in range(0, frames, FRAMES_A_SOURCE):
        count = min(FRAMES_A_SOURCE, frames - first)
        drift = rng.normal(0, 0.15, (count, COMPONENTS)).cumsum(axis=0)
        shots = rng.normal(0, 1, (count // 15 + 1, COMPONENTS))[np.arange(count) // 15]
        scores[first : first + count] = (shots + 0.3 * drift / np.sqrt(15)) * width * 4
        number = f"{first:032x}"
        sources.append(Source(number, f"/{number}.mp4", "video", "ok", "", number, count))
    scores.flush()
    made = Made(3.0, 300, "0" * 64, "tensorflow")
    record = MapRecord("made-up", frames, len(sources))
    (folder / MANIFEST).write_text(Manifest(made, tuple(sources), record).to_json())
    return open_atlas(folder)


def measured(atlas: Atlas, queries: int, *, peers: bool) -> dict[str, Any]:
    """Milliseconds of each way to search, and whether the answers agree."""
    frames = np.random.default_rng(1).integers(0, len(atlas), queries).tolist()
    searches: dict[str, Search] = {
        "frameatlas": lambda frame: neighbours(atlas, _query(atlas, frame), COUNT).frames,
        "frameatlas, one a video": lambda frame: (
            frame_neighbours(atlas, frame, COUNT, one_per_source=True).frames
        ),
    }
    before = own_megabytes()
    first, _ = timed(searches["frameatlas"], frames[0])
    ours = own_megabytes() - before
    if peers:
        searches |= open_peers(atlas)
    figures: dict[str, list[float]] = {name: [] for name in searches}
    processor: dict[str, list[float]] = {name: [] for name in searches}
    answers: dict[str, list[list[int]]] = {name: [] for name in searches}
    for frame in frames:
        for name, search in searches.items():
            begun = time.process_time()
            seconds, found = timed(search, frame)
            figures[name].append(1000 * seconds)
            processor[name].append(1000 * (time.process_time() - begun))
            answers[name].append(found.tolist())
    right = [exact_answer(atlas, frame) for frame in frames[: min(queries, 5)]]
    return {
        "first_query_seconds": round(first, 2),
        "memory_megabytes": round(ours),
        "slack": round(cosines_of(atlas).slack, 5),
        "milliseconds": {
            name: {
                "median": round(statistics.median(figures[name]), 1),
                "largest": round(max(figures[name]), 1),
                "processor": round(statistics.median(processor[name]), 1),
            }
            for name in searches
        },
        "share_of_float64_answers": {
            name: shares(found, right)
            for name, found in answers.items()
            if name != "frameatlas, one a video"
        },
    }


def open_peers(atlas: Atlas) -> dict[str, Search]:
    """The others, holding normalised float32."""
    scores = np.asarray(atlas.scores, np.float32)
    scores /= np.linalg.norm(scores, axis=1, keepdims=True)
    model = NearestNeighbors(n_neighbors=COUNT, algorithm="brute", metric="cosine").fit(scores)

    def plain(frame: int) -> NDArray[np.int64]:
        cosines = scores @ scores[frame]
        best = np.argpartition(-cosines, COUNT)[:COUNT]
        return best[np.argsort(-cosines[best])]

    found: dict[str, Search] = {
        "scikit-learn": lambda frame: model.kneighbors(scores[frame : frame + 1])[1][0],
        "NumPy, float32": plain,
    }
    if importlib.util.find_spec("faiss") is None:
        return found
    faiss = importlib.import_module("faiss")
    index = faiss.IndexFlatIP(scores.shape[1])
    index.add(scores)
    found["FAISS, IndexFlatIP"] = lambda frame: index.search(scores[frame : frame + 1], COUNT)[1][0]
    return found


def exact_answer(atlas: Atlas, frame: int) -> list[int]:
    """The frames most like one, in float64."""
    query = np.asarray(atlas.scores[frame], np.float64)
    cosines = np.empty(len(atlas))
    for first in range(0, len(atlas), 1 << 16):
        rows = np.asarray(atlas.scores[first : first + (1 << 16)], np.float64)
        cosines[first : first + len(rows)] = rows @ query / np.linalg.norm(rows, axis=1)
    return [int(frame) for frame in np.argsort(-cosines, kind="stable")[:COUNT]]


def shares(found: list[list[int]], right: list[list[int]]) -> float:
    """Share of the right frames that were found."""
    both = [len(set(a) & set(b)) for a, b in zip(found, right, strict=False)]
    return sum(both) / sum(len(answer) for answer in right)


def timed(search: Search, frame: int) -> tuple[float, NDArray[np.int64]]:
    """Seconds, and the answer."""
    started = time.perf_counter()
    found = search(frame)
    return time.perf_counter() - started, found


def _query(atlas: Atlas, frame: int) -> NDArray[np.float32]:
    return np.asarray(atlas.scores[frame], np.float32)


def table(report: dict[str, Any]) -> str:
    """Ours beside the peers, as Markdown."""
    rows: list[list[Cell]] = []
    for name, figures in report["milliseconds"].items():
        share = report["share_of_float64_answers"].get(name)
        said = "" if share is None else f"{share:.1%}"
        rows.append([name, figures["median"], figures["largest"], figures["processor"], said])
    if not any(name.startswith("FAISS") for name in report["milliseconds"]):
        rows.append(["FAISS, IndexFlatIP", NOT_INSTALLED])
    heads = ["", "median ms", "largest ms", "processor ms", f"the same {COUNT} as in float64"]
    return "\n".join(
        [
            markdown(heads, rows),
            "",
            f"{report['frames']:,} frames of {COMPONENTS} components, {report['queries']} queries. "
            f"The first takes {report['first_query_seconds']} s and "
            f"{report['memory_megabytes']} MB. Goal: {GOAL_MILLISECONDS} ms a million frames.",
        ]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark search", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--alone", action="store_true", help="without the peers")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser
