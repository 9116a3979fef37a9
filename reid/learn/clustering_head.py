"""The clustering autoencoder's losses as a head on players' features: tried, off by default.

The report asks whether what is learnt on some people helps to tell other people apart. A head is
trained on crops whose people, or at least tracklets, are known, and its codes stand in for the
network's features. ``docs/decisions/0022-players-measured.md`` says what came of it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.identify.identities import Identities
from frameatlas.reid.identify.normalise import normalise
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.learn.clustering_autoencoder import ClusteringPlan, encode, train_clustering
from frameatlas.reid.tracks.tracklets import TrackletFeatures

if TYPE_CHECKING:
    import keras

WIDTHS = (128, 64)
"""Layers from features to code."""

PLAN = ClusteringPlan(
    latent="fixed-variance",
    output="linear",
    reconstruction_share=0.9,
    pretrain=30,
    epochs=30,
    batch=64,
    same=32,
    different=128,
)


def head_inputs(crops: TrackletFeatures) -> NDArray[np.float32]:
    """What the head sees of each crop: rows as ``identify`` compares them, not yet whitened."""
    return normalise(crops, PlayersOptions(whiten=False))


def train_head(
    rows: NDArray[np.float32], people: NDArray[np.int64], plan: ClusteringPlan = PLAN
) -> "keras.Model":
    """Train on crops.

    Args:
        rows: float32 of shape (n, k), from ``head_inputs``.
        people: int64 of shape (n,), who or which tracklet each crop shows.
        plan: How.
    """
    return train_clustering(rows, people, plan, WIDTHS)


def with_head(
    crops: TrackletFeatures, rows: NDArray[np.float32], head: "keras.Model"
) -> TrackletFeatures:
    """The same crops, described by the head's codes; colour stays beside them."""
    return replace(crops, features=encode(head, rows))


def estimate_error(found: Identities) -> float:
    """The label-free estimate: shares of wrong and of missed links, added; NaN if unknown."""
    return found.false_links + found.missed_links


def pays(before: Identities, after: Identities) -> bool:
    """Whether a head is to be used: only where it lowers the label-free estimate."""
    return bool(estimate_error(after) < estimate_error(before))
