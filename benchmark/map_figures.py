"""Figures of a map that any method may have drawn."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmark.map_data import MapData
from frameatlas.embedder.map.neighbourhood_metrics import (
    continuity,
    neighbours_kept,
    squared_distances,
    trustworthiness,
)
from frameatlas.embedder.map.quality import KEPT, NEAREST, fill

SAMPLE = 2000
VOTERS = 15
FOLDS = 5


def figures_of(data: MapData, places: NDArray[Any]) -> dict[str, float | None]:
    """Trustworthiness, continuity, neighbours kept, accuracy, order and fill.

    Args:
        data: The frames.
        places: Floating point of shape (n, 2).
    """
    chosen = np.random.default_rng(0).permutation(len(places))[:SAMPLE]
    far = squared_distances(data.scores[chosen])
    flat = squared_distances(places[chosen])
    return {
        "trustworthiness": trustworthiness(far, flat, NEAREST),
        "continuity": continuity(far, flat, NEAREST),
        "neighbours_kept": neighbours_kept(far, flat, *KEPT),
        "accuracy": accuracy(places, data.labels),
        "order": order(data, places),
        "fill": fill(places / max(float(np.abs(places).max()), 1e-12)),
    }


def accuracy(places: NDArray[Any], labels: NDArray[np.int64]) -> float:
    """Share of frames whose label their 15 nearest of the other folds vote for."""
    fold = np.random.default_rng(0).permutation(len(places)) % FOLDS
    classes, numbers = np.unique(labels, return_inverse=True)
    right = 0
    for part in range(FOLDS):
        asked, known = np.flatnonzero(fold == part), np.flatnonzero(fold != part)
        apart = np.square(places[asked, None] - places[None, known]).sum(axis=2)
        near = np.argpartition(apart, VOTERS, axis=1)[:, :VOTERS]
        votes = np.zeros((len(asked), len(classes)))
        np.add.at(votes, (np.arange(len(asked))[:, None], numbers[known][near]), 1)
        right += int((votes.argmax(axis=1) == numbers[asked]).sum())
    return right / len(places)


def order(data: MapData, places: NDArray[Any]) -> float | None:
    """Spearman's correlation of the distances between the classes' centres, here and there."""
    classes = np.unique(data.labels)
    if len(classes) < 4:
        return None
    above = np.triu_indices(len(classes), 1)
    lists = []
    for rows in (data.scores, np.asarray(places)):
        centres = np.stack([rows[data.labels == label].mean(axis=0) for label in classes])
        lists.append(np.linalg.norm(centres[:, None] - centres[None], axis=2)[above])
    return float(spearmanr(*lists).statistic)


def agreement(maps: list[NDArray[Any]]) -> float:
    """Share of each frame's 10 nearest on one map that are among its 50 nearest on another."""
    chosen = np.random.default_rng(0).permutation(len(maps[0]))[:SAMPLE]
    apart = [squared_distances(places[chosen]) for places in maps]
    shares = [
        neighbours_kept(one, other, *KEPT) or 0.0
        for i, one in enumerate(apart)
        for j, other in enumerate(apart)
        if i != j
    ]
    return float(np.mean(shares))
