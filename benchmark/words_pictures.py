"""Pictures a second by networks of a user, beside Xception, in turns on the same frames."""

import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.tables import Cell, markdown

BLOCK = 8
"""Frames of 300 pixels described at once, two crops each."""

ROUNDS = 3

SENTENCE = "a red car at night"


def described(presets: Mapping[str, Path]) -> list[dict[str, Any]]:
    """Figures of Xception, by each engine that is installed, and of every preset.

    Args:
        presets: Folders that keras_hub saved, by what they are called in the table.
    """
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (BLOCK, 300, 534, 3), dtype=np.uint8)
    boxes = np.tile(np.array([0, 0, 534, 300], np.int32), (BLOCK, 1))
    ways = _opened(presets)
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for turn in range(1 + ROUNDS):
        for name, way in ways.items():
            figures = _seconds(way, pixels, boxes)
            if turn:  # the first traces and fills caches
                spent[name].append(figures)
    found = [_row(name, way, spent[name]) for name, way in ways.items()]
    for way in ways.values():
        way.close()
    return found


def _opened(presets: Mapping[str, Path]) -> dict[str, Any]:
    from frameatlas.embedder.describe.descriptor import XceptionDescriptor
    from frameatlas.embedder.describe.engine import is_installed, open_engine
    from frameatlas.embedder.describe.networks import find_network, open_network

    engines = ["tensorflow", *(["openvino"] if is_installed("openvino") else [])]
    ways: dict[str, Any] = {f"Xception, {e}": XceptionDescriptor(open_engine(e)) for e in engines}
    for name, folder in presets.items():
        network = find_network(str(folder))
        ways[f"{name}, {network.side} pixels"] = open_network(network, "auto", open_engine)
    return ways


def _seconds(way: Any, pixels: Any, boxes: Any) -> tuple[float, float]:
    """Wall and processor seconds of one block."""
    from frameatlas.embedder.describe.features import describe_frames

    wall, processor = time.perf_counter(), time.process_time()
    describe_frames(way, pixels, boxes)
    return time.perf_counter() - wall, time.process_time() - processor


def _row(name: str, way: Any, spent: list[tuple[float, float]]) -> dict[str, Any]:
    wall, processor = (min(one[i] for one in spent) for i in (0, 1))
    row = {
        "network": name,
        "numbers_a_crop": way.width,
        "pictures_a_second": round(BLOCK / wall, 2),
        "processor_seconds_a_picture": round(processor / BLOCK, 3),
    }
    if hasattr(way, "words") and _tokenizer(way):
        way.words([SENTENCE])
        times = [_wall(partial(way.words, [SENTENCE])) for _ in range(5)]
        row["milliseconds_a_sentence"] = round(1000 * min(times))
    return row


def _tokenizer(way: Any) -> bool:
    from frameatlas.errors import WeightsError

    try:
        way.words(["a"])
    except WeightsError:  # made without one, or knows pictures only
        return False
    return True


def _wall(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def table(rows: list[dict[str, Any]]) -> str:
    """Each network's figures, as Markdown."""
    first = rows[0]["processor_seconds_a_picture"]
    cells: list[list[Cell]] = [
        [
            row["network"],
            row["pictures_a_second"],
            row["processor_seconds_a_picture"],
            first / row["processor_seconds_a_picture"],
            row.get("milliseconds_a_sentence"),
        ]
        for row in rows
    ]
    heads = [
        *("two crops of each picture by", "pictures a second", "processor s a picture"),
        *("of Xception by TensorFlow", "ms a sentence"),
    ]
    return markdown(heads, cells)
