"""How good a descriptor ranks people, a block of queries at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.geometry.directions import directions
from frameatlas.reid.learn.descriptor import Descriptor
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.sets.people_set import PeopleSet
from frameatlas.reid.learn.sets.protocol import Protocol
from frameatlas.reid.ranking.cmc_map import (
    Labels,
    Precision,
    RankingScores,
    join_scores,
    score_kinds,
)
from frameatlas.reid.ranking.distances import normalise_cameras
from frameatlas.reid.ranking.neighbour_lists import euclidean_blocks, reranked_blocks

BLOCK = 128
"""Queries at a time: distances to 100,000 pictures are then 100 MB."""

SEED = 0
"""Of drawn queries and of single gallery pictures."""


@dataclass(frozen=True)
class Evaluation:
    """Scores of a set.

    Attributes:
        scores: By average precision.
        protocol: How.
        absent: Queries whose person is not in the gallery; they count for nothing.
        by_camera: Mean average precision of the queries of each camera.
    """

    scores: dict[Precision, RankingScores]
    protocol: Protocol
    absent: tuple[str, ...]
    by_camera: dict[int, float]


@dataclass(frozen=True)
class EvaluateOptions:
    """How to compare.

    Attributes:
        rerank: Whether distances are re-ranked with k-reciprocal neighbours.
        camera_norm: Whether what a camera's pictures share is taken away first.
    """

    rerank: bool = False
    camera_norm: bool = False


def evaluate(
    descriptor: Descriptor,
    store: CropStore,
    protocol: Protocol | None = None,
    options: EvaluateOptions | None = None,
) -> Evaluation:
    """Describe queries and gallery, rank, and score.

    Args:
        descriptor: What describes.
        store: The pictures.
        protocol: Another one than the set's own.
        options: How to compare.

    Raises:
        InputError: Nobody who is asked for is in the gallery.
    """
    people = store.people
    rows = np.union1d(people.query, people.gallery)
    features = np.zeros((len(people), descriptor.dimension), np.float32)
    for start in range(0, len(rows), 256):
        chosen = rows[start : start + 256]
        features[chosen] = descriptor.describe(store.pixels[chosen])
    return score_features(features, people, protocol or people.protocol, options)


def score_features(
    features: NDArray[np.floating],
    people: PeopleSet,
    protocol: Protocol,
    options: EvaluateOptions | None = None,
) -> Evaluation:
    """Score rows of any description.

    Args:
        features: Real numbers of shape (n, d), a row for each picture of the set.
        people: The set.
        protocol: How.
        options: How to compare.
    """
    options = options or EvaluateOptions()
    if protocol.pooled:
        features, people = _pooled(features, people)
    query, gallery = _rows(people, protocol)
    asked, searched = _labels(people, query, protocol), _labels(people, gallery, protocol)
    absent = _absent(asked, searched, people, query)
    both = np.concatenate([query, gallery])
    compared = _unit(features[both], people.camera[both], options)
    first, second = compared[: len(query)], compared[len(query) :]
    compare = reranked_blocks if options.rerank else euclidean_blocks
    blocks = compare(first, second, block=BLOCK)
    kinds: tuple[Precision, ...] = ("standard", "trapezoid")
    parts: dict[Precision, list[RankingScores]] = {ap: [] for ap in kinds}
    for start, distance in blocks:
        own = asked.part(slice(start, start + len(distance)))
        for found in _scored(distance, own, searched, protocol, kinds):
            for ap in kinds:
                parts[ap].append(found[ap])
    scores = {ap: join_scores(parts[ap]) for ap in kinds}
    return Evaluation(
        scores, protocol, absent, _by_camera(scores["standard"], people.camera[query], protocol)
    )


def _scored(
    distance: NDArray[np.floating],
    query: Labels,
    gallery: Labels,
    protocol: Protocol,
    kinds: tuple[Precision, ...],
) -> Iterator[dict[Precision, RankingScores]]:
    """Scores of a block of queries: once, or for each drawn gallery."""
    if not protocol.single_shot:
        yield score_kinds(distance, query, gallery, kinds)
    for draw in range(protocol.single_shot):
        # The same gallery for all blocks of queries of a draw: a function of the draw alone.
        rows = one_of_each(gallery, np.random.default_rng([SEED, draw]))
        yield score_kinds(distance[:, rows], query, gallery.part(rows), kinds)


def one_of_each(gallery: Labels, random: np.random.Generator) -> NDArray[np.int64]:
    """A row of each person and group, drawn."""
    order = random.permutation(len(gallery.person))
    key = np.stack([gallery.person[order], gallery.group[order]])
    return np.sort(order[np.unique(key, axis=1, return_index=True)[1]])


def _unit(
    features: NDArray[np.floating], camera: NDArray[np.int64], options: EvaluateOptions
) -> NDArray[np.float32]:
    if options.camera_norm:
        return np.asarray(normalise_cameras(features, camera), np.float32)
    return directions(np.asarray(features, np.float32))


def _rows(people: PeopleSet, protocol: Protocol) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Queries and gallery; drawn from all pictures where a protocol wants it."""
    if not protocol.random_queries:
        return people.query, people.gallery
    everything = np.union1d(people.query, people.gallery)
    known = everything[people.person[everything] > 0]
    random = np.random.default_rng(SEED)
    return np.sort(random.permutation(known)[: protocol.random_queries]), everything


def _labels(people: PeopleSet, rows: NDArray[np.int64], protocol: Protocol) -> Labels:
    group = {
        "camera": people.camera,
        "tracklet": people.tracklet,
        "picture": np.arange(len(people), dtype=np.int64),
    }[protocol.apart]
    block = people.action[rows] if protocol.inside_action else None
    return Labels(people.person[rows], group[rows], block)


def _absent(
    query: Labels, gallery: Labels, people: PeopleSet, rows: NDArray[np.int64]
) -> tuple[str, ...]:
    """Names of the pictures that ask for somebody who is not in the gallery at all."""
    missing = ~np.isin(query.person, gallery.person)
    if len(missing) and missing.all():
        raise InputError(
            f"Expected people of the queries in the gallery of {people.name}. Received: none of "
            f"{len(missing)} queries; name the right folders, or train and score on one set."
        )
    return tuple(people.paths[row].name for row in rows[missing])


def _pooled(
    features: NDArray[np.floating], people: PeopleSet
) -> tuple[NDArray[np.float32], PeopleSet]:
    """One row a tracklet: the mean of its pictures' rows, each of length 1."""
    scored = np.union1d(people.query, people.gallery)
    rows = directions(np.asarray(features[scored], np.float32))
    _, first, where = np.unique(people.tracklet[scored], return_index=True, return_inverse=True)
    sums = np.zeros((len(first), rows.shape[1]), np.float32)
    np.add.at(sums, where, rows)
    kept = np.zeros(len(people), bool)
    kept[scored[first]] = True
    # ``only`` keeps the order of rows; ``unique`` gives that of tracklets.
    order = np.argsort(scored[first])
    asked = np.isin(people.tracklet, people.tracklet[people.query])
    searched = np.isin(people.tracklet, people.tracklet[people.gallery])
    whole = replace(
        people, query=np.flatnonzero(asked & kept), gallery=np.flatnonzero(searched & kept)
    )
    return sums[order], replace(whole, train=np.zeros(0, np.int64)).only(kept)


def _by_camera(
    scores: RankingScores, camera: NDArray[np.int64], protocol: Protocol
) -> dict[int, float]:
    if protocol.single_shot or len(scores.precisions) != len(camera):
        return {}
    found = {}
    for number in np.unique(camera):
        own = scores.precisions[(camera == number) & ~np.isnan(scores.precisions)]
        if len(own):
            found[int(number)] = float(own.mean())
    return found
