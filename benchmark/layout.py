"""The article's layout: our compiled training against plain Keras ``fit`` on the same model.

    python -m benchmark layout [--frames 67000] [--json]

On made-up scores (256 numbers, a film's drift between a few hundred scenes). Plain ``fit`` trains
the same encoder and decoder with the same reconstruction and std terms (but no triplets, which
``fit`` has no place for) in batches of 32, Keras' own default, on a slice of the frames; its time
for as many passes over all frames is computed from that slice, and the report says so.
"""

import argparse
import json
import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.machine import describe_machine
from benchmark.tables import Cell, markdown
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.layout.autoencoder import build_decoder, build_encoder
from frameatlas.embedder.layout.registry import fit_layout
from frameatlas.options import LayoutOptions

COMPONENTS = 256
GOAL_SECONDS = 60
SLICE = 3200
"""Frames that plain ``fit`` is timed on, one pass after one to warm up."""


def main(argv: list[str]) -> int:
    """Train both and print what came out."""
    options = _parser().parse_args(argv)
    import_tensorflow()  # here, so that neither the clock nor who only wants the table waits for it
    scores = make_scores(options.frames)
    report: dict[str, Any] = {
        "benchmark": "layout",
        "machine": describe_machine(),
        "frames": options.frames,
        "components": COMPONENTS,
        "ours": _measure_ours(scores),
    }
    passes = report["ours"]["passes"]
    report["keras_fit"] = _measure_keras(scores, passes)
    report["speedup"] = round(report["keras_fit"]["seconds"] / report["ours"]["seconds"], 1)
    print(json.dumps(report) if options.json else table(report))
    return 0


def make_scores(frames: int) -> NDArray[np.float32]:
    """Scores of shape (frames, 256), root mean square 1: scenes of about 200 frames, drifting."""
    random = np.random.default_rng(0)
    strength = (1.0 + np.arange(COMPONENTS)) ** -0.5
    scenes = random.normal(size=(math.ceil(frames / 200), COMPONENTS)) * strength
    scores = np.repeat(scenes, 200, axis=0)[:frames].astype(np.float32)
    drift = random.standard_normal((frames, COMPONENTS), np.float32)
    scores += 0.5 * drift * strength.astype(np.float32)
    scores -= scores.mean(axis=0)
    return np.asarray(scores / np.sqrt(np.mean(np.square(scores))), np.float32)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmark layout", description=__doc__)
    parser.add_argument("--frames", type=int, default=67_000)
    parser.add_argument("--json", action="store_true")
    return parser


def _measure_ours(scores: NDArray[np.float32]) -> dict[str, Any]:
    """The whole of ``fit_layout``, compiling included."""
    wall, cpu = time.perf_counter(), time.process_time()
    paths = np.arange(len(scores)) // 200
    layout = fit_layout("article", scores, settings=LayoutOptions(), paths=paths)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    report = layout.report
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
        "passes": report["steps"] * report["batch"] / max(report["frames_trained"], 1),
        **{key: report[key] for key in ("steps", "batch", "losses", "mean", "std", "saturated")},
    }


def _measure_keras(scores: NDArray[np.float32], passes: float) -> dict[str, Any]:
    """Plain ``fit`` on a slice, and what that makes of all frames and passes."""
    import keras

    encoder, decoder = build_encoder(COMPONENTS), build_decoder(COMPONENTS)
    both = keras.Sequential([encoder, decoder])
    both.compile(keras.optimizers.Adam(0.001), "mse")
    part = scores[:SLICE]
    both.fit(part[:320], part[:320], batch_size=32, epochs=1, verbose=0)
    wall = time.perf_counter()
    both.fit(part, part, batch_size=32, epochs=1, verbose=0)
    seconds = time.perf_counter() - wall
    return {
        "seconds": round(seconds * passes * len(scores) / len(part), 1),
        "measured_seconds": round(seconds, 2),
        "measured_frames": len(part),
        "extrapolated": True,
    }


def table(report: dict[str, Any]) -> str:
    """Our loop beside Keras' own, as Markdown."""
    ours, plain = report["ours"], report["keras_fit"]
    few = f"{plain['measured_frames']:,} frames"
    rows: list[list[Cell]] = [
        ["ours, one compiled loop", ours["seconds"], ours["cpu_seconds"]],
        [
            "the same model by Keras' `fit`, batches of 32",
            plain["seconds"],
            None,
            f"{report['speedup']:.1f} × ours; computed from {few}",
        ],
    ]
    return "\n".join(
        [
            markdown(["", "seconds", "processor s", ""], rows),
            "",
            f"{report['frames']:,} × {report['components']} made-up scores, "
            f"{ours['passes']:.0f} passes, layout `article`. Goal: {GOAL_SECONDS} s for 67,000.",
        ]
    )
