"""The ways to draw a map that are compared, each behind the same two calls."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout.registry import fit_layout
from frameatlas.embedder.layout.runs import run_weights
from frameatlas.embedder.map.even_stretch import fit_stretch
from frameatlas.options import LayoutOptions
from frameatlas.processors import available_processors

Rows = NDArray[np.float32]
Places = NDArray[Any]

PARAMETRIC = {"n_epochs": 200, "batch_size": 400}
"""Options of parametric UMAP: 200 times an edge of weight 1, as UMAP above 10,000 frames.

Up to there it would be 500 times in batches of 1000: as many steps, and much slower, for an edge
costs some 10 µs, more than half of it for shuffling edges one by one before a network sees them.
"""


@dataclass(frozen=True)
class Fitted:
    """A map: places of its frames, a way to place others (None: it has none), the bare code."""

    places: Places
    place: Callable[[Rows], Places] | None
    code: Places | None = None


@dataclass(frozen=True)
class Method:
    """A way to draw a map.

    Attributes:
        fit: From scores, paths and a seed to a map.
        libraries: The packages that have to be installed.
        seeded: Whether another seed gives another map.
    """

    fit: Callable[[Rows, NDArray[np.int64], int], Fitted]
    libraries: tuple[str, ...]
    seeded: bool = True

    def missing(self) -> list[str]:
        """The packages that are not installed."""
        return [library for library in self.libraries if find_spec(library) is None]

    def timed_fit(
        self, scores: Rows, paths: NDArray[np.int64], seed: int
    ) -> tuple[Fitted, float, float]:
        """The map, and the seconds and processor seconds that it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        fitted = self.fit(scores, paths, seed)
        return fitted, time.perf_counter() - wall, time.process_time() - cpu


def _pca(scores: Rows, _paths: NDArray[np.int64], _seed: int) -> Fitted:
    return Fitted(scores[:, :2], lambda new: new[:, :2])


def _layout(name: str, spread: str = "variety") -> Callable[[Rows, NDArray[np.int64], int], Fitted]:
    """As an index run draws a map."""

    def fit(scores: Rows, paths: NDArray[np.int64], seed: int) -> Fitted:
        options = LayoutOptions(name, seed=seed, spread=spread)
        layout = fit_layout(name, scores, settings=options, paths=paths)
        code = layout.encode(scores)
        weights = run_weights(scores, paths) if spread == "variety" else None
        stretch = fit_stretch(code, layout, weights)
        return Fitted(stretch.apply(code), lambda new: stretch.apply(layout.encode(new)), code)

    return fit


def _umap(scores: Rows, _paths: NDArray[np.int64], seed: int) -> Fitted:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed takes one thread
        model = import_module("umap").UMAP(random_state=seed).fit(scores)
    return Fitted(np.asarray(model.embedding_), lambda new: np.asarray(model.transform(new)))


def _parametric_umap(scores: Rows, _paths: NDArray[np.int64], seed: int) -> Fitted:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed takes one thread, and that Torch is missing
        model = import_module("umap.parametric_umap").ParametricUMAP(
            random_state=seed, **PARAMETRIC, keras_fit_kwargs={"verbose": 0}
        )
        places = model.fit_transform(scores)
    return Fitted(np.asarray(places), lambda new: np.asarray(model.transform(new)))


def _opentsne(scores: Rows, _paths: NDArray[np.int64], seed: int) -> Fitted:
    fitted = (
        import_module("openTSNE").TSNE(n_jobs=available_processors(), random_state=seed).fit(scores)
    )
    return Fitted(np.asarray(fitted), lambda new: np.asarray(fitted.transform(new)))


def _pacmap(scores: Rows, _paths: NDArray[np.int64], seed: int) -> Fitted:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed is slower
        model = import_module("pacmap").PaCMAP(random_state=seed, save_tree=True)
        places = np.asarray(model.fit_transform(scores, init="pca"))
    return Fitted(places, lambda new: np.asarray(model.transform(new, basis=scores)))


METHODS = {
    "pca": Method(_pca, ("numpy",), seeded=False),
    "article": Method(_layout("article"), ("tensorflow",)),
    "atlas": Method(_layout("atlas"), ("tensorflow",)),
    "time": Method(_layout("atlas", "time"), ("tensorflow",)),
    "umap": Method(_umap, ("umap",)),
    "parametric": Method(_parametric_umap, ("umap", "tensorflow")),
    "opentsne": Method(_opentsne, ("openTSNE",)),
    "pacmap": Method(_pacmap, ("pacmap",)),
}

USUAL = [name for name in METHODS if name != "time"]
"""What is measured where nothing is said; "time" is ``atlas`` with ``--spread time``."""
