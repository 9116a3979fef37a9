"""Players: how well tracklets become people; synthetic games, a real sequence, or your own truth.

    python -m benchmark players [--data synthetic|people] [--seeds 3] [--keep FOLDER] [--json]
    python -m benchmark players --from-gt gt.txt --video game.mp4

Trivial answers stand beside every number, the oracle below them. Rows that begin with "synthetic"
are drawn figures: they rank ideas and claim nothing. The user's own true tracks are broken as
trackers break them. ``--keep`` keeps what the network says for the next run.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.machine import describe_machine
from benchmark.players_cases import Case, make_case
from benchmark.players_footage import (
    Describe,
    Footage,
    describe,
    from_truth,
    people,
    synthetic,
)
from benchmark.players_head import head_rows
from benchmark.players_methods import ABLATION, BASELINES, ORACLE, OURS, Method
from benchmark.players_scores import Row, retrieval, score
from frameatlas.embedder.engine import Engine, open_engine
from frameatlas.embedder.features import describe_frames
from frameatlas.embedder.quiet import import_tensorflow
from frameatlas.frames import Pixels
from frameatlas.reid.synthetic_game import DIFFICULTIES

SHARED = Path(__file__).parents[2] / "shared" / "data" / "people"
SWITCHES = (0.0, 0.05, 0.1, 0.2)

COLUMNS = {
    "duration_accuracy": "acc(t)",
    "tracklet_accuracy": "acc",
    "crop_accuracy": "acc(c)",
    "tracklet_coverage": "cov",
    "tracklet_count": "K̂",
    "tracklet_ari": "ARI",
    "tracklet_nmi": "NMI",
    "tracklet_pair_f1": "pairF1",
    "tracklet_bcubed_f1": "B³F1",
    "tracklet_purity": "pur",
    "tracklet_inverse_purity": "inv",
    "idf1": "IDF1",
    "assa": "AssA",
}
"""What the table shows of all scores: (t) counts moments, (c) crops, the others tracklets."""


HEAD_COLUMNS = {
    "accuracy": "acc",
    "accuracy_known": "acc K",
    "pair_f1": "pairF1",
    "estimate": "errors",
}
"""With K found and known; errors are the label-free estimate, 0 to 2."""


def main(argv: list[str]) -> int:
    """Measure and print."""
    options = _parser().parse_args(argv)
    start = time.perf_counter()
    with describing() as network:
        cases = list(all_cases(options, network))
    methods = {**BASELINES, **OURS, **ORACLE, **({} if options.no_ablation else ABLATION)}
    rows = [row for case, seed in cases for row in scored(case, seed, methods)]
    ranks = [row for case, seed in cases if not seed for row in retrieval(case, seed)]
    heads = []
    if options.head:
        import_tensorflow()
        heads = [row for case, seed in cases for row in head_rows(case, seed)]
    report: dict[str, Any] = {
        "benchmark": "players",
        "machine": describe_machine(),
        "seeds": options.seeds,
        "seconds": round(time.perf_counter() - start, 1),
        "identities": averaged(rows),
        "retrieval": averaged(ranks),
        "heads": averaged(heads),
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmark players", description=__doc__)
    parser.add_argument("--data", choices=("synthetic", "people"), action="append")
    parser.add_argument("--difficulty", choices=tuple(DIFFICULTIES), action="append")
    parser.add_argument("--seconds", type=int, default=30, help="of each synthetic game")
    parser.add_argument("--switches", type=float, action="append", help="such as 0.1; repeat it")
    parser.add_argument("--seeds", type=int, default=3, help="ways to break the tracks")
    parser.add_argument("--from-gt", type=Path, help="MOT ground truth of --video")
    parser.add_argument("--video", type=Path, help="a video or a folder of images")
    parser.add_argument("--keep", type=Path, help="folder for what the network says")
    parser.add_argument("--head", action="store_true", help="also train EPFL's losses as a head")
    parser.add_argument("--no-ablation", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser


@contextmanager
def describing() -> Iterator[Describe]:
    """The network, opened when something is to be described for the first time."""
    opened: list[Engine] = []

    def network(pixels: Pixels, box: NDArray[np.int32]) -> NDArray[np.floating]:
        if not opened:
            opened.append(open_engine("auto"))
        return describe_frames(opened[0], pixels, box)

    try:
        yield network
    finally:
        for engine in opened:
            engine.close()


def all_cases(options: argparse.Namespace, network: Describe) -> Iterator[tuple[Case, int]]:
    """Every case that the options ask for, with its seed."""
    for footage in footages(options):
        described = [describe(filmed, network, options.keep) for filmed in footage.cameras]
        for switches in [0.0] if footage.broken else options.switches or SWITCHES:
            for seed in range(1 if footage.broken else options.seeds):
                yield make_case(footage, described, switches, seed), seed


def footages(options: argparse.Namespace) -> Iterator[Footage]:
    """What to measure on."""
    if options.from_gt or options.video:
        if not (options.from_gt and options.video):
            raise SystemExit("Expected --from-gt together with --video.")
        yield from_truth(options.from_gt, options.video)
        return
    wanted = options.data or ["people", "synthetic"]
    if "people" in wanted and SHARED.is_dir():
        yield people(SHARED)
        yield people(SHARED, merged=True)
    if "synthetic" in wanted:
        for difficulty in options.difficulty or DIFFICULTIES:
            yield synthetic(difficulty, options.seconds)


def scored(case: Case, seed: int, methods: dict[str, Method]) -> list[Row]:
    """Every method on one case."""
    return [score(case, name, method, seed) for name, method in methods.items()]


def averaged(rows: Sequence[Row]) -> list[Row]:
    """Mean and standard deviation over seeds of every number."""
    found: list[Row] = []
    for key in dict.fromkeys((row["case"], row["switches"], row["method"]) for row in rows):
        own = [row for row in rows if (row["case"], row["switches"], row["method"]) == key]
        merged: Row = dict(zip(("case", "switches", "method"), key, strict=True))
        for name in own[0]:
            if name not in (*merged, "seed"):
                values = np.array([row[name] for row in own], np.float64)
                merged[name] = round(float(values.mean()), 4)
                if len(own) > 1:
                    merged[f"{name}_sd"] = round(float(values.std()), 4)
        found.append(merged)
    return found


def table(report: dict[str, Any]) -> str:
    """For people; JSON has all the numbers."""
    lines: list[str] = []
    last = None
    for row in report["identities"]:
        case = (row["case"], row["switches"])
        if case != last:
            lines += ["", _title(row)]
            lines.append(" " * 36 + "".join(f"{short:>8}" for short in COLUMNS.values()))
        last = case
        lines.append(f"{row['method']:<36}" + "".join(_value(row, name) for name in COLUMNS))
    lines += [
        "",
        f"{'Crops ranked, own tracklet left out':<60}{'mAP':>8}{'(trap.)':>8}{'rank1':>8}",
    ]
    for row in report["retrieval"]:
        name = f"{row['case']}, {row['switches']:.0%}: {row['method']}"
        values = (row["mAP_standard"], row["mAP_trapezoid"], row["rank1"])
        lines.append(f"{name:<60}" + "".join(f"{value:>8.3f}" for value in values))
    if report["heads"]:
        title = f"{'Half of the people, a head trained on the others':<60}"
        lines += ["", title + "".join(f"{short:>8}" for short in HEAD_COLUMNS.values())]
    for row in report["heads"]:
        name = f"{row['case']}, {row['switches']:.0%}: {row['method']}"
        lines.append(f"{name:<60}" + "".join(f"{row[column]:>8.3f}" for column in HEAD_COLUMNS))
    return "\n".join([*lines, "", f"{report['seeds']} seeds, {report['seconds']:.0f} s"])


def _title(row: Row) -> str:
    shown = f", {row['switches']:.0%} of tracklets switched" if row["switches"] else ""
    items = int(row["tracklet_items"])
    return f"{row['case']}{shown}: {items} tracklets of {int(row['tracklet_true_count'])} people"


def _value(row: Row, name: str) -> str:
    return f"{row[name]:>8.1f}" if name == "tracklet_count" else f"{row[name]:>8.3f}"
