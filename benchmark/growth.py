"""Growth: time and memory of every step at 1,000 to 1,000,000 frames, and their slopes.

    python -m benchmark growth [--largest 100000] [--plot FILE.png] [--json]

Frames are generated, 64 × 36 pixels, and features, 4096 numbers as always, come from a stand-in for
the network; all else is what the commands do. Every step runs in a process of its own, so that its
peak of memory is its own: what no file backs, sampled, and all that was resident. The slope is that
of a line through the logarithms (1: as much longer as there are more frames; 0: no longer).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.growth_plot import draw
from benchmark.growth_steps import STEPS
from benchmark.machine import describe_machine
from benchmark.tables import Cell, markdown

SMALLEST = 1_000
BYTES_A_FRAME = 18_000
"""On the disk while the largest atlas is there: pictures, features, scores twice, and tables."""

Row = dict[str, Any]


def main(argv: list[str]) -> int:
    """Measure, and print the figures."""
    options = _parser().parse_args(argv)
    sizes = sizes_up_to(options.largest)
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        lacking = no_room(Path(folder), sizes[-1])
        if lacking:
            print(lacking, file=sys.stderr)
            return 2
        report = {
            "benchmark": "growth",
            "machine": describe_machine(),
            "sizes": sizes,
            "steps": [row for frames in sizes for row in measured(Path(folder), frames)],
        }
    if options.plot:
        draw(report, options.plot)
    print(json.dumps(report) if options.json else table(report))
    return 0


def sizes_up_to(largest: int) -> list[int]:
    """1,000, 10,000, … below the largest, and the largest."""
    tens = [SMALLEST * 10**i for i in range(9)]
    return [*(size for size in tens if size < largest), largest]


def no_room(folder: Path, frames: int) -> str:
    """A sentence where the disk is too small for so many frames; else ""."""
    wanted, free = frames * BYTES_A_FRAME, shutil.disk_usage(folder).free
    if wanted <= free:
        return ""
    return (
        f"Expected {wanted / 1e9:.1f} GB for {frames:,} generated frames in {folder.parent}. "
        f"Received: {free / 1e9:.1f} GB free. Name a larger disk with --scratch, or fewer frames "
        "with --largest."
    )


def measured(folder: Path, frames: int) -> list[Row]:
    """All steps on an atlas of so many frames, which is removed afterwards."""
    atlas = folder / f"{frames}.atlas"
    atlas.mkdir()
    rows = []
    for name in STEPS:
        print(f"{frames:,} frames: {name}", file=sys.stderr)
        rows.append({"step": name, "frames": frames, **run_step(name, atlas, frames)})
    shutil.rmtree(atlas)
    return rows


def run_step(name: str, atlas: Path, frames: int) -> Row:
    """One step in a process of its own: its seconds, and the most memory that it held."""
    command = [sys.executable, "-m", "benchmark.growth_steps", name, str(atlas), str(frames)]
    # The stand-in's products are so small that sharing them among threads takes longer.
    alone = {"OPENBLAS_NUM_THREADS": "1"} if name == "index" else {}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | alone
    )
    if done.returncode:
        raise RuntimeError(f"{name} of {frames} frames: {done.stderr[-2000:]}")
    figures: Row = json.loads(done.stdout.splitlines()[-1])
    return figures


def slope(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Of the line through the logarithms of both, by least squares; nan for a single size."""
    if len(sizes) < 2:
        return float("nan")
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(values, 1e-6)), 1)[0])


def series(report: Row, kind: str = "seconds") -> dict[str, list[float]]:
    """For each thing done, the seconds at every size.

    Args:
        report: As ``--json`` prints it.
        kind: "seconds" of the clock, or "processor_seconds".
    """
    found: dict[str, list[float]] = {}
    for row in report["steps"]:
        for name, value in row[kind].items():
            found.setdefault(name, []).append(value)
    return found


def memory(report: Row, kind: str = "own_megabytes") -> dict[str, list[float]]:
    """For each step, megabytes at every size: "own_megabytes", or "resident_megabytes"."""
    found: dict[str, list[float]] = {}
    for row in report["steps"]:
        found.setdefault(row["step"], []).append(row[kind])
    return found


def table(report: Row) -> str:
    """Time, then memory, as Markdown."""
    sizes: list[int] = report["sizes"]
    heads = [f"{size:,}" for size in sizes]
    processor = series(report, "processor_seconds")
    times: list[list[Cell]] = [
        [name, *values, *_slopes(sizes, values), processor[name][-1]]
        for name, values in series(report).items()
    ]
    resident = memory(report, "resident_megabytes")
    memories: list[list[Cell]] = [
        [name, *values, *_slopes(sizes, values), bytes_a_frame(sizes, values), resident[name][-1]]
        for name, values in memory(report).items()
    ]
    slopes = ["slope", "last slope"] if len(sizes) > 1 else []
    own = "peak MB of its own"
    return "\n".join(
        [
            markdown(["seconds, by frames", *heads, *slopes, "processor s"], times),
            "",
            markdown([own, *heads, *slopes, "bytes a frame", "all resident"], memories),
            "",
            "Last slope, and bytes a frame: between the two largest sizes. Processor seconds, and "
            "all resident memory (mapped files too): at the largest.",
        ]
    )


def _slopes(sizes: Sequence[int], values: Sequence[float]) -> list[str]:
    """Over all sizes, and over the last two."""
    if len(sizes) < 2:
        return []
    return [f"{slope(sizes, values):.2f}", f"{slope(sizes[-2:], values[-2:]):.2f}"]


def bytes_a_frame(sizes: Sequence[int], values: Sequence[float]) -> int | None:
    """What a further frame added to the memory, megabytes at every size being given."""
    if len(sizes) < 2:
        return None
    return round(1e6 * (values[-1] - values[-2]) / (sizes[-1] - sizes[-2]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark growth", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--largest", type=_frames, default=100_000, help="frames, at the end")
    parser.add_argument("--plot", type=Path, help="draw both as a PNG")
    parser.add_argument("--scratch", type=Path, help="folder with room for 18 KB a frame")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def _frames(text: str) -> int:
    frames = int(text)
    if frames < SMALLEST:
        raise argparse.ArgumentTypeError(f"Expected {SMALLEST} frames or more. Received: {text}.")
    return frames
