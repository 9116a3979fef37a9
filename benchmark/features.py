"""Crops described a second: our engines against Keras' ``predict`` on the same crops.

    python -m benchmark features [--crops 48] [--rounds 3] [--quick] [--json]

The peers take turns, and the median of the rounds counts, so that what else the machine does
meanwhile falls on all alike. Crops per second of processor time stand beside those per second of
the clock: on a busy machine they are the steadier figure. Keras is the reference for the numbers
too: the smallest cosine between its features and an engine's.
"""

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmark.machine import NOT_INSTALLED, describe_machine
from benchmark.tables import Cell, markdown
from frameatlas.embedder.describe.engine import is_installed, open_engine
from frameatlas.embedder.describe.features import square_crops
from frameatlas.embedder.describe.weights import load_xception

Describe = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""uint8 (m, 299, 299, 3), RGB → float32 (m, 2048)."""

NAMES = {
    "keras": "Keras `predict`, batches of 32",
    "tensorflow": "ours, TensorFlow",
    "openvino": "ours, OpenVINO",
    "openvino float32": "ours, OpenVINO, `--precision float32`",
    "openvino int8": "ours, OpenVINO, `--precision int8`",
}
"""What takes turns: Keras, else an engine and, where there is another word, its precision."""

GOALS = {"tensorflow": 1.7, "openvino": 2.3}
"""Times Keras' crops per second, on a processor with bfloat16."""


def main(argv: list[str]) -> int:
    """Measure, and print the figures."""
    options = _parser().parse_args(argv)
    crops_count, rounds = (16, 2) if options.quick else (options.crops, options.rounds)
    frames, boxes = made_up_frames((crops_count + 1) // 2)
    started = time.process_time()
    crops, _ = square_crops(frames, boxes)
    cropping = (time.process_time() - started) / len(crops)
    peers, opening, identities = open_peers()
    report = {
        "benchmark": "features",
        "machine": describe_machine(),
        "crops": len(crops),
        "rounds": rounds,
        "cropping_cpu_milliseconds_per_crop": 1000 * cropping,
        "identities": identities,
        "seconds_to_open": opening,
        "peers": measure(peers, crops, rounds),
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def made_up_frames(count: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Frames of 534 × 300 with large and small shapes, and their boxes, which are whole."""
    random = np.random.default_rng(0)
    frames = np.empty((count, 300, 534, 3), np.uint8)
    for frame in frames:
        mixed = np.zeros((300, 534, 3))
        for cells, share in ((4, 0.5), (16, 0.3), (64, 0.2)):
            noise = random.integers(0, 256, (cells, 2 * cells, 3), dtype=np.uint8)
            mixed += share * np.asarray(Image.fromarray(noise).resize((534, 300)))
        frame[:] = mixed.round()
    return frames, np.tile(np.array([[0, 0, 534, 300]], np.int32), (count, 1))


def open_peers() -> tuple[dict[str, Describe], dict[str, float], dict[str, str]]:
    """What is compared, the seconds that opening each took, and the engines' identities."""
    started = time.perf_counter()
    model = load_xception()
    opening = {"keras": time.perf_counter() - started}
    peers: dict[str, Describe] = {"keras": lambda crops: _predict(model, crops)}
    identities = {"keras": "model.predict, float32, batches of 32"}
    for name in list(NAMES)[1:]:
        library, *wished = name.split()
        if not is_installed(library):
            continue
        started = time.perf_counter()
        engine = open_engine(library, precision=wished[0] if wished else "auto")
        opening[name] = time.perf_counter() - started
        peers[name], identities[name] = engine.describe, engine.identity
    return peers, opening, identities


def _predict(model: Any, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    scaled = crops.astype(np.float32) / np.float32(127.5) - np.float32(1)
    features: NDArray[np.float32] = model.predict(scaled, batch_size=32, verbose=0)
    return features


def measure(
    peers: dict[str, Describe], crops: NDArray[np.uint8], rounds: int
) -> dict[str, dict[str, float]]:
    """Rounds in turn; medians, ratios to Keras, and the cosine to its features."""
    wall: dict[str, list[float]] = {name: [] for name in peers}
    cpu: dict[str, list[float]] = {name: [] for name in peers}
    features = {name: describe(crops) for name, describe in peers.items()}  # also warms up
    for _ in range(rounds):
        for name, describe in peers.items():
            clock, processor = time.perf_counter(), time.process_time()
            describe(crops)
            wall[name].append(len(crops) / (time.perf_counter() - clock))
            cpu[name].append(len(crops) / (time.process_time() - processor))
    return {
        name: {
            "crops_per_second": statistics.median(wall[name]),
            "crops_per_cpu_second": statistics.median(cpu[name]),
            "times_keras": _ratio(wall[name], wall["keras"]),
            "times_keras_cpu": _ratio(cpu[name], cpu["keras"]),
            "smallest_cosine_to_keras": smallest_cosine(features[name], features["keras"]),
        }
        for name in peers
    }


def _ratio(ours: list[float], keras: list[float]) -> float:
    """Median of the rounds' ratios: both sides of each were measured one after the other."""
    return statistics.median(a / b for a, b in zip(ours, keras, strict=True))


def smallest_cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The smallest cosine between rows of two arrays of features."""
    a, b = one.astype(np.float64), other.astype(np.float64)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return float(((a * b).sum(axis=1) / norms).min())


def precision(identity: str) -> str:
    """The kind of number that an engine works with, such as bfloat16, from its identity."""
    kinds = ("float32", "float16", "bfloat16", "int8")
    return next((kind for word in re.split(r"\W+", identity) for kind in kinds if word == kind), "")


def table(report: dict[str, Any]) -> str:
    """The engines beside Keras, as Markdown."""
    rows: list[list[Cell]] = []
    for name, text in NAMES.items():
        figures = report["peers"].get(name)
        if figures is None:
            rows.append([text, NOT_INSTALLED])
            continue
        rows.append(
            [
                text,
                precision(report["identities"][name]),
                figures["crops_per_second"],
                f"{figures['times_keras']:.2f}",
                figures["crops_per_cpu_second"],
                f"{figures['times_keras_cpu']:.2f}",
                f"{figures['smallest_cosine_to_keras']:.7f}",
                report["seconds_to_open"][name],
            ]
        )
    heads = ["", "in", "crops a second", "× Keras", "a processor second", "× Keras"]
    goals = " and ".join(f"{NAMES[name]}, {goal}" for name, goal in GOALS.items())
    return "\n".join(
        [
            markdown([*heads, "cosine to Keras", "s to open"], rows),
            "",
            f"{report['crops']} crops, median of {report['rounds']} rounds in turn; "
            f"cropping takes {report['cropping_cpu_milliseconds_per_crop']:.1f} ms of processor "
            f"time a crop. Goals on processors with bfloat16: {goals} times Keras' crops a second.",
        ]
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark features", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--crops", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="16 crops, 2 rounds")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser
