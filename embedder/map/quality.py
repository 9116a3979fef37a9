"""How good a map is, in figures that a person can compare (quality.json)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout.pca_layout import code_report
from frameatlas.embedder.layout.regions import distances_between, middles_of, partition
from frameatlas.embedder.map.neighbourhood_metrics import (
    Distances,
    continuity,
    neighbours_kept,
    squared_distances,
    trustworthiness,
)
from frameatlas.store.rows import Rows

SAMPLE = 5000
"""Frames that are measured: all pairs of them fit into 100 MB."""

NEAREST = 12
"""Neighbours of trustworthiness and continuity."""

KEPT = (10, 50)
"""How many nearest in feature space are looked for among how many nearest on the map."""

MOMENT = 5.0
"""Seconds within which two frames of one video are nearly the same picture."""

REGIONS = 20
"""Groups of alike frames whose order on the map is measured."""

FEWEST_REGIONS = 4
"""With three, there are three distances to put in order: that says nothing."""

PER_REGION = 8
"""Frames of a region on average, at least."""

GRID = (18, 11)
"""Columns and rows of the grid whose filled cells are counted."""


def map_quality(
    features: Rows,
    scores: Rows,
    code: NDArray[Any],
    coordinates: NDArray[Any],
    seconds: NDArray[np.float64],
    sources: NDArray[Any],
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """Measure a map, and beside it the plainest one: the first two principal components.

    Args:
        features: Rows of shape (n, d): what neighbours are.
        scores: Rows of shape (n, k).
        code: Floating point of shape (n, 2).
        coordinates: Floating point of shape (n, 2), in [-1, 1]².
        seconds: float64 of shape (n,), each frame's time in its video; NaN for photos.
        sources: Whole numbers of shape (n,), the number of each frame's source.
        seed: Decides the sample.

    Returns:
        A JSON-ready dictionary: ``frames``, ``sample``, ``map`` and ``pca`` (each with
        trustworthiness, continuity, neighbours_kept, neighbours_kept_other_moments, fill, order;
        None where there are too few frames to say), and ``code`` (mean, std, saturated).
    """
    chosen = _sample(len(code), seed)
    far = squared_distances(_rows(features, chosen))
    near = _near_in_time(seconds[chosen], sources[chosen])
    own = _rows(scores, chosen)
    plain, places = _first_two(own), np.asarray(coordinates)[chosen]
    groups, count = _regions(own)
    return {
        "frames": len(code),
        "sample": len(chosen),
        "neighbours": {"nearest": NEAREST, "kept": list(KEPT), "moment_seconds": MOMENT},
        "regions": count,
        "map": _figures(far, places, near) | {"order": _order(own, places, groups)},
        "pca": _figures(far, plain, near) | {"order": _order(own, plain, groups)},
        "code": code_report(np.asarray(code, np.float64)),
    }


def fill(places: NDArray[Any]) -> float:
    """Share of the cells of an 18 × 11 grid over [-1, 1]² that hold a place, shape (n, 2)."""
    columns, rows = GRID
    cells = np.floor((np.asarray(places) + 1.0) / 2.0 * [columns, rows]).astype(int)
    x, y = np.clip(cells, 0, [columns - 1, rows - 1]).T
    return len(np.unique(y * columns + x)) / (columns * rows)


def _regions(scores: NDArray[np.float32]) -> tuple[NDArray[np.int64], int]:
    """Each frame's region, and how many there are."""
    wanted = max(1, min(REGIONS, len(scores) // PER_REGION))
    groups, middles = partition(scores, wanted, seed=0)
    return groups, len(middles)


def _order(
    scores: NDArray[np.float32], places: NDArray[Any], groups: NDArray[np.int64]
) -> float | None:
    """Spearman's correlation of the distances between regions, among the scores and on the map."""
    if int(groups.max()) + 1 < FEWEST_REGIONS:
        return None
    ranks = [_ranks(distances_between(middles_of(rows, groups))) for rows in (scores, places)]
    one, other = (row - row.mean() for row in ranks)
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size > 0 else None


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """1 for the smallest; equal values share the mean of theirs, as by SciPy's ``rankdata``.

    To import SciPy's statistics takes longer than to draw a small map.
    """
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks


def _figures(
    far: Distances, places: NDArray[Any], near_in_time: NDArray[np.bool_]
) -> dict[str, float | None]:
    flat = squared_distances(places)
    figures = {
        "trustworthiness": trustworthiness(far, flat, NEAREST),
        "continuity": continuity(far, flat, NEAREST),
        "neighbours_kept": neighbours_kept(far, flat, *KEPT),
        "fill": fill(places),
    }
    hidden_far = np.where(near_in_time, np.float32(np.inf), far)
    flat[near_in_time] = np.inf
    figures["neighbours_kept_other_moments"] = neighbours_kept(hidden_far, flat, *KEPT)
    return figures


def _sample(n: int, seed: int) -> NDArray[np.int64]:
    """At most ``SAMPLE`` rows, in order."""
    if n <= SAMPLE:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, SAMPLE, replace=False))


def _rows(rows: Rows, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """Some rows of a long array, float32 of shape (m, d)."""
    if len(chosen) == len(rows):
        return np.asarray(rows[0 : len(rows)], np.float32)
    return np.concatenate([np.asarray(rows[i : i + 1], np.float32) for i in chosen.tolist()])


def _first_two(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """The first two components, float64 of shape (n, 2), scaled into the square."""
    plain = np.zeros((len(scores), 2))
    shown = min(2, scores.shape[1])
    plain[:, :shown] = scores[:, :shown]
    return plain / (np.abs(plain).max(initial=0.0) or 1.0)


def _near_in_time(seconds: NDArray[np.float64], sources: NDArray[Any]) -> NDArray[np.bool_]:
    """Pairs of frames of one video less than ``MOMENT`` apart, bool of shape (n, n)."""
    same = sources[:, None] == sources[None, :]
    close = np.abs(seconds[:, None] - seconds[None, :]) <= MOMENT
    return np.asarray(same & close)
