"""The clustering autoencoder on digits: EPFL's experiment as published, and scored rightly.

    python -m benchmark digits [--seeds 5] [--data FOLDER] [--json]

Trained on the digits 0 to 4; measured on the pictures trained on, on others of the same digits, and
on the digits 5 to 9. The published protocol finds ten clusters among five digits and maps them one
to one, so that five of the ten can only be wrong: k = 5 is beside it. FOLDER holds MNIST's files
(idx, gzipped or not); without any, scikit-learn's 8 × 8 digits are taken.
"""

import argparse
import gzip
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning

from benchmark.machine import describe_machine
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.reid.evaluate.clustering_metrics import score_identities
from frameatlas.reid.learn.clustering_autoencoder import ClusteringPlan, encode, train_clustering

SHARED = Path(__file__).parents[2] / "shared" / "data" / "digits"
SEEN = 5
"""Digits below it are trained on."""

PUBLISHED = {
    "reconstruction": (0.66, 0.44),
    "with losses": (0.76, 0.45),
    "without reconstruction": (0.31, 0.26),
}
"""Accuracy of the report, k = 10: seen digits (those trained on), unseen digits."""

PARTS = ("trained", "seen", "unseen")
KS = (10, SEEN)

SMALLER: dict[str, Any] = {"batch": 128, "same": 128, "different": 256}
"""The report took batches of 512 of 30,596 pictures and, in the second phase, all of them. Of a
twentieth of the pictures, smaller batches and more epochs give about as many steps."""


@dataclass(frozen=True)
class Digits:
    """Pictures of digits.

    Attributes:
        pictures: float32 of shape (n, pixels), 0 to 1.
        labels: int64 of shape (n,).
        name: Which digits.
    """

    pictures: NDArray[np.float32]
    labels: NDArray[np.int64]
    name: str

    def rows(self, chosen: NDArray[np.bool_]) -> "Digits":
        """Some of them."""
        return Digits(self.pictures[chosen], self.labels[chosen], self.name)


def main(argv: list[str]) -> int:
    """Train, cluster, score and print."""
    options = _parser().parse_args(argv)
    import_tensorflow()
    digits = read_digits(options.data)
    chosen = np.random.default_rng(0).permutation(len(digits.labels)) < options.pictures
    digits = digits.rows(chosen)
    plan: dict[str, Any] = {"pretrain": options.pretrain, "epochs": options.epochs}
    runs = []
    start = time.perf_counter()
    for seed in range(options.seeds):
        runs += run_seed(digits, seed, plan)
    report: dict[str, Any] = {
        "benchmark": "digits",
        "machine": describe_machine(),
        "data": digits.name,
        "pictures": len(digits.labels),
        "seeds": options.seeds,
        **plan,
        "seconds": round(time.perf_counter() - start, 1),
        "rows": summary(runs),
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmark digits", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="folder with MNIST's idx files")
    parser.add_argument("--pretrain", type=int, default=120, help="epochs of reconstruction alone")
    parser.add_argument("--pictures", type=int, default=4000, help="at most, of all ten digits")
    parser.add_argument("--epochs", type=int, default=100, help="epochs with the losses")
    parser.add_argument("--json", action="store_true")
    return parser


def read_digits(folder: Path | None) -> Digits:
    """The user's MNIST, the shared 10,000 digits, or scikit-learn's."""
    for place in [folder] if folder else [SHARED]:
        found = sorted(place.glob("*images-idx3-ubyte*")) if place.is_dir() else []
        # "train" sorts after "t10k": the report trained on the 60,000.
        if found:
            images = _idx(found[-1])
            labels = _idx(Path(str(found[-1]).replace("images-idx3", "labels-idx1")))
            pictures = np.asarray(images.reshape(len(images), -1) / 255, np.float32)
            return Digits(pictures, labels.astype(np.int64), f"MNIST ({found[-1].name})")
    if folder:
        raise SystemExit(f"Expected MNIST's idx files in {folder}. Received: none.")
    images, labels = load_digits(return_X_y=True)
    return Digits(
        np.asarray(images / 16, np.float32), labels.astype(np.int64), "scikit-learn, 8 × 8"
    )


def _idx(path: Path) -> NDArray[np.uint8]:
    """An array in the idx format: two zeros, the type (8: bytes), dimensions, their sizes."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if data[:3] != b"\0\0\x08":
        raise SystemExit(f"Expected an idx file of bytes. Received: {path}.")
    sizes = np.frombuffer(data, ">u4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)


def run_seed(digits: Digits, seed: int, plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Train every variant with one seed and score it on each part."""
    held = np.random.default_rng(seed).random(len(digits.labels)) < 0.3
    parts = {
        "trained": digits.rows((digits.labels < SEEN) & ~held),
        "seen": digits.rows((digits.labels < SEEN) & held),
        "unseen": digits.rows(digits.labels >= SEEN),
    }
    train = parts["trained"]
    rows: list[dict[str, Any]] = []

    def score(name: str, coded: Callable[[Digits], NDArray[np.float32]]) -> None:
        for part, some in parts.items():
            codes = coded(some)
            for k in KS:
                scores = clustered(codes, some.labels, k, seed)
                rows.append({"variant": name, "part": part, "k": k, **scores})

    score("PCA, no network", principal(train))
    for name, options in variants(plan, seed).items():
        before = None
        if options.pretrain:
            title = name.replace("with losses", "reconstruction")
            before = partial(_scored, score, title)
        encoder = train_clustering(train.pictures, train.labels, options, pretrained=before)
        _scored(score, name, encoder)
    return rows


def _scored(score: Callable[..., None], name: str, encoder: Any) -> None:
    score(name, lambda some: encode(encoder, some.pictures))


def principal(train: Digits) -> Callable[[Digits], NDArray[np.float32]]:
    """Ten principal components, as many numbers as a code has: what needs no network."""
    fitted = PCA(10, random_state=0).fit(train.pictures)
    return lambda some: np.asarray(fitted.transform(some.pictures), np.float32)


def variants(plan: dict[str, Any], seed: int) -> dict[str, ClusteringPlan]:
    """What is trained; the published latent first, then the one of fixed variance.

    "Reconstruction" is what "with losses" is after its first phase, so that both are compared with
    the same first weights.
    """
    found: dict[str, ClusteringPlan] = {}
    alone: dict[str, Any] = {**plan, **SMALLER, "pretrain": 0, "reconstruction_share": 0.0}
    for latent, ending in (("relu", ""), ("fixed-variance", ", fixed variance")):
        options: dict[str, Any] = {"latent": latent, "seed": seed}
        found["with losses" + ending] = ClusteringPlan(**plan, **SMALLER, **options)
        found["without reconstruction" + ending] = ClusteringPlan(**alone, **options)
    found["intra alone"] = ClusteringPlan(contrast="intra", **alone, seed=seed)
    return found


def clustered(
    codes: NDArray[np.float32], labels: NDArray[np.int64], k: int, seed: int
) -> dict[str, float]:
    """Scores of KMeans with k clusters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # collapsed codes: fewer than k points
        found = KMeans(k, n_init=5, random_state=seed).fit_predict(codes)
    scores = score_identities(labels, found)
    spread = float(codes.std(axis=0).mean())
    return {
        "accuracy": scores.accuracy,
        "purity": scores.purity,
        "ari": scores.ari,
        "nmi": scores.nmi,
        "spread": spread,
    }


def summary(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mean and standard deviation over seeds, with the published accuracy beside k = 10."""
    rows = []
    for name in dict.fromkeys(run["variant"] for run in runs):
        for part in PARTS:
            for k in KS:
                own = [r for r in runs if (r["variant"], r["part"], r["k"]) == (name, part, k)]
                row: dict[str, Any] = {"variant": name, "part": part, "k": k}
                for score in ("accuracy", "purity", "ari", "nmi", "spread"):
                    values = [run[score] for run in own]
                    row[score] = round(float(np.mean(values)), 4)
                    row[f"{score}_sd"] = round(_spread(values), 4)
                if k == 10 and name in PUBLISHED and part != "seen":
                    row["published"] = PUBLISHED[name][part == "unseen"]
                rows.append(row)
    return rows


def _spread(values: list[float]) -> float:
    """Standard deviation over seeds; 0 for a single one."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def table(report: dict[str, Any]) -> str:
    """For people: accuracy of each variant, published k and corrected k."""
    lines = [
        f"{report['pictures']} digits, {report['data']}; {report['seeds']} seeds, mean ± standard "
        f"deviation of the accuracy; {report['seconds']:.0f} s",
        f"{'':<40}{'part':<9}{'k = 10':>14}{'published':>11}{'k = 5':>14}{'ARI, k = 5':>12}",
    ]
    rows = {(r["variant"], r["part"], r["k"]): r for r in report["rows"]}
    for name, part, k in rows:
        if k == 10:
            ten, five = rows[name, part, 10], rows[name, part, SEEN]
            published = f"{ten['published']:.2f}" if ten.get("published") else ""
            lines.append(
                f"{name if part == 'trained' else '':<40}{part:<9}"
                f"{ten['accuracy']:>8.3f} ±{ten['accuracy_sd']:.3f}{published:>11}"
                f"{five['accuracy']:>8.3f} ±{five['accuracy_sd']:.3f}{five['ari']:>12.3f}"
            )
    return "\n".join(lines)
