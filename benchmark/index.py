"""``python -m benchmark index``: what a whole index costs beside its parts, and its memory.

CPU time of ``index`` (decoding, finding shots and describing at once) against decoding and shots
alone plus describing alone, each in a process of its own; then peak memory for 10,000 and 100,000
synthetic frames.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.index_steps import STEPS
from benchmark.machine import describe_machine, our_processor_seconds
from benchmark.peak import resident_megabytes
from benchmark.tables import Cell, markdown
from frameatlas.embedder.demo_videos import make_demo_videos


@dataclass
class Cost:
    """What one process took.

    Attributes:
        wall: Seconds.
        cpu: Seconds of processor time, FFmpeg's included.
        peak_mb: Largest resident memory of the Python process, in megabytes.
        frames: Frames handled.
    """

    wall: float
    cpu: float
    peak_mb: float
    frames: int


def measured(step: str, *arguments: str) -> Cost:
    """One step in a process of its own."""
    command = [sys.executable, "-m", "benchmark.index", "--step", step, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{step}: {done.stderr[-2000:]}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def _run_step(step: str, *arguments: str) -> int:
    started = time.perf_counter()
    frames = STEPS[step](*arguments)
    wall = time.perf_counter() - started
    cost = Cost(wall, our_processor_seconds(), resident_megabytes(), frames)
    print(json.dumps(vars(cost)))
    return 0


def main(argv: list[str]) -> int:
    """Measure, print a table or JSON."""
    if argv[:1] == ["--step"]:
        return _run_step(*argv[1:])
    parser = argparse.ArgumentParser(prog="python -m benchmark index", description=__doc__)
    parser.add_argument("--videos", type=Path, help="a folder of videos; else the demo's are made")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, nargs=2, default=[10_000, 100_000])
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        figures = {
            "benchmark": "index",
            "machine": describe_machine(),
            **_parts(Path(scratch), options),
            "memory": {
                str(n): vars(measured("memory", str(n), f"{scratch}/{n}.atlas", ""))
                for n in ([] if options.no_memory else options.frames)
            },
        }
    print(json.dumps(figures) if options.json else table(figures))
    return 0


def _parts(scratch: Path, options: argparse.Namespace) -> dict[str, Any]:
    videos = options.videos
    if videos is None:
        videos = scratch / "demo"
        make_demo_videos(videos)
    rounds: dict[str, list[Cost]] = {"index": [], "decode": [], "describe": []}
    for number in range(options.rounds):
        atlas = str(scratch / f"{number}.atlas")
        for step, costs in rounds.items():
            costs.append(measured(step, str(videos), atlas, options.engine))
        counts = {step: costs[-1].frames for step, costs in rounds.items()}
        if len(set(counts.values())) > 1:
            raise RuntimeError(f"Expected each step to handle the same frames. Received: {counts}.")
    ratios = [
        whole.cpu / (decode.cpu + describe.cpu)
        for whole, decode, describe in zip(*rounds.values(), strict=True)
    ]
    return {
        "data": str(videos.name),
        "frames": rounds["index"][0].frames,
        "engine": options.engine,
        "cpu_seconds": {k: float(np.median([c.cpu for c in v])) for k, v in rounds.items()},
        "wall_seconds": {k: float(np.median([c.wall for c in v])) for k, v in rounds.items()},
        "cpu_index_over_parts": {
            "median": float(np.median(ratios)),
            "min": min(ratios),
            "max": max(ratios),
        },
    }


def table(figures: dict[str, Any]) -> str:
    """The whole beside its parts, then memory, as Markdown."""
    cpu, wall = figures["cpu_seconds"], figures["wall_seconds"]
    ratio = figures["cpu_index_over_parts"]
    rows: list[list[Cell]] = [
        ["decoding and describing at once", cpu["index"], wall["index"]],
        ["decoding and finding shots alone", cpu["decode"], wall["decode"]],
        ["describing alone", cpu["describe"], wall["describe"]],
    ]
    spread = f", {ratio['min']:.2f} to {ratio['max']:.2f}" if ratio["min"] != ratio["max"] else ""
    lines = [
        markdown(["", "processor s", "wall s"], rows),
        "",
        f"{figures['frames']:,} frames of {figures['data']}, engine {figures['engine']}. At once "
        f"takes {ratio['median']:.2f} of the parts' processor time{spread}.",
    ]
    memory = [[int(n), cost["peak_mb"], cost["wall"]] for n, cost in figures["memory"].items()]
    if memory:
        lines += ["", markdown(["made-up frames, with map", "peak MB", "seconds"], memory)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
