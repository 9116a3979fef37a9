"""Ranking a gallery for each query, and scoring it as the Market-1501 benchmark does."""

from collections.abc import Iterator, Sequence
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

    def part(self, rows: "slice | NDArray[np.int64]") -> "Labels":
        """Those of some pictures."""
        block = None if self.block is None else self.block[rows]
        return Labels(self.person[rows], self.group[rows], block)


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
    return score_kinds(distance, query, gallery, (ap,), count_absent=count_absent)[ap]


def score_kinds(
    distance: NDArray[np.floating],
    query: Labels,
    gallery: Labels,
    kinds: Sequence[Precision],
    *,
    count_absent: bool = False,
    orders: Sequence[NDArray[np.int64]] | None = None,
) -> dict[Precision, RankingScores]:
    """Score one ranking with several average precisions; see ``score_ranking``.

    Args:
        distance: …
        query: …
        gallery: …
        kinds: Average precisions.
        count_absent: …
        orders: What ``rank`` gives, where it is known already: sorting is what takes the time.
    """
    for ap in kinds:
        _check(distance, query, gallery, ap)
    precisions = {ap: np.full(len(distance), np.nan) for ap in kinds}
    first, penalties = [], []
    for row, order in enumerate(rank(distance, query, gallery) if orders is None else orders):
        match = gallery.person[order] == query.person[row]
        if match.any():
            for ap in kinds:
                precisions[ap][row] = _precision(match, distance[row, order], ap)
            places = np.flatnonzero(match)
            first.append(places[0])
            penalties.append(len(places) / (places[-1] + 1))
    counted = len(distance) if count_absent else len(first)
    ranks = np.arange(min(DEPTH, distance.shape[1]))
    cmc = (np.array(first, np.int64)[:, None] <= ranks).sum(axis=0) / max(1, counted)
    penalty = float(np.sum(penalties) / max(1, counted))
    found: dict[Precision, RankingScores] = {}
    for ap, values in precisions.items():
        each = np.nan_to_num(values) if count_absent else values
        mean = float(np.nansum(each) / max(1, counted))
        found[ap] = RankingScores(cmc, mean, penalty, each, ap, counted)
    return found


def join_scores(parts: Sequence[RankingScores]) -> RankingScores:
    """The scores of all queries from those of blocks of them.

    Raises:
        InputError: No query of any block counts.
    """
    queries = sum(part.queries for part in parts)
    if not queries:
        raise InputError(
            "Expected queries whose person is also in the gallery, on another picture than is left "
            "out. Received: none; choose another --protocol, or add pictures."
        )
    ranks = max(len(part.cmc) for part in parts)
    weights = np.array([part.queries for part in parts], float) / queries
    cmc = np.stack([np.pad(p.cmc, (0, ranks - len(p.cmc)), "edge") for p in parts])
    return RankingScores(
        cmc=weights @ cmc,
        mean_precision=float(weights @ [part.mean_precision for part in parts]),
        mean_inverse_penalty=float(weights @ [part.mean_inverse_penalty for part in parts]),
        precisions=np.concatenate([part.precisions for part in parts]),
        ap=parts[0].ap,
        queries=queries,
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
