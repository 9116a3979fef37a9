"""Learning who is who: which losses pay on drawn people, and what describes real crops best.

    python -m benchmark learn [--data drawn|people] [--seeds 3] [--rows NAME…] [--json]
    python -m benchmark learn --data adapt|collapse|mask|evaluation
    python -m benchmark learn --market DIR [--systems baseline unb trento]
    python -m benchmark learn --gpu

Drawn people, 80 to learn from and 60 others by three cameras, 64 × 32, the backbone ``tiny``: these
rank ideas and claim nothing. ``--data people`` ranks 303 crops of PETS09-S2L1 by features
that are there without learning: what ``players rank`` does by default must not be the worse.
``--market`` trains on the user's own copy of a public set; ``--gpu`` takes some minutes on one.
Rows are told as they come, so that an interrupted run is not for nothing.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.learn_people import people_rows
from benchmark.learn_plans import SMALL
from benchmark.learn_scale import FULL, evaluation_rows, gpu_rows, market_rows
from benchmark.learn_scale import SMALL as SMALL_SCALE
from benchmark.learn_systems import SYSTEMS, drawn_game, mask_of
from benchmark.machine import describe_machine
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.reid.learn.descriptor import make_descriptor
from frameatlas.reid.learn.evaluation import evaluate
from frameatlas.reid.learn.networks.masks import SEEN, trained_mask_of
from frameatlas.reid.learn.sets.drawn_people import Drawn
from frameatlas.reid.learn.training.objectives import network_for, objective_for
from frameatlas.reid.learn.training.train_plan import plan_of
from frameatlas.reid.learn.training.trainer import Trainer

SHARED = Path(__file__).parents[2] / "shared" / "data" / "people"
PLAIN: dict[str, Any] = {"triplet_weight": 0.0, "smoothing": 0.0}

ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "ID": ("baseline", {**PLAIN, "head": "plain"}),
    "ID + BNNeck": ("baseline", PLAIN),
    "+ smoothing": ("baseline", {"triplet_weight": 0.0}),
    "+ triplet": ("baseline", {}),
    "+ centres .005": ("baseline", {"centre_weight": 0.005}),
    "ID + attributes": ("trento", {"head": "attributes", "rotate": 0.0}),
    "ID + attributes, re-weighted": ("trento", {"rotate": 0.0}),
    "siamese, unit length, half equal": (
        "siamese",
        {"head": "unit", "margin": 1.0, "equal_share": 0.5},
    ),
    "siamese, margin 100, as published": ("siamese", {"rate": 1e-3}),
}
"""Systems by the name of their row: the tricks one after the other, then the others."""

MASKS = ("plain", "predicted mask", "true mask")


def main(argv: list[str]) -> int:
    """Train, score and print."""
    options = _parser().parse_args(argv)
    import_tensorflow()
    rows = []
    for row in rows_of(options):
        rows.append(row)
        print(json.dumps(row), file=sys.stderr, flush=True)
    data = "gpu" if options.gpu else "own" if options.market else options.data or "drawn"
    report = {"machine": describe_machine(), "data": data, "rows": rows}
    sys.stdout.write(json.dumps(report) + "\n" if options.json else table(report) + "\n")
    return 0


def rows_of(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The rows that the options ask for."""
    if options.gpu:
        yield from gpu_rows(SMALL_SCALE if options.short else FULL)
    elif options.market:
        changes = {"epochs": options.epochs}
        yield from market_rows(options.market, tuple(options.systems), **changes)
    elif options.data == "people":
        yield from people_rows(options.folder, options.keep)
    elif options.data == "evaluation":
        yield from evaluation_rows(*((40, 90, 16) if options.short else ()))
    elif options.data in SYSTEMS:
        for seed in range(options.seeds):
            yield from SYSTEMS[options.data](seed)
    else:
        for name in options.rows:
            for seed in range(options.seeds):
                yield {"way": name, "seed": seed, **scores(seed, name)}


def scores(seed: int, name: str) -> dict[str, float]:
    """Train one row and score it on people that it never saw."""
    drawn = drawn_game(seed)
    if name in MASKS:
        return learn(masked(drawn, name, seed), "baseline", {"seed": seed})
    system, changes = ROWS[name]
    return learn(drawn, system, {**changes, "seed": seed})


def learn(drawn: Drawn, system: str, changes: dict[str, Any]) -> dict[str, float]:
    """Train a system on drawn people."""
    plan = plan_of(system, **(SMALL | changes))
    store = drawn.store()
    network = network_for(store, plan)
    Trainer(objective_for(store, plan, network), plan, plan.steps).train()
    found = evaluate(make_descriptor(network, {}), store).scores["standard"]
    return {"mAP": found.mean_precision, "rank-1": float(found.cmc[0])}


def masked(drawn: Drawn, name: str, seed: int) -> Drawn:
    """The pictures with black around people, by their true masks or by a network's."""
    if name == "plain":
        return drawn
    if name == "true mask":
        return drawn.masked()
    mask, _ = mask_of(drawn, seed)
    found = trained_mask_of(mask.network.embed, mask.size)(drawn.pixels, ())
    return drawn.masked(found >= SEEN)


def table(report: dict[str, Any]) -> str:
    """Mean and deviation of each way."""
    rows = report["rows"]
    names = list(dict.fromkeys(k for row in rows for k, v in row.items() if isinstance(v, float)))
    lines = [f"| {report['data']} | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for way in dict.fromkeys(row["way"] for row in rows):
        own = [row for row in rows if row["way"] == way]
        cells = [_cell([row[name] for row in own if name in row]) for name in names]
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(values: list[float]) -> str:
    if not values:
        return ""
    mean = f"{np.mean(values):.3f}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values, ddof=1):.3f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark learn")
    parser.add_argument("--data", choices=("drawn", "people", "evaluation", *SYSTEMS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rows", nargs="+", choices=(*ROWS, *MASKS), default=list(ROWS))
    parser.add_argument("--folder", type=Path, default=SHARED)
    parser.add_argument("--keep", type=Path, help="keeps what the network says of the crops")
    parser.add_argument("--market", type=Path, help="your copy of a public set")
    parser.add_argument("--systems", nargs="+", default=["baseline", "unb", "trento"])
    parser.add_argument("--epochs", type=int, help="instead of each system's own")
    parser.add_argument("--gpu", action="store_true", help="UnB's network as published")
    parser.add_argument("--short", action="store_true", help="so small that a test can run it")
    parser.add_argument("--json", action="store_true")
    return parser
