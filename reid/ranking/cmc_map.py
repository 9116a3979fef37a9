"""Ranking a gallery for each query, and scoring it as the Market-1501 benchmark does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from frameatlas.errors import InputError

JUNK = -1
"""A gallery picture that neither helps nor hurts: it is taken out of every ranking."""

Precision = Literal["standard", "trapezoid", "sklearn"]
"""Whose average precision: torchreid's and fast-reid's, the official MATLAB code's, SpCL's."""

DEPTH = 50
"""Ranks that the CMC curve has at most."""


@dataclass(frozen=True, eq=False)
class RankingScores:
    """How well a gallery is ranked; queries that have no true match count for nothing.

    Attributes:
        cmc: float64 of shape (ranks,): share of queries with a match among the first 1, 2, …
        mean_precision: Mean average precision (mAP) over the queries that count.
        mean_inverse_penalty: mINP: mean of the number of matches over the rank of the last one.
        precisions: float64 of shape (queries,): average precision; NaN for what does not count.
        ap: Which average precision.
        queries: Queries that count.
    """

    cmc: NDArray[np.float64]
    mean_precision: float
    mean_inverse_penalty: float
    precisions: NDArray[np.float64]
    ap: Precision
    queries: int


@dataclass(frozen=True, eq=False)
class Labels:
    """Who each picture shows, and what it must not be compared with.

    Attributes:
        person: int64 of shape (n,); ``JUNK`` is left out, 0 is in the gallery to distract.
        group: int64 of shape (n,): camera, or tracklet. Of its own person a query never gets
            pictures of its own group.
        block: int64 of shape (n,), or None: rank only inside of one, as SoccerNet's actions.
    """

    person: NDArray[np.int64]
    group: NDArray[np.int64]
    block: NDArray[np.int64] | None = None

    @classmethod
    def of(cls, person: ArrayLike, group: ArrayLike, block: ArrayLike | None = None) -> "Labels":
        """From anything that is like an array of integers."""
        inside = None if block is None else np.asarray(block, np.int64)
        return cls(np.asarray(person, np.int64), np.asarray(group, np.int64), inside)


def score_ranking(
    distance: NDArray[np.floating],
    query: Labels,
    gallery: Labels,
    *,
    ap: Precision = "standard",
    count_absent: bool = False,
) -> RankingScores:
    """Score the ranking of a gallery for each query.

    Args:
        distance: Real numbers of shape (queries, gallery).
        query: Who the queries show.
        gallery: Who the gallery shows.
        ap: "standard" is the mean precision at each match; "trapezoid" the area under precision
            and recall, never larger, as the official code; "sklearn" is the standard one but for
            equal distances, which it takes together.
        count_absent: Whether a query without any match counts as 0, as in the official code.
    """
    _check(distance, query, gallery, ap)
    precisions = np.full(len(distance), np.nan)
    first, penalties = [], []
    for row, order in enumerate(rank(distance, query, gallery)):
        match = gallery.person[order] == query.person[row]
        if match.any():
            precisions[row] = _precision(match, distance[row, order], ap)
            places = np.flatnonzero(match)
            first.append(places[0])
            penalties.append(len(places) / (places[-1] + 1))
    if count_absent:
        precisions = np.nan_to_num(precisions)
    counted = len(distance) if count_absent else len(first)
    ranks = np.arange(min(DEPTH, distance.shape[1]))
    hits = (np.array(first, np.int64)[:, None] <= ranks).sum(axis=0)
    return RankingScores(
        cmc=hits / max(1, counted),
        mean_precision=float(np.nansum(precisions) / max(1, counted)),
        mean_inverse_penalty=float(np.sum(penalties) / max(1, counted)),
        precisions=precisions,
        ap=ap,
        queries=counted,
    )


def rank(
    distance: NDArray[np.floating], query: Labels, gallery: Labels
) -> Iterator[NDArray[np.int64]]:
    """For each query its gallery rows, the nearest first, without what must not be compared.

    Equal distances stay in the order of the gallery.
    """
    for row, values in enumerate(distance):
        order = np.argsort(values, kind="stable")
        own = gallery.person[order] == query.person[row]
        keep = gallery.person[order] != JUNK
        keep &= ~(own & (gallery.group[order] == query.group[row]))
        if query.block is not None and gallery.block is not None:
            keep &= gallery.block[order] == query.block[row]
        yield order[keep]


def _check(distance: NDArray[np.floating], query: Labels, gallery: Labels, ap: Precision) -> None:
    shape = (len(query.person), len(gallery.person))
    if distance.shape != shape or not np.isfinite(distance).all():
        raise InputError(
            f"Expected finite distances of shape {shape}. Received: shape {distance.shape}."
        )
    if ap not in get_args(Precision):
        raise InputError(f"Expected ap to be one of {get_args(Precision)}. Received: {ap!r}.")


def _precision(match: NDArray[np.bool_], distance: NDArray[np.floating], ap: Precision) -> float:
    if ap == "sklearn":
        return _tied_precision(match, distance)
    found = np.cumsum(match)
    precision = found / np.arange(1, len(match) + 1)
    if ap == "standard":
        return float(precision[match].mean())
    before = np.concatenate([[1.0], precision[:-1]])
    return float(((before + precision) / 2)[match].sum() / found[-1])


def _tied_precision(match: NDArray[np.bool_], distance: NDArray[np.floating]) -> float:
    """Precision at the end of every run of equal distances, over the recall that it adds."""
    last = np.append(np.diff(distance) != 0, True)
    found, seen = np.cumsum(match)[last], np.arange(1, len(match) + 1)[last]
    gained = np.diff(found, prepend=0) / found[-1]
    return float((gained * found / seen).sum())
