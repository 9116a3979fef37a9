"""Ranking a folder of people for each picture of another; scored where names tell the truth."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.reid.ranking.cmc_map import Precision, RankingScores, rank, score_ranking
from frameatlas.reid.ranking.datasets import PROTOCOLS, PeopleFolder, labels_of
from frameatlas.reid.ranking.distances import euclidean, normalise_cameras, rerank, unit_length
from frameatlas.reid.ranking.features import Describe, describe_people


@dataclass(frozen=True)
class RankOptions:
    """How to compare and to score.

    Attributes:
        ap: Which average precision is the headline; both are given.
        rerank: Whether distances are re-ranked with k-reciprocal neighbours.
        camera_norm: Whether what the pictures of one camera share is taken away first.
        colour_weight: Weight of the torso's colour beside the network's features.
        centre: Whether what all pictures share is taken away.
        top: Ranks that are listed.
    """

    ap: Precision = "standard"
    rerank: bool = False
    camera_norm: bool = False
    colour_weight: float = 1.0
    centre: bool = True
    top: int = 50

    def __post_init__(self) -> None:
        if not (1 <= self.top <= 1_000_000 and 0 <= self.colour_weight <= 100):
            raise InputError(
                "Expected --top of 1 or more and --colour-weight between 0 and 100. Received: "
                f"{self.top} and {self.colour_weight:g}."
            )


@dataclass(frozen=True, eq=False)
class Ranking:
    """A gallery ranked for each query.

    Attributes:
        query: The queries.
        gallery: What was ranked.
        order: For each query its gallery rows, the nearest first, at most ``RankOptions.top``.
        distance: float64 of shape (queries, gallery).
        match: For each query, whether each of ``order`` shows the same person; None: not known.
        scores: With each average precision; empty where the truth is not known.
        protocol: One sentence for the user.
    """

    query: PeopleFolder
    gallery: PeopleFolder
    order: tuple[NDArray[np.int64], ...]
    distance: NDArray[np.float64]
    match: tuple[NDArray[np.bool_], ...] | None
    scores: dict[Precision, RankingScores]
    protocol: str


def rank_people(
    query: PeopleFolder,
    gallery: PeopleFolder,
    describe: Describe,
    options: RankOptions,
    progress: Callable[[int], None] | None = None,
) -> Ranking:
    """Rank the pictures of a gallery for every query.

    Args:
        query: From ``read_people``.
        gallery: From ``read_people``.
        describe: The network.
        options: How.
        progress: Told how many pictures are described.
    """
    labels = labels_of(query, gallery)
    kept = [row for row, person in enumerate(gallery.person) if person != -1]
    features = describe_people(
        (*query.paths, *gallery.paths), describe, options.colour_weight, progress
    )
    if options.centre:
        features = unit_length(features - features.mean(axis=0))
    if options.camera_norm:
        features = normalise_cameras(features, np.array([*query.camera, *gallery.camera]))
    first, second = features[: len(query)], features[len(query) :]
    distance = np.full((len(query), len(gallery)), 2.0)
    compare = rerank if options.rerank else euclidean
    distance[:, kept] = compare(first, second[kept])  # junk would be among the neighbours
    protocol = PROTOCOLS[query.kind if labels else "unnamed"]
    if labels is None:
        order = tuple(np.argsort(row, kind="stable")[: options.top] for row in distance)
        return Ranking(query, gallery, order, distance, None, {}, protocol)
    order = tuple(rows[: options.top] for rows in rank(distance, *labels))
    match = tuple(
        labels[1].person[rows] == person
        for rows, person in zip(order, labels[0].person, strict=True)
    )
    kinds: tuple[Precision, ...] = ("standard", "trapezoid")
    scores = {
        ap: score_ranking(distance, *labels, ap=ap) for ap in dict.fromkeys((options.ap, *kinds))
    }
    return Ranking(query, gallery, order, distance, match, scores, protocol)
