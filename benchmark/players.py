"""Players: how well tracklets become people; synthetic games, a real sequence, or your own truth.

    python -m benchmark players [--data synthetic|people] [--seeds 3] [--keep FOLDER] [--json]
    python -m benchmark players --from-gt gt.txt --video game.mp4 [--tracks tracker.txt]

The oracle stands above every number, trivial answers beside it. Rows that begin with "synthetic"
are drawn figures: they rank ideas and claim nothing. Crops are chosen as ``frameatlas players``
chooses them. Games 0 to 2 were looked at while it was built; ``--first`` says where to begin. The
user's own true tracks are broken as trackers break them, or a tracker's own are matched with them.
``--small`` takes small pictures: good for ranking. ``--keep`` keeps what the network says for the
next run.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.machine import describe_machine
from benchmark.players_cases import Case, cases
from benchmark.players_crops import Describe
from benchmark.players_estimate import estimates
from benchmark.players_footage import Footage, from_tracker, from_truth, people, synthetic
from benchmark.players_head import head_rows
from benchmark.players_methods import ABLATION, BASELINES, ORACLE, OURS, Method
from benchmark.players_scores import Row, retrieval, score
from benchmark.players_small import SMALL, USUAL, small
from benchmark.players_table import table
from frameatlas.embedder.describe.descriptor import XceptionDescriptor
from frameatlas.embedder.describe.engine import open_engine
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.frames import Pixels
from frameatlas.reid.synthetic.game import DIFFICULTIES

SHARED = Path(__file__).parents[2] / "shared" / "data" / "people"
SWITCHES = (0.0, 0.05, 0.1, 0.2)
UNTOUCHED = 3
"""The first synthetic game that nothing was decided on."""


def main(argv: list[str]) -> int:
    """Measure and print."""
    options = _parser().parse_args(argv)
    start = time.perf_counter()
    methods = {**ORACLE, **OURS, **BASELINES, **({} if options.no_ablation else ABLATION)}
    rows, ranks, heads = [], [], []
    if options.head:
        import_tensorflow()
    with describing() as network:
        for case in all_cases(options, small if options.small else network):
            title = f"{case.name}, {case.switches:.0%} switched, seed {case.seed}"
            print(f"{time.perf_counter() - start:6.0f} s: {title}", file=sys.stderr)
            rows += scored(case, methods)
            ranks += retrieval(case) if case.switches == 0 else []
            heads += head_rows(case) if options.head else []
    report: dict[str, Any] = {
        "benchmark": "players",
        "machine": describe_machine(),
        "seeds": options.seeds,
        "side": SMALL if options.small else USUAL,
        "seconds": round(time.perf_counter() - start, 1),
        "identities": averaged(rows),
        "retrieval": averaged(ranks),
        "heads": averaged(heads),
        "estimates": estimates(rows),
    }
    print(json.dumps(report) if options.json else table(report, options.every_score))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m benchmark players",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", choices=("synthetic", "people"), action="append")
    parser.add_argument("--difficulty", choices=tuple(DIFFICULTIES), action="append")
    parser.add_argument("--seconds", type=int, default=15, help="of each synthetic game")
    parser.add_argument("--switches", type=float, action="append", help="such as 0.1; repeat it")
    parser.add_argument("--takeovers", type=float, default=0.0, help="such as 0.2")
    parser.add_argument("--seeds", type=int, default=3, help="games, or ways to break your tracks")
    parser.add_argument("--first", type=int, help="number of the first synthetic game")
    parser.add_argument("--from-gt", type=Path, help="MOT ground truth of --video")
    parser.add_argument("--video", type=Path, help="a video or a folder of images")
    parser.add_argument("--tracks", type=Path, help="what a tracker gave for --video")
    parser.add_argument("--keep", type=Path, help="folder for what the network says")
    parser.add_argument("--small", action="store_true", help="pictures of 128 pixels, not 299")
    parser.add_argument("--head", action="store_true", help="also train EPFL's losses as a head")
    parser.add_argument("--no-ablation", action="store_true")
    parser.add_argument("--every-score", action="store_true", help="all scores of players")
    parser.add_argument("--json", action="store_true")
    return parser


@contextmanager
def describing() -> Iterator[Describe]:
    """The network, opened when something is to be described for the first time."""
    opened: list[XceptionDescriptor] = []

    def network(pixels: Pixels, box: NDArray[np.int32]) -> NDArray[np.floating]:
        if not opened:
            opened.append(XceptionDescriptor(open_engine("auto")))
        return describe_frames(opened[0], pixels, box)

    try:
        yield network
    finally:
        for engine in opened:
            engine.close()


def all_cases(options: argparse.Namespace, network: Describe) -> Iterator[Case]:
    """Every case that the options ask for."""
    for footage in footages(options):
        shares = options.switches or SWITCHES
        yield from cases(footage, shares, network, options.keep, options.takeovers)


def footages(options: argparse.Namespace) -> Iterator[Footage]:
    """What to measure on."""
    if options.from_gt or options.video or options.tracks:
        yield from _own(options)
        return
    wanted = options.data or ["people", "synthetic"]
    if options.data and "people" in wanted and not SHARED.is_dir():
        raise SystemExit(
            f"Expected {SHARED} for --data people. Received: no such folder; name your own truth "
            "with --from-gt and --video, or take --data synthetic."
        )
    if "people" in wanted and SHARED.is_dir():
        yield people(SHARED)
        yield people(SHARED, merged=True)
    if "synthetic" in wanted:
        first = UNTOUCHED if options.first is None else options.first
        for difficulty in options.difficulty or DIFFICULTIES:
            for seed in range(first, first + options.seeds):
                yield synthetic(difficulty, options.seconds, seed)


def _own(options: argparse.Namespace) -> Iterator[Footage]:
    if not (options.from_gt and options.video):
        raise SystemExit("Expected --from-gt together with --video.")
    if options.tracks:
        yield from_tracker(options.from_gt, options.video, options.tracks)
        return
    for seed in range(options.seeds):
        yield from_truth(options.from_gt, options.video, seed)


def scored(case: Case, methods: dict[str, Method]) -> list[Row]:
    """Every method on one case."""
    return [score(case, name, method) for name, method in methods.items()]


def averaged(rows: Sequence[Row]) -> list[Row]:
    """Mean and standard deviation over seeds of every number."""
    found: list[Row] = []
    for key in dict.fromkeys((row["case"], row["switches"], row["method"]) for row in rows):
        own = [row for row in rows if (row["case"], row["switches"], row["method"]) == key]
        merged: Row = dict(zip(("case", "switches", "method"), key, strict=True))
        merged["seeds"] = [row["seed"] for row in own]
        for name in own[0]:
            if name not in (*merged, "seed"):
                values = np.array([row[name] for row in own], np.float64)
                merged[name] = round(float(values.mean()), 4)
                if len(own) > 1:
                    merged[f"{name}_sd"] = round(float(values.std(ddof=1)), 4)
        found.append(merged)
    return found
