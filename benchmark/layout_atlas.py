"""The default layout alone: how long until it is fitted, and until every frame has its place.

    python -m benchmark layout_atlas [--frames 67000] [--json]

On the made-up scores of ``benchmark layout``, in a process of its own for the sake of its peak
memory, in which the scores themselves are held. Peers are in ``benchmark map``.
"""

import argparse
import json
import time
from typing import Any

import numpy as np

from benchmark.layout import COMPONENTS, make_scores
from benchmark.machine import describe_machine
from benchmark.map_process import measured
from benchmark.tables import Cell, markdown
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.layout.out_of_sample import to_float16
from frameatlas.embedder.layout.registry import fit_layout
from frameatlas.embedder.map.place_frames import place_frames
from frameatlas.options import LayoutOptions

GOALS = "3 minutes for 67,000 frames, 30 for a million"


def main(argv: list[str]) -> int:
    """Fit, place and print."""
    parser = argparse.ArgumentParser("python -m benchmark layout_atlas", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--frames", type=int, nargs="+", default=[67_000])
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args(argv)
    report: dict[str, Any] = {
        "benchmark": "layout_atlas",
        "machine": describe_machine(),
        "components": COMPONENTS,
        "sizes": [{"frames": n, **measured(measure, n)} for n in options.frames],
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def measure(frames: int) -> dict[str, Any]:
    """``fit_layout`` and the codes of all frames, compiling included."""
    import_tensorflow()
    scores = make_scores(frames)
    paths = np.arange(frames) // 200
    wall, cpu = time.perf_counter(), time.process_time()
    layout = fit_layout("atlas", scores, settings=LayoutOptions(), paths=paths)
    fitted = time.perf_counter() - wall
    place_frames(layout, to_float16(scores), 0)
    return {
        "fit_seconds": round(fitted, 2),
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "arranged": layout.report["frames_trained"],
        "scores_megabytes": scores.nbytes / 1e6,
    }


def table(report: dict[str, Any]) -> str:
    """A row for each size, as Markdown."""
    heads = ["frames", "arranged", "fitted after s", "s", "processor s", "peak MB", "scores, MB"]
    keys = ("fit_seconds", "seconds", "cpu_seconds", "peak_megabytes", "scores_megabytes")
    rows: list[list[Cell]] = [
        [size["frames"], size["arranged"], *(round(size[key]) for key in keys)]
        for size in report["sizes"]
    ]
    return f"{markdown(heads, rows)}\n\nGoals: {GOALS}."
