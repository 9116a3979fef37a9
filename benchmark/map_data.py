"""What maps are measured on: pictures with labels, digits, bare pixels, or an atlas' frames."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.map_pixels import CLIP_FOLDERS, PEOPLE_FOLDER, clip_pixels, people_pixels
from frameatlas import open_atlas
from frameatlas.embedder.components.pca import fit_components

DIGITS = 5000
CIFAR = Path("map") / "cifar10_test_xception_float16.npz"


@dataclass(frozen=True)
class MapData:
    """Frames to lay out.

    Attributes:
        name: For the table.
        scores: float32 of shape (n, k), of root mean square 1, rounded as an atlas stores them.
        labels: int64 of shape (n,): classes, or the sources of an atlas' frames.
        paths: int64 of shape (n,): which video a frame is from; each picture is its own.
    """

    name: str
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]
    paths: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> "MapData":
        """Some of the frames."""
        return replace(
            self, scores=self.scores[rows], labels=self.labels[rows], paths=self.paths[rows]
        )

    def some(self, most: int) -> "MapData":
        """At most so many of the frames, by chance, in order."""
        if len(self.scores) <= most:
            return self
        chosen = np.random.default_rng(0).choice(len(self.scores), most, replace=False)
        return self.take(np.sort(chosen))


def parts(n: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of a random 80 %, and of the rest, both in order."""
    shuffled = np.random.default_rng(seed).permutation(n)
    return np.sort(shuffled[n // 5 :]), np.sort(shuffled[: n // 5])


def of_atlas(folder: Path) -> MapData:
    """The frames of an atlas; their sources stand for classes."""
    atlas = open_atlas(folder)
    sources = atlas.source_numbers.astype(np.int64)
    return MapData(folder.stem, np.asarray(atlas.scores, np.float32), sources, sources)


def _cifar(shared: Path) -> MapData:
    path = shared / CIFAR
    if not path.is_file():
        raise SystemExit(
            f"Expected features of CIFAR's test pictures in {path}. Received: no such file; name "
            "its folder with --shared, or take --data digits."
        )
    stored = np.load(path, allow_pickle=False)
    return _pictures("cifar", stored["features"], stored["labels"], 256)


def _digits(shared: Path) -> MapData:
    if not (shared / "digits").is_dir():
        return _small_digits()
    images = gzip.decompress((shared / "digits" / "t10k-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((shared / "digits" / "t10k-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784)[:DIGITS]
    return _pictures("digits", pixels / 255, np.frombuffer(labels, np.uint8, offset=8)[:DIGITS], 50)


def _small_digits() -> MapData:
    """Scikit-learn's 8 × 8 digits, where MNIST's files are not there."""
    from sklearn.datasets import load_digits

    known = load_digits()
    return _pictures("digits, 8 × 8", known.data / 16, known.target, 50)


def _pictures(name: str, features: NDArray[Any], labels: NDArray[Any], number: int) -> MapData:
    components = fit_components(np.asarray(features, np.float32), number, lambda _: None)
    scores = components.project(np.asarray(features, np.float32)).astype(np.float16)
    return MapData(name, scores.astype(np.float32), labels.astype(np.int64), np.arange(len(labels)))


def _clips(shared: Path) -> MapData:
    _prove(shared, "clips", "videos")
    pixels, sources = clip_pixels(shared)
    return replace(_pictures("clips, bare pixels", pixels, sources, 50), paths=sources)


def _people(shared: Path) -> MapData:
    _prove(shared, "people", "a film of people and their boxes")
    return _pictures("people, bare pixels", *people_pixels(shared), 50)


def _prove(shared: Path, name: str, what: str) -> None:
    missing = [folder for folder in NEEDED[name] if not (shared / folder).exists()]
    if missing:
        raise SystemExit(
            f"Expected {what} in {shared / missing[0]}. Received: no such folder; name its parent "
            "with --shared, or take --data digits."
        )


DATA: dict[str, Callable[[Path], MapData]] = {
    "cifar": _cifar,
    "digits": _digits,
    "clips": _clips,
    "people": _people,
}

NEEDED: dict[str, tuple[str | Path, ...]] = {
    "cifar": (CIFAR,),
    "digits": (),
    "clips": CLIP_FOLDERS,
    "people": (PEOPLE_FOLDER,),
}
"""Files and folders, in that of data, without which there is nothing to measure on."""


def there(shared: Path) -> list[str]:
    """The names in ``DATA`` whose files are there, or that need none."""
    return [name for name in DATA if all((shared / path).exists() for path in NEEDED[name])]
