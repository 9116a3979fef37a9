"""How well maps keep neighbours: ours beside PCA, the article's, UMAP, openTSNE and PaCMAP.

    python -m benchmark map [--data cifar digits clips people] [--atlas FOLDER] [--methods …]

Each method lays out all frames, then 80 % of them and places the other 20 %. Neighbours are those
by distance among the 256 components. ``atlas`` and ``article`` are measured before the stretch
(their code, in the JSON alone) and after it (their coordinates, as an atlas shows them).
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.machine import describe_machine
from benchmark.map_data import DATA, MapData, of_atlas, parts, there
from benchmark.map_figures import agreement, figures_of
from benchmark.map_methods import METHODS, USUAL, Fitted
from benchmark.map_process import measured
from benchmark.table_map import table

SEEDS = 3


def main(argv: list[str]) -> int:
    """Measure and print."""
    options = _parser().parse_args(argv)
    names = there(options.shared) if options.data is None else options.data
    datas = [DATA[name](options.shared) for name in names]
    datas += [of_atlas(folder) for folder in options.atlas]
    datas = [data.some(options.most) for data in datas]
    methods, absent = _there(options.methods)
    report: dict[str, Any] = {"benchmark": "map", "machine": describe_machine(), "absent": absent}
    report["frames"] = {data.name: len(data.scores) for data in datas}
    report["data"] = {
        data.name: {name: _measure(name, data, options.seeds) for name in methods} for data in datas
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmark map", description=__doc__)
    parser.add_argument("--data", nargs="*", choices=list(DATA), help="default: those there")
    parser.add_argument("--atlas", nargs="*", type=Path, default=[], help="atlases to measure on")
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=USUAL)
    parser.add_argument("--most", type=int, default=100_000, help="frames of each, by chance")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--json", action="store_true")
    return parser


def _there(names: list[str]) -> tuple[list[str], list[str]]:
    """The methods whose libraries are installed, and a line for each other."""
    missing = {name: METHODS[name].missing() for name in names}
    return [name for name in names if not missing[name]], [
        f"{name} was skipped: {' is not installed, '.join(lacking)} is not installed."
        for name, lacking in missing.items()
        if lacking
    ]


def _measure(name: str, data: MapData, seeds: int) -> dict[str, Any]:
    """Means over the seeds; a method that knows no seeds runs once."""
    runs = [
        measured(_one_seed, name, data, seed)
        for seed in range(seeds if METHODS[name].seeded else 1)
    ]
    places = [run.pop("places") for run in runs]
    report: dict[str, Any] = {"seeds": len(runs)}
    for key in runs[0]:
        report[key] = _mean([run[key] for run in runs])
    if len(places) > 1:
        report["agreement"] = round(agreement(places), 3)
    return report


def _one_seed(name: str, data: MapData, seed: int) -> dict[str, Any]:
    """All frames; then 80 % fitted and 20 % placed."""
    method = METHODS[name]
    whole, seconds, cpu = method.timed_fit(data.scores, data.paths, seed)
    report: dict[str, Any] = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "fitted": _of(whole, data),
        "places": whole.places,
    }
    old, new = parts(len(data.scores), seed)
    part, _, _ = method.timed_fit(data.scores[old], data.paths[old], seed)
    if part.place is not None:
        placed = part.place(data.scores[new])
        report["placed"] = figures_of(data.take(new), placed)
    return report


def _of(fitted: Fitted, data: MapData) -> dict[str, Any]:
    report: dict[str, Any] = {**figures_of(data, fitted.places)}
    if fitted.code is not None:
        report["code"] = figures_of(data, fitted.code)
    return report


def _mean(values: list[Any]) -> Any:
    """The mean of numbers, key by key; None where one is missing."""
    if isinstance(values[0], dict):
        return {key: _mean([value[key] for value in values]) for key in values[0]}
    if any(value is None for value in values):
        return None
    return round(float(np.mean(values)), 4)
