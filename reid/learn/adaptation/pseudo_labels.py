"""Who is who among strangers, guessed: clusters of a descriptor's features (UnB's rounds).

Features of a camera are made alike to those of the others first: without that DBSCAN finds cameras
and no people. A cluster counts only where two cameras saw it; all else stays unlabelled.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import TrainingError
from frameatlas.reid.ranking.distances import normalise_cameras, unit_length
from frameatlas.reid.ranking.neighbour_lists import sparse_jaccard

NOBODY = -1
K1, K2 = 30, 6
LEAST = 4
"""Pictures of a cluster, at least, and neighbours of its core."""

EPS, EPS_OF_FEW, FEW = 0.6, 0.5, 2000
"""DBSCAN's radius; and that for fewer pictures than so many."""

STEP, TRIES = 0.05, 2
"""By which the radius is moved where clusters cannot be people, and how often."""

LARGEST_SHARE, LEAST_LABELLED = 0.10, 0.20
"""Share of all pictures above which a cluster is a camera; below which too few are labelled."""

FEWEST_CLUSTERS = 8


@dataclass(frozen=True, eq=False)
class Guess:
    """Pseudo labels of n pictures.

    Attributes:
        label: int64 of shape (n,): 0, 1, …; ``NOBODY`` where a picture is left out.
        clusters: Number of them.
        eps: DBSCAN's radius.
        largest: Share of all pictures that the largest cluster found has, before any is left out.
    """

    label: NDArray[np.int64]
    clusters: int
    eps: float
    largest: float

    @property
    def labelled(self) -> float:
        """Share of pictures that have a label."""
        return float((self.label != NOBODY).mean()) if len(self.label) else 0.0


@dataclass(frozen=True)
class GuessOptions:
    """How clusters are found.

    Attributes:
        camera_norm: Whether cameras are made alike first.
        eps: DBSCAN's radius; None takes 0.6, or 0.5 of fewer than 2,000 pictures.
        rho: Where it is given, the radius is the mean of the smallest share ρ of all distances.
        k1: Neighbours of the Jaccard distance.
        k2: …
        fewest: Clusters below which nothing is learnt from them.
    """

    camera_norm: bool = True
    eps: float | None = None
    rho: float | None = None
    k1: int = K1
    k2: int = K2
    fewest: int = FEWEST_CLUSTERS


def guess_people(
    features: NDArray[np.floating],
    camera: NDArray[np.int64],
    tracklet: NDArray[np.int64],
    options: GuessOptions | None = None,
) -> Guess:
    """Find clusters that can be people.

    Args:
        features: Real numbers of shape (n, d).
        camera: int64 of shape (n,).
        tracklet: int64 of shape (n,): stands in for cameras where there is one only.
        options: How.

    Raises:
        TrainingError: There are no clusters that could be people: the descriptor cannot tell these
            people apart yet.
    """
    options = options or GuessOptions()
    rows = compared(features, camera, camera_norm=options.camera_norm)
    jaccard = sparse_jaccard(rows, k1=min(options.k1, len(rows)), k2=min(options.k2, len(rows)))
    seen_by = camera if len(np.unique(camera)) > 1 else tracklet
    eps = _first_eps(jaccard, options)
    found = _clusters(jaccard, seen_by, eps)
    for _ in range(TRIES):
        if found.largest > LARGEST_SHARE:
            eps -= STEP  # a cluster that large is what one camera saw
        elif found.labelled < LEAST_LABELLED or found.clusters < options.fewest:
            eps += STEP
        else:
            break
        found = _clusters(jaccard, seen_by, eps)
    if found.clusters < options.fewest:
        raise TrainingError(
            f"Expected at least {options.fewest} people among these pictures. Received: "
            f"{found.clusters} clusters, {found.labelled:.0%} of the pictures in them: the "
            "descriptor does not tell these people apart yet; train longer, or --method contrast."
        )
    return found


def compared(
    features: NDArray[np.floating], camera: NDArray[np.int64], *, camera_norm: bool
) -> NDArray[np.float32]:
    """Rows of length 1, per camera (f - μ) / (σ + 1e-6) where that is wanted."""
    rows = normalise_cameras(features, camera) if camera_norm else unit_length(features)
    return np.asarray(rows, np.float32)


def agreement(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Adjusted Rand index of two rounds' labels; pictures left out are one group of their own."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))


def _first_eps(jaccard: Any, options: GuessOptions) -> float:
    if options.rho is not None:
        n = jaccard.shape[0]
        pairs = np.sort(jaccard.data[jaccard.data > 0])
        wanted = max(1, round(options.rho * n * (n - 1)))  # each pair is stored twice
        return float(pairs[:wanted].mean()) if len(pairs) else EPS
    if options.eps is not None:
        return options.eps
    return EPS if jaccard.shape[0] >= FEW else EPS_OF_FEW


def _clusters(jaccard: Any, seen_by: NDArray[np.int64], eps: float) -> Guess:
    from sklearn.cluster import DBSCAN
    from sklearn.neighbors import sort_graph_by_row_values

    eps = max(eps, 1e-6)
    near = sort_graph_by_row_values(jaccard, copy=True, warn_when_not_sorted=False)
    found = DBSCAN(eps=eps, min_samples=LEAST, metric="precomputed").fit(near).labels_
    return selected(np.asarray(found, np.int64), seen_by, eps)


def selected(label: NDArray[np.int64], seen_by: NDArray[np.int64], eps: float) -> Guess:
    """Keep clusters of four pictures or more that two cameras saw, renumbered from 0.

    Args:
        label: int64 of shape (n,) as DBSCAN gives it.
        seen_by: int64 of shape (n,): camera, or tracklet where there is one camera.
        eps: What it was found with.
    """
    out = np.full(len(label), NOBODY, np.int64)
    sizes = np.bincount(label[label >= 0]) if (label >= 0).any() else np.zeros(0, np.int64)
    kept = 0
    for number, size in enumerate(sizes):
        own = label == number
        if size >= LEAST and len(np.unique(seen_by[own])) >= 2:
            out[own] = kept
            kept += 1
    largest = float(sizes.max(initial=0) / max(1, len(label)))
    return Guess(out, kept, eps, largest)
