"""Ranking a folder of people for each picture of another; scored where names tell the truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.geometry.directions import directions
from frameatlas.reid.ranking.cmc_map import (
    JUNK,
    Labels,
    Precision,
    RankingScores,
    join_scores,
    rank,
    score_kinds,
)
from frameatlas.reid.ranking.datasets import PROTOCOLS, PeopleFolder, labels_of
from frameatlas.reid.ranking.distances import normalise_cameras
from frameatlas.reid.ranking.features import Described
from frameatlas.reid.ranking.neighbour_lists import euclidean_blocks, reranked_blocks


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
        distance: For each query float32: the distance of each of ``order``.
        match: For each query, whether each of ``order`` shows the same person; None: not known.
        scores: With each average precision; empty where the truth is not known.
        protocol: One sentence for the user.
    """

    query: PeopleFolder
    gallery: PeopleFolder
    order: tuple[NDArray[np.int64], ...]
    distance: tuple[NDArray[np.float32], ...]
    match: tuple[NDArray[np.bool_], ...] | None
    scores: dict[Precision, RankingScores]
    protocol: str


def rank_people(
    query: PeopleFolder,
    gallery: PeopleFolder,
    described: Described,
    options: RankOptions,
) -> Ranking:
    """Rank the pictures of a gallery for every query, a block of queries at a time.

    Args:
        query: From ``read_people``.
        gallery: From ``read_people``.
        described: The queries and then the gallery, described.
        options: How.
    """
    labels = labels_of(query, gallery)
    # Junk would be among the neighbours.
    kept = np.flatnonzero(np.array(gallery.person) != JUNK)
    first, second = _compared(query, gallery, described, options)
    compare = reranked_blocks if options.rerank else euclidean_blocks
    nobody = Labels.of(np.zeros(len(query)), np.arange(len(query)))
    asked, searched = labels or (nobody, Labels.of(np.ones(len(gallery)), gallery.camera))
    searched = searched.part(kept)
    kinds: tuple[Precision, ...] = tuple(dict.fromkeys((options.ap, "standard", "trapezoid")))
    parts: list[dict[Precision, RankingScores]] = []
    orders, distances, matches = [], [], []
    for start, block in compare(first, second[kept]):
        own = asked.part(slice(start, start + len(block)))
        ranked = list(rank(block, own, searched))
        if labels:
            parts.append(score_kinds(block, own, searched, kinds, orders=ranked))
        for row, order in enumerate(ranked):
            shown = order[: options.top]
            orders.append(kept[shown])
            distances.append(np.asarray(block[row, shown], np.float32))
            matches.append(searched.person[shown] == own.person[row])
    counted = any(part["standard"].queries for part in parts)
    scores = {ap: join_scores([part[ap] for part in parts]) for ap in kinds} if counted else {}
    protocol = PROTOCOLS[query.kind if labels else "unnamed"]
    match = tuple(matches) if labels else None
    return Ranking(query, gallery, tuple(orders), tuple(distances), match, scores, protocol)


def _compared(
    query: PeopleFolder, gallery: PeopleFolder, described: Described, options: RankOptions
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rows of length 1 of the queries and of the gallery."""
    rows = described.rows(options.colour_weight)
    if options.centre:
        rows = directions(rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32))
    if options.camera_norm:
        camera = np.array([*query.camera, *gallery.camera])
        rows = np.asarray(normalise_cameras(rows, camera), np.float32)
    return rows[: len(query)], rows[len(query) :]
