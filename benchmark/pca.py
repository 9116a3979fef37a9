"""Our principal components against scikit-learn's, in time, memory and result.

    python -m benchmark pca [--frames 10000] [--json]

Each runs in a process of its own on the same made-up features (4096 numbers, 200 directions of
falling strength and noise), so that the peak of memory is its own. Ours reads float16
blocks from a file; scikit-learn takes the whole array in memory, as float32.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.machine import describe_machine
from benchmark.peak import resident_megabytes
from benchmark.tables import Cell, markdown
from frameatlas.embedder.components.pca import fit_components

DIMENSION = 4096
KEPT = 256
PEERS = ("ours", "covariance_eigh", "randomized", "full")


def main(argv: list[str]) -> int:
    """Run every peer and print what came out."""
    options = _parser().parse_args(argv)
    if options.child:
        print(json.dumps(_measure(options.child, Path(options.file))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "features.npy"
        make_features(file, options.frames)
        figures = {name: _run(name, file) for name in _chosen(options)}
    variances = {name: np.array(found.pop("explained_variance")) for name, found in figures.items()}
    for name, values in variances.items():
        difference = np.abs(values / variances["ours"] - 1.0).max()
        figures[name]["largest_relative_difference"] = float(difference)
    report = {
        "benchmark": "pca",
        "machine": describe_machine(),
        "frames": options.frames,
        "dimension": DIMENSION,
        "kept": KEPT,
        "peers": figures,
    }
    print(json.dumps(report) if options.json else table(report))
    return 0


def make_features(file: Path, frames: int) -> None:
    """Write float16 features of shape (frames, 4096) as a .npy file, block by block."""
    random = np.random.default_rng(0)
    directions = random.normal(size=(200, DIMENSION)) * 0.97 ** np.arange(200)[:, None]
    rows = np.lib.format.open_memmap(file, "w+", np.float16, (frames, DIMENSION))
    for start in range(0, frames, 1000):
        stop = min(start + 1000, frames)
        weights = random.standard_normal((stop - start, 200), np.float32) * np.float32(0.1)
        noise = random.standard_normal((stop - start, DIMENSION), np.float32) * np.float32(0.1)
        rows[start:stop] = 0.5 + weights @ directions.astype(np.float32) + noise
    rows.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmark pca", description=__doc__)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--peers", default="", help="comma-separated; default all that fit")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    return parser


def _chosen(options: argparse.Namespace) -> list[str]:
    """The peers asked for; without names, the full decomposition only where it takes minutes."""
    if options.peers:
        return ["ours", *(name for name in options.peers.split(",") if name in PEERS[1:])]
    return [name for name in PEERS if name != "full" or options.frames <= 2_000]


def _run(name: str, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmark", "pca", "--child", name, "--file", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _measure(name: str, file: Path) -> dict[str, Any]:
    """Seconds, CPU seconds and peak memory of one peer, in this process."""
    fit = _fit_ours if name == "ours" else _fit_scikit_learn
    _warm_up(name)
    wall, cpu = time.perf_counter(), time.process_time()
    variance = fit(file, name)
    return {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_memory_mb": round(resident_megabytes()),
        "explained_variance": variance.tolist(),
    }


def _warm_up(name: str) -> None:
    """Import what the peer needs and start its threads: neither is what is measured."""
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "few.npy"
        np.save(few, np.random.default_rng(0).normal(size=(64, 16)).astype(np.float16))
        (_fit_ours if name == "ours" else _fit_scikit_learn)(few, name)


def _fit_ours(file: Path, _: str) -> NDArray[np.float64]:
    return fit_components(_FromFile(file), KEPT).explained_variance


def _fit_scikit_learn(file: Path, solver: str) -> NDArray[np.float64]:
    # Here, so that the peak of our own memory is not that of importing the other.
    from sklearn.decomposition import PCA

    rows = np.load(file).astype(np.float32)
    fitted = PCA(min(KEPT, *rows.shape), svd_solver=solver, random_state=0).fit(rows)
    return np.asarray(fitted.explained_variance_, np.float64)


class _FromFile:
    """Rows read from a file, not mapped: the system counts what is mapped as memory, too."""

    def __init__(self, file: Path) -> None:
        mapped = np.load(file, mmap_mode="r")
        self.shape, self._offset, self._file = mapped.shape, mapped.offset, file

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        start, stop, _ = rows.indices(len(self))
        width = self.shape[1]
        offset = self._offset + 2 * start * width
        return np.fromfile(
            self._file, np.float16, max(stop - start, 0) * width, offset=offset
        ).reshape(-1, width)


def table(report: dict[str, Any]) -> str:
    """Every peer, as Markdown."""
    rows: list[list[Cell]] = [
        [
            "ours, float16 blocks from a file" if name == "ours" else f"scikit-learn, `{name}`",
            found["seconds"],
            found["cpu_seconds"],
            found["peak_memory_mb"],
            f"{found['largest_relative_difference']:.1e}",
        ]
        for name, found in report["peers"].items()
    ]
    heads = ["", "seconds", "processor seconds", "peak MB", "variances differ by"]
    return "\n".join(
        [
            markdown(heads, rows),
            "",
            f"{report['frames']:,} × {DIMENSION} made-up features, {KEPT} components; scikit-learn "
            "holds them in memory as float32.",
        ]
    )
